/**
 * A `node` for shells whose command sets its own NODE_OPTIONS, which drops the hook: found first on their PATH, it adds the
 * hook and becomes the real one. Only such shells get it (see src/hook/childProcesses.ts): nothing else sees another PATH, and
 * the program that it starts does not either. A shell script, as package managers put one there themselves: it costs one
 * start of `sh`, about a millisecond.
 */
import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { executableOf } from './executable';

/** Folder of it in the spool folder. */
export const shimFolder = 'bin';

/** Resolves to the folder; undefined where it would not work: Windows, a file system that starts no programs. */
export async function makeShim(spool: string, variables: Record<string, string>): Promise<string | undefined> {
  if (process.platform === 'win32') return undefined;
  const folder = join(spool, shimFolder);
  const path = join(folder, 'node');
  try {
    await fs.mkdir(folder, { mode: 0o700 });
    await fs.writeFile(path, shimText(folder, variables), { mode: 0o700, flag: 'wx' });
    await fs.access(path, constants.X_OK);
    return folder;
  } catch {
    await fs.rm(folder, { recursive: true, force: true }).catch(() => {});
    return undefined;
  }
}

/** By name and by the PATH without this folder, so that `process.argv0`, title and PATH are those of the real one. */
function shimText(folder: string, { NODE_OPTIONS: preload = '', ...others }: Record<string, string>): string {
  const given = Object.entries(others).map(([name, value]) => `export ${name}=${quoted(value)}`);
  return `#!/bin/sh
# Put here by nettrace: starts node with the hook, which the NODE_OPTIONS of the command above it left out.
nettrace_preload=${quoted(preload)}
case " $NODE_OPTIONS " in
*" $nettrace_preload "*) ;;
*) NODE_OPTIONS="$nettrace_preload\${NODE_OPTIONS:+ $NODE_OPTIONS}" ;;
esac
export NODE_OPTIONS
${given.join('\n')}
nettrace_path=:$PATH:
while :; do
case $nettrace_path in
*${quoted(`:${folder}:`)}*) nettrace_path=\${nettrace_path%%${quoted(`:${folder}:`)}*}:\${nettrace_path#*${quoted(`:${folder}:`)}} ;;
*) break ;;
esac
done
nettrace_path=\${nettrace_path#:}
PATH=\${nettrace_path%:}
unset nettrace_path nettrace_preload
exec node "$@"
`;
}

/** True for a command that a shell runs and that sets NODE_OPTIONS: in its words, or in the script that it is. */
export async function setsOwnOptions(
  command: string,
  args: readonly string[],
  env: Record<string, string | undefined>,
): Promise<boolean> {
  const program = await executableOf(command, env);
  if (program === undefined || !isShell.test(program.name)) return false;
  if (setsOptions.test([program.name, ...args].join(' '))) return true;
  // A script that is the command itself, or the shell's first plain argument.
  const script = args.find((a) => !a.startsWith('-'));
  for (const path of [program.script, script]) if (path && setsOptions.test(await head(path))) return true;
  return false;
}

const isShell = /^(?:sh|bash|dash|zsh|ksh|ash|env)$/;
const setsOptions = /\bNODE_OPTIONS=|\benv +-/;

async function head(path: string): Promise<string> {
  try {
    const file = await fs.open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      if (!(await file.stat()).isFile()) return '';
      const text = Buffer.alloc(64 * 1024);
      return text.toString('utf8', 0, (await file.read(text, 0, text.length, 0)).bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return '';
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\\\''")}'`;

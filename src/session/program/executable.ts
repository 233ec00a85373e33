/** Which program a command really starts: found on the PATH as exec does, through one `#!` line. */
import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { basename, delimiter, extname, resolve } from 'node:path';

export interface Executable {
  path: string;
  /** `node`, `bun`, `sh`: without folder and `.exe`. */
  name: string;
  /** Words of the `#!` line behind the interpreter; empty for a program. */
  flags: string[];
  /** The file itself, where it is a script and `path` its interpreter. */
  script?: string;
}

export async function executableOf(
  command: string,
  env: Record<string, string | undefined>,
  cwd = process.cwd(),
): Promise<Executable | undefined> {
  const path = await find(command, env, cwd);
  if (path === undefined) return undefined;
  // Version managers put scripts in Node's place; they answer as it does.
  const words = isNode(nameOf(path)) || isOtherRuntime(nameOf(path)) ? undefined : await interpreter(path);
  if (words === undefined) return { path, name: nameOf(path), flags: [] };
  // `env` with its own flags and assignments: the first plain word is the program.
  const viaEnv = nameOf(words[0] as string) === 'env';
  const at = viaEnv ? words.findIndex((w, i) => i > 0 && !w.startsWith('-') && !w.includes('=')) : 0;
  const program = words[at];
  if (program === undefined) return { path, name: nameOf(path), flags: [] };
  const interpreterPath = (await find(program, env, cwd)) ?? program;
  return { path: interpreterPath, name: nameOf(program), flags: words.slice(at + 1), script: path };
}

/** `node`, `nodejs`, `node22`: answers `--version` with Node's version. */
export function isNode(name: string): boolean {
  return /^node(js)?[\d.]*$/i.test(name);
}

/** Runs JavaScript, but knows nothing of Node's preload hooks. */
export function isOtherRuntime(name: string): boolean {
  return /^(bun|bunx|deno|electron)$/i.test(name);
}

const nameOf = (path: string) => basename(path.replaceAll('\\', '/')).replace(/\.exe$/i, '');

async function find(
  command: string,
  env: Record<string, string | undefined>,
  cwd: string,
): Promise<string | undefined> {
  // On Windows a file without an ending is beside many of these, for other shells: `npx` and `npx.cmd`.
  const onWindows = extname(command) === '' ? ['.com', '.exe', '.bat', '.cmd', ''] : ['', '.exe'];
  const endings = process.platform === 'win32' ? onWindows : [''];
  const named = command.includes('/') || command.includes('\\');
  const folders = named ? [''] : (env.PATH ?? env.Path ?? '').split(delimiter);
  for (const folder of folders) {
    for (const ending of endings) {
      const path = resolve(cwd, folder === '' && !named ? '.' : folder, command + ending);
      if (await isProgram(path)) return path;
    }
  }
  return undefined;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await fs.access(path, constants.X_OK);
    return (await fs.stat(path)).isFile();
  } catch {
    return false;
  }
}

async function interpreter(path: string): Promise<string[] | undefined> {
  try {
    const file = await fs.open(path);
    try {
      const head = Buffer.alloc(256);
      const { bytesRead } = await file.read(head, 0, head.length, 0);
      const line = head.toString('latin1', 0, bytesRead).split('\n', 1)[0] ?? '';
      return line.startsWith('#!') ? line.slice(2).trim().split(/\s+/) : undefined;
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

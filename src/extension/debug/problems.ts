/** Problems of the launch configuration that prevent the hook from loading. Each says what to do. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { Problem } from '../runs/run';

type Configuration = Readonly<Record<string, unknown>>;

const packageManagers = new Set(['npm', 'yarn', 'pnpm', 'tnpm', 'cnpm']);

/** Known before the program starts; undefined: none. */
export function launchProblem(c: Configuration): Problem | undefined {
  if (c.attachSimplePort !== undefined && c.attachSimplePort !== null) {
    return {
      text: 'Nothing is traced: with "attachSimplePort" the JavaScript debugger clears NODE_OPTIONS, which loads Net Trace’s hook. Remove "attachSimplePort" from the launch configuration.',
    };
  }
  const script = npmScript(c);
  if (script?.text.includes('--inspect-brk')) {
    return {
      text: `Nothing is traced: the npm script "${script.name}" has --inspect-brk, for which the JavaScript debugger clears NODE_OPTIONS. Remove --inspect-brk from the script and use "stopOnEntry" instead.`,
    };
  }
  return undefined;
}

/** The npm script that the configuration runs, as the JavaScript debugger finds it. */
function npmScript(c: Configuration): { name: string; text: string } | undefined {
  const runtime = c.runtimeExecutable;
  if (
    typeof runtime !== 'string' ||
    !packageManagers.has(basename(runtime, extname(runtime))) ||
    !Array.isArray(c.runtimeArgs)
  )
    return undefined;
  const name = c.runtimeArgs.find(
    (a) => typeof a === 'string' && !a.startsWith('-') && a !== 'run' && a !== 'run-script',
  );
  const file = join(typeof c.cwd === 'string' ? c.cwd : '.', 'package.json');
  if (typeof name !== 'string' || !existsSync(file)) return undefined;
  try {
    const text: unknown = JSON.parse(readFileSync(file, 'utf8')).scripts?.[name];
    return typeof text === 'string' ? { name, text } : undefined;
  } catch {
    return undefined;
  }
}

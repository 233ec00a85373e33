/** The environment that the debugged program gets: the user's, with Net Trace's variables merged in. */
import { readEnvFile } from './envFile';

type Variables = Record<string, string | null | undefined>;

/**
 * What the JavaScript debugger would give to the program from `envFile` and `env`; null removes a variable. The debugger
 * adds the editor's own environment below it.
 */
export function configuredEnvironment(c: Readonly<Record<string, unknown>>): Variables {
  const file = typeof c.envFile === 'string' && c.envFile !== '' ? readEnvFile(c.envFile) : {};
  return { ...file, ...(c.env as Variables | undefined) };
}

/** Without what is null: as a process would see it. */
export function definedOnly(variables: Variables): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(variables).filter((e): e is [string, string] => typeof e[1] === 'string'));
}

/** What the JavaScript debugger runs: the runtime with its arguments, the program, the program's arguments. */
export function commandOf(c: Readonly<Record<string, unknown>>): { command: string; args: string[] } {
  const texts = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((v) => typeof v === 'string') : typeof value === 'string' ? [value] : [];
  const command = typeof c.runtimeExecutable === 'string' && c.runtimeExecutable !== '' ? c.runtimeExecutable : 'node';
  return { command, args: [...texts(c.runtimeArgs), ...texts(c.program), ...texts(c.args)] };
}

import { statSync } from 'node:fs';
import { printable } from '../terminal/say';

/** Why a command cannot be started, and what was probably meant. */
export function noProgram(command: string): string {
  if (command === '') return 'The name of the program is empty.';
  const name = printable(command);
  const found = statSync(command, { throwIfNoEntry: false });
  if (found?.isDirectory() && command.includes('/')) return `${name} is a folder, not a program.`;
  // A shell looks for a name without a slash on the PATH alone, and so do we; but the file is there.
  if (found?.isFile() && /\.[cm]?[jt]s$/.test(command))
    return `${name} is a script, not a program. Write: nettrace run -- node ${name}`;
  if (found?.isFile() && command.includes('/')) return `${name} may not be executed (see chmod).`;
  const quoted = command.includes(' ') ? ` Write it without quotes: nettrace run -- ${name}` : '';
  return `${name}: no such program.${quoted}`;
}

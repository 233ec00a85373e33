/**
 * The one line of what a program wrote to its standard error that says why it failed: the last one with an error's name,
 * else the last one that is neither a frame of a stack nor what Node adds by itself.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { maskBeginning, maskText } from '../../model/secrets/mask';

const maxLength = 300;
/** Of one output event; a program may write megabytes. */
const maxText = 64_000;
const isNoise = (line: string): boolean =>
  /^(at |\^+$|[{}[\]]+,?$|Node\.js v\d|node:internal\/|throw |Waiting for the debugger|Debugger (attached|listening|ending)|For help, see|Process exited|\(Use `node )/.test(
    line,
  ) || /^\w+: ['"\w].*[,}]$/.test(line);
const isError = (line: string): boolean => /(^|\s)(Uncaught |[A-Z]\w*(Error|Exception)\b|npm ERR!|FAIL\b)/.test(line);

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal would take for a command
const control = /\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The informative line of a text, if it has one. */
export function errorLineOf(text: string): { line: string; names: boolean } | undefined {
  const lines = text
    .slice(-maxText)
    .split(/\r?\n/)
    .map((line) => line.replace(control, '').trim())
    .filter((line) => line !== '' && !isNoise(line));
  const named = lines.findLast(isError);
  // The debugger says `Uncaught Error TypeError: …`.
  const line = (named ?? lines.at(-1))?.replace(/^Uncaught (?:\w+ )?(?=\w*(?:Error|Exception)\b)/, '');
  if (line === undefined) return undefined;
  // It is shown in the panel, and in screenshots of it.
  const shown = maskBeginning(line, maxLength, (whole, isCut) => maskText(whole, undefined, isCut));
  const cut = shown.length > maxLength ? `${shown.slice(0, maxLength - 1)}…` : shown;
  return { line: cut, names: named !== undefined };
}

/** Collects over the events of a run: a line with an error's name is kept over later ones without. */
export class ErrorLine {
  #names = false;
  line: string | undefined;

  /** True if there is another line now. */
  take(message: DebugProtocol.ProtocolMessage): boolean {
    if (message.type !== 'event' || (message as DebugProtocol.Event).event !== 'output') return false;
    const { category, output } = (message as DebugProtocol.OutputEvent).body ?? {};
    if (category !== 'stderr' || typeof output !== 'string') return false;
    const found = errorLineOf(output);
    if (!found || (this.#names && !found.names)) return false;
    this.#names = found.names;
    this.line = found.line;
    return true;
  }
}

/**
 * What the command says. Under `run` all of it goes to stderr: stdout belongs to the traced program. Texts that came from
 * that program (URLs, messages, names) may hold terminal control sequences, which must not reach the terminal.
 */
export { pathOf } from '../../answers/base/path';
/** A failure of our own before anything was started: message for the user, exit code 2. */
export { UsageError } from '../../answers/base/usageError';
export { printable } from '../../model/base/printable';

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
}

/**
 * Colours for a terminal; none if the stream is no terminal, or NO_COLOR is set, or the terminal is a dumb one. FORCE_COLOR
 * decides before all of these, as Node has it: 0 or false for none, else colours.
 */
export function styleFor(stream: { isTTY?: boolean }, env: Record<string, string | undefined> = process.env): Style {
  const { FORCE_COLOR: force } = env;
  const on =
    force !== undefined
      ? force !== '0' && force !== 'false'
      : stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  const wrap = (begin: number, end: number) => (text: string) =>
    on && text !== '' ? `\x1b[${begin}m${text}\x1b[${end}m` : text;
  return { bold: wrap(1, 22), dim: wrap(2, 22), red: wrap(31, 39), yellow: wrap(33, 39), green: wrap(32, 39) };
}

/** Columns to write in: the terminal's, else what COLUMNS says, else plenty. */
export function widthOf(stream: { columns?: number }, env: Record<string, string | undefined> = process.env): number {
  return stream.columns || Math.max(40, Number.parseInt(env.COLUMNS ?? '', 10) || 200);
}

/** Cut in the middle, where a URL or path says least. */
export function shortened(text: string, width: number): string {
  if (text.length <= width) return text;
  const tail = Math.floor((width - 1) / 2);
  return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`;
}

/** The text in lines of at most `width` columns, broken at blanks; `indent` begins each line but the first. */
export function wrapped(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= width || line.trim() === '') line = longer;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line];
}

/** A message of our own on stderr. A closed stderr is no reason to fail. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function complain(text: string): void {
  say(`nettrace: ${text}`);
}

/**
 * Without this a reader that closed its end (`nettrace show x | head`) would end us with a stack trace. A disk that is
 * full is another matter: what was asked for is not there, and a script must see it.
 */
export function tolerateClosedStreams(): void {
  process.stderr.on('error', () => {});
  let said = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || error.code === 'EBADF') return;
    // One for each piece that was under way.
    if (said) return;
    said = true;
    complain(`the output could not be written: ${error.message}.`);
    process.exitCode = 2;
  });
}

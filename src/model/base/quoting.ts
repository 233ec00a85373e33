/**
 * Text that others read: shells, spreadsheets, the clipboard. What is quoted here may come from a hostile server, program
 * or file, so each function follows the documented rules of its reader, and first removes what no reader should get.
 */

/**
 * C0 and C1 controls, line and paragraph separators, the marks that change the direction in which text is shown, and
 * halves of characters.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const controls = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/gu;

export const withoutControls = (text: string): string => text.replace(controls, '');

/** A whole text for the clipboard: its tabs and line ends are ours, as `withoutControls` took them out of each part. */
export const copyable = (text: string): string => text.replace(controls, (c) => (c === '\t' || c === '\n' ? c : ''));

/** One word of a POSIX shell. zsh expands a word that begins with `=`. */
export function posixWord(text: string): string {
  const word = withoutControls(text);
  return /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A string of PowerShell, which takes the typographic single quotes for plain ones. */
export const powerShellString = (text: string): string =>
  `'${withoutControls(text).replace(/['\u2018-\u201b]/g, '$&$&')}'`;

/**
 * One word of a command for cmd.exe. The text is read twice. The C runtime of the program wants quotes, a backslash before
 * each quote inside, and backslashes doubled where a quote follows. cmd.exe reads before it: each of its own characters
 * has a caret, the quotes too, so that it is never inside quotes and each caret is an escape.
 *
 * `%` and `!` cannot be escaped on a command line. They are placed outside the runtime's quotes, so that the name of a
 * variable would begin with a caret and a quote, which none does. In a batch file, or with delayed expansion, the text
 * between two of them is lost, but nothing is run: what is left has its carets.
 *
 * Beyond ASCII there is `?`: programs that ask Windows for bytes get a similar character, for some of them a quote.
 */
export function cmdWord(text: string): string {
  const word = withoutControls(text).replace(/[^\0-\x7f]/gu, '?');
  if (/^[\w.:/-]+$/.test(word)) return word;
  return word
    .split(/([%!])/)
    .map((part, i) => (i % 2 === 1 ? part : cmdPart(part)))
    .join('');
}

function cmdPart(text: string): string {
  const quoted = text.replace(/(?<!\\)(\\*)"/g, '$1$1\\"').replace(/(?<!\\)\\+$/, '$&$&');
  return `^"${quoted.replace(/[\^&|<>()"@]/g, '^$&')}^"`;
}

/** A cell of a table that may be pasted into a spreadsheet, which would take some for formulas, or for quoted text. */
export function tableCell(text: string): string {
  const cell = withoutControls(text.replace(/[\t\r\n]+/g, ' ')).trim();
  return /^[=+\-@"\uff0b\uff0d\uff1d\uff20]/.test(cell) ? `'${cell}` : cell;
}

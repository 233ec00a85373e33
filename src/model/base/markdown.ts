/** Text from a trace in Markdown. */
import { printable } from './printable';

/** Text from a trace: never markup, a mention of somebody, or a link. */
export const text = (value: string): string =>
  printable(value)
    .replace(/[\\`*_{}[\]<>#|~&!]/g, '\\$&')
    .replace(/@/g, '@\u2060')
    .replace(/:\/\//g, ':\u2060//');

/** As code, which shows everything as it is but its own end and the table's. */
export function code(value: string): string {
  const shownAs = printable(value).replace(/\|/g, '\\|');
  const longest = Math.max(0, ...[...shownAs.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return `${fence}${pad}${shownAs}${pad}${fence}`;
}

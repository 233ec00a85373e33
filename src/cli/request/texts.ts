/** Headers and bodies of a request as they were recorded, bounded, one line each and without control characters. */

import { headerText } from '../../answers/requests/headers';
import { bytesText, plural } from '../../model/base/text';
import type { Request } from '../../model/records';
import type { Header } from '../../model/records/common';
import type { BodyContent } from '../../model/records/content';
import { printable, type Style } from '../terminal/say';

/** Lines of a body, and characters of a line, that are shown; the file and --json have all. */
const max = { lines: 200, characters: 2000 };

export function textLines(r: Request, style: Style, body: boolean): string[] {
  return [
    ...headerLines('>', r.headers, style),
    ...(body ? bodyLines('>', r.body?.content, style) : hint(r.body?.content, 'request', style)),
    ...headerLines('<', r.response?.headers, style),
    ...(body ? bodyLines('<', r.response?.content, style) : hint(r.response?.content, 'response', style)),
    ...headerLines('<', r.response?.trailers, style),
  ];
}

/** As `curl -v` marks them: `>` was sent, `<` came back. */
function headerLines(mark: string, headers: readonly Header[] | undefined, style: Style): string[] {
  return (headers ?? []).map((header) => {
    const { name, value } = headerText(header);
    return `  ${style.dim(mark)} ${name}${value.slice(0, max.characters)}`;
  });
}

const hint = (content: BodyContent | undefined, of: string, style: Style): string[] =>
  content?.text === undefined ? [] : [style.dim(`  (the ${of} body is recorded: --body)`)];

function bodyLines(mark: string, content: BodyContent | undefined, style: Style): string[] {
  if (!content) return [];
  const { text, encoding, bytes, truncated, omitted } = content;
  if (text === undefined)
    return [style.dim(`  ${mark} (${bytesText(bytes)}, not recorded: ${printable(omitted ?? 'no text')})`)];
  if (encoding === 'base64') return [style.dim(`  ${mark} (${bytesText(bytes)}, not text; --json has them)`)];
  const all = text.split('\n');
  const lines = all
    .slice(0, max.lines)
    .map(
      (line) =>
        `  ${style.dim(mark)} ${printable(line.replace(/\r$/, '').replaceAll('\t', '  ')).slice(0, max.characters)}`,
    );
  if (all.length > max.lines)
    lines.push(style.dim(`  … and ${plural(all.length - max.lines, 'more line', 'more lines')}`));
  if (truncated) lines.push(style.dim(`  (${bytesText(bytes)} in total; recorded as above)`));
  return ['', ...lines];
}

/** URLs and paths in the code's string literals, and the requests that match them. */
import type { Row } from '../../model/rows/row';

export interface UrlLiteral {
  /** Offsets in the line, without the quotes. */
  begin: number;
  end: number;
  text: string;
  matches(row: Pick<Row, 'url' | 'path'>): boolean;
}

const longest = 2000;

/** The string round a place in a line (from 0), if it is a URL, or a path: `'/api/items'`. */
export function urlLiteralAt(line: string, character: number): UrlLiteral | undefined {
  if (line.length > longest) return undefined;
  for (const { begin, end, quote } of stringsOf(line)) {
    if (character < begin || character > end) continue;
    const text = line.slice(begin, end);
    const isUrl = /^(?:https?|wss?):\/\/[^/?#]/.test(text);
    if (!isUrl && !/^\/[\w$.~{-]/.test(text)) return undefined;
    const whole = patternOf(text, quote === '`', isUrl);
    return { begin, end, text, matches: (row) => whole.test(isUrl ? row.url : row.path) };
  }
  return undefined;
}

function* stringsOf(line: string): Generator<{ begin: number; end: number; quote: string }> {
  // A quote without an end is looked for once: of its kind there is none behind it either.
  let endless = '';
  for (let at = 0; at < line.length; at++) {
    const quote = line[at] as string;
    if (!'"\'`'.includes(quote) || endless.includes(quote)) continue;
    const end = endOfString(line, at + 1, quote);
    if (end < 0) endless += quote;
    else {
      yield { begin: at + 1, end, quote };
      at = end;
    }
  }
}

function endOfString(line: string, from: number, quote: string): number {
  for (let at = from; at < line.length; at++) {
    if (line[at] === '\\') at++;
    else if (line[at] === quote) return at;
  }
  return -1;
}

/** A URL means all below it, as it is often only the beginning of one; a path means itself. Query and case do not count. */
function patternOf(text: string, isTemplate: boolean, isUrl: boolean): RegExp {
  const parts = partsOf(text, isTemplate);
  parts.push((parts.pop() as string).replace(/(?<!\/)\/+$/, ''));
  const body = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^?#]*');
  return new RegExp(`^${body}${isUrl ? '(?:[/?#]|$)' : '/?(?:[?#]|$)'}`, 'i');
}

/** The text before the query, cut where a template has a value. */
function partsOf(text: string, isTemplate: boolean): string[] {
  const lastBrace = text.lastIndexOf('}');
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < text.length && text[at] !== '?' && text[at] !== '#'; at++) {
    if (isTemplate && at < lastBrace && text.startsWith('${', at)) {
      parts.push(part);
      part = '';
      at = text.indexOf('}', at);
    } else part += text[at];
  }
  return [...parts, part];
}

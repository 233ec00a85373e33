/** URLs and paths that stand in the code as strings, and which requests they mean. */
import type { Row } from '../../model/row';

export interface UrlLiteral {
  /** Offsets in the line, without the quotes. */
  begin: number;
  end: number;
  text: string;
  matches(row: Pick<Row, 'url' | 'path'>): boolean;
}

const strings = /(["'`])((?:\\.|(?!\1)[^\\])*)\1/g;
const longest = 2000;

/** The string round a place in a line (from 0), if it is a URL, or a path: `'/api/items'`. */
export function urlLiteralAt(line: string, character: number): UrlLiteral | undefined {
  if (line.length > longest) return undefined;
  for (const m of line.matchAll(strings)) {
    const begin = m.index + 1;
    const text = m[2] as string;
    if (character < begin || character > begin + text.length) continue;
    const isUrl = /^(?:https?|wss?):\/\/[^/?#]/.test(text);
    if (!isUrl && !/^\/[\w$.~{-]/.test(text)) return undefined;
    const whole = patternOf(text, m[1] === '`', isUrl);
    return { begin, end: begin + text.length, text, matches: (row) => whole.test(isUrl ? row.url : row.path) };
  }
  return undefined;
}

/** A URL means all below it, as it is often only the beginning of one; a path means itself. Query and case do not count. */
function patternOf(text: string, isTemplate: boolean, isUrl: boolean): RegExp {
  const plain = text.replace(/[?#](?![^$]*\}).*$/, '').replace(/(?<!\/)\/+$/, '');
  const parts = isTemplate ? plain.split(/\$\{[^}]*\}/) : [plain];
  const body = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^?#]*');
  return new RegExp(`^${body}${isUrl ? '(?:[/?#]|$)' : '/?(?:[?#]|$)'}`, 'i');
}

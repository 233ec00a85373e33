/**
 * Reads requests from a document as people write them for the REST Client extension:
 *
 *     ### a name, or none
 *     # a comment
 *     POST https://example.com/items HTTP/1.1
 *     Content-Type: application/json
 *
 *     {"name": "a"}
 *
 * `###` separates requests. Line ends at the end of a body are left out. What a text cannot say stands in a comment before
 * the request: `# @body crlf` (its line ends are CR LF), `exact` (only the last line end is left out) or `base64`. A
 * document may come from anywhere: nothing in it is run, and each fault is reported with its line.
 */
import { masked } from '../../model/secrets/masked';

export interface RequestToSend {
  /** Lines in the document, from 0: of the request line, and the last one of it. */
  line: number;
  endLine: number;
  method: string;
  url: string;
  headers: { name: string; value: string }[];
  /** Absent: none. */
  body?: Buffer;
}

export interface Fault {
  /** From 0. */
  line: number;
  message: string;
}

export interface ParsedRequest {
  /** Of the request line; the first line where there is none. */
  line: number;
  endLine: number;
  request?: RequestToSend;
  faults: Fault[];
}

const maxLength = 10_000_000;
const maxRequests = 500;
const maxHeaders = 200;
const maxUrl = 60_000;

interface Line {
  text: string;
  number: number;
}

/** One a separator; parts with nothing but comments are left out. */
export function parseRequests(text: string): ParsedRequest[] {
  if (text.length > maxLength)
    return [{ line: 0, endLine: 0, faults: [{ line: 0, message: 'The document is too long to be read (10 MB).' }] }];
  const parts: Line[][] = [[]];
  for (const [number, line] of text.split(/\r\n|\n/).entries()) {
    if (line.startsWith('###')) parts.push([]);
    else parts.at(-1)?.push({ text: line, number });
  }
  return parts.slice(0, maxRequests).flatMap((lines) => parsePart(lines) ?? []);
}

const isVariable = (text: string): boolean => /\{\{[^{}]*\}\}/.test(text);

const isComment = (text: string): boolean => /^\s*(#|\/\/)/.test(text);

function parsePart(lines: readonly Line[]): ParsedRequest | undefined {
  const begin = lines.findIndex(({ text }) => text.trim() !== '' && !isComment(text));
  const first = lines[begin];
  if (!first) return undefined;
  const faults: Fault[] = [];
  const fault = (line: number, message: string) => void faults.push({ line, message });
  const how = bodyForm(lines.slice(0, begin), fault);
  const asked = requestLine(first, fault);
  const blank = lines.findIndex(({ text }, i) => i > begin && text.trim() === '');
  const end = blank < 0 ? lines.length : blank;
  const headers = headersOf(lines.slice(begin + 1, end), fault);
  const bodyLines = lines.slice(end + 1);
  const body = bodyOf(bodyLines, how, fault);
  const endLine = lines.at(-1)?.number ?? first.number;
  const parsed: ParsedRequest = { line: first.number, endLine, faults };
  if (faults.length === 0 && asked)
    parsed.request = { line: first.number, endLine, ...asked, headers, ...(body.length > 0 ? { body } : {}) };
  return parsed;
}

type Report = (line: number, message: string) => void;

/** Words of `# @body`. */
function bodyForm(comments: readonly Line[], fault: Report): Set<string> {
  const known = new Set(['crlf', 'exact', 'base64']);
  const words = new Set<string>();
  for (const { text, number } of comments) {
    const asked = /^\s*(?:#|\/\/)\s*@body\b(.*)$/.exec(text)?.[1];
    for (const word of asked?.trim().split(/\s+/) ?? []) {
      if (known.has(word)) words.add(word);
      else fault(number, `@body: unknown word "${word.slice(0, 40)}"; known are crlf, exact and base64.`);
    }
  }
  return words;
}

function requestLine({ text, number }: Line, fault: Report): { method: string; url: string } | undefined {
  const words = text.trim().split(/\s+/);
  if (words.length > 1 && /^HTTP\/[\d.]+$/i.test(words.at(-1) ?? '')) words.pop();
  if (words.length > 2) {
    fault(number, 'Expected a method and a URL, as in GET https://example.com/. Spaces in a URL are written %20.');
    return undefined;
  }
  const [method = '', url = ''] = words.length === 1 ? ['GET', ...words] : words;
  if (!/^[\w!#$%&'*+.^`|~-]{1,64}$/.test(method)) fault(number, `"${method.slice(0, 40)}" is not a method of HTTP.`);
  else if (/^connect$/i.test(method)) fault(number, 'CONNECT opens a tunnel of a proxy and cannot be sent from here.');
  checkMasked(method, number, 'method', fault);
  if (isVariable(url)) fault(number, 'Variables ({{…}}) are not known here: write the value.');
  else if (url.length > maxUrl) fault(number, 'The URL is too long.');
  else if (!/^https?:\/\/[^/?#]/i.test(url) || !URL.canParse(url))
    fault(number, 'Expected an absolute URL that begins with http:// or https://.');
  else checkMasked(url, number, 'URL', fault);
  return { method, url };
}

function headersOf(lines: readonly Line[], fault: Report): RequestToSend['headers'] {
  const headers: RequestToSend['headers'] = [];
  for (const { text, number } of lines) {
    if (isComment(text)) continue;
    const colon = text.indexOf(':');
    const name = text.slice(0, Math.max(colon, 0)).trimEnd();
    const value = text.slice(colon + 1).trim();
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
      fault(number, 'Expected a header as in Accept: text/plain, or an empty line before the body.');
      continue;
    }
    if (/^(content-length|transfer-encoding)$/i.test(name))
      fault(number, `${name} follows from the body: remove this line.`);
    else if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      fault(number, `The value of ${name} has characters that a header of HTTP cannot have.`);
    else if (isVariable(value)) fault(number, 'Variables ({{…}}) are not known here: write the value.');
    else checkMasked(value, number, `header ${name}`, fault);
    headers.push({ name, value });
  }
  if (headers.length > maxHeaders) fault(lines[0]?.number ?? 0, `More than ${maxHeaders} headers.`);
  return headers;
}

function bodyOf(lines: readonly Line[], how: ReadonlySet<string>, fault: Report): Buffer {
  for (const { text, number } of lines) checkMasked(text, number, 'body', fault);
  const first = lines.find(({ text }) => text.trim() !== '');
  const isOnly = first && lines.every((line) => line === first || line.text.trim() === '');
  if (isOnly && /^<@?\s+\S+$/.test(first.text)) fault(first.number, 'Bodies from files are not known here: write it.');
  const end = how.has('crlf') ? '\r\n' : '\n';
  const text = lines.map((line) => line.text).join(end);
  if (how.has('base64')) {
    const packed = text.replace(/\s+/g, '');
    const bytes = Buffer.from(packed, 'base64');
    if (bytes.toString('base64').replaceAll('=', '') !== packed.replaceAll('=', ''))
      fault(first?.number ?? 0, 'The body is not valid base64.');
    return bytes;
  }
  if (!how.has('exact')) return Buffer.from(withoutLastLines(text), 'utf8');
  return Buffer.from(text.endsWith(end) ? text.slice(0, -end.length) : text, 'utf8');
}

function withoutLastLines(text: string): string {
  let end = text.length;
  while (end > 0 && /[\r\n]/.test(text[end - 1] as string)) end--;
  return text.slice(0, end);
}

/** A mask in the place of a secret is never sent. */
function checkMasked(text: string, line: number, what: string, fault: Report): void {
  if (text.includes(masked))
    fault(line, `${masked} in the ${what} stands for a masked secret: put the value in its place.`);
}

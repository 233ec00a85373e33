/**
 * What of a recorded request can be sent again: its method, URL, headers and body as far as they were recorded, and what
 * is missing, in words. Nothing is made up for it. Everything is as masked as the record is.
 */
import { withoutControls } from '../../model/base/quoting';
import { bytesText } from '../../model/base/text';
import type { Details } from '../../model/panel/protocol';
import type { BodyContent, Header } from '../../model/records';
import type { Row } from '../../model/rows/row';
import { masked } from '../../model/secrets/masked';

export interface Sent {
  method: string;
  /** Absolute, of HTTP or WebSocket. */
  url: string;
  headers: { name: string; value: string }[];
  /** Absent: none was sent, or it was not recorded. */
  body?: Buffer;
  /** As sent, or absent: not known. Among the headers too, if it is known. */
  contentType?: string;
  /** What is missing or masked. Plain words without quotes, brackets and backticks: each may become a comment. */
  notes: string[];
}

export type Recorded = Pick<Details, 'headerLevel'> & { request: Pick<Details['request'], 'headers' | 'body'> };
type Called = Pick<Row, 'method' | 'url'>;

/** Each tool sets these for the connection that it makes itself. */
const ofConnection = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'upgrade'],
  ...['content-length', 'transfer-encoding', 'accept-encoding', 'expect'],
]);
/** More names would fill a comment. */
const maxNames = 8;

/** A URL that every tool reads as one of HTTP: no option, no local file, no share of another computer. */
function urlOf(row: Called): string {
  const url = withoutControls(row.url);
  return /^(https?|wss?):\/\//i.test(url) ? url : `http://${url}`;
}

export function sentOf(row: Called, recorded?: Recorded): Sent {
  const url = urlOf(row);
  const sent: Sent = { method: withoutControls(row.method), url, headers: [], notes: [] };
  if (!recorded) return sent;
  const content = recorded.request.body?.content;
  const body = bytesOf(content);
  const asked = (recorded.request.headers ?? []).filter((h) => isSentAgain(h, url, content));
  for (const { name, value } of asked) {
    // A name that HTTP does not allow is an option of the tool: curl reads `@name` as a file.
    if (value !== undefined && /^[\w!#$%&'*+.^`|~-]+$/.test(name))
      sent.headers.push({ name, value: withoutControls(value) });
  }
  if (body) {
    sent.body = body;
    const type = sent.headers.find((h) => h.name.toLowerCase() === 'content-type');
    const contentType = type?.value ?? (content?.contentType && withoutControls(content.contentType));
    if (contentType) sent.contentType = contentType;
    if (contentType && !type) sent.headers.push({ name: 'Content-Type', value: contentType });
  }
  sent.notes.push(...headerNotes(recorded, asked), ...bodyNotes(recorded));
  if ([url, content?.text, ...sent.headers.map((h) => h.value)].some((text) => text?.includes(masked)))
    sent.notes.push(`${masked} stands for a masked secret.`);
  return sent;
}

/** A Host of the tool's own would be the URL's; a body that was recorded decoded is sent so. */
function isSentAgain({ name, value }: Header, url: string, content: BodyContent | undefined): boolean {
  const lower = name.toLowerCase();
  if (lower === 'host') return value !== undefined && value !== '' && !sameHost(value, url);
  if (lower === 'content-encoding') return content?.contentEncoding === undefined;
  return !ofConnection.has(lower) && !lower.startsWith(':');
}

const sameHost = (host: string, url: string): boolean =>
  /^[a-z]+:\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(url)?.[1]?.toLowerCase() === host.toLowerCase();

/** The recorded bytes as they were sent, without a content coding. */
export function bytesOf(content: BodyContent | undefined): Buffer | undefined {
  if (!content?.text) return undefined;
  if (content.encoding === 'base64') return Buffer.from(content.text, 'base64');
  const latin = /charset="?(iso-8859-1|latin1)/.test(content.contentType ?? '');
  return Buffer.from(content.text, latin ? 'latin1' : 'utf8');
}

function headerNotes({ request, headerLevel }: Recorded, asked: readonly Header[]): string[] {
  if (!request.headers) return headerLevel === undefined || headerLevel === 'off' ? ['Headers were not recorded.'] : [];
  const without = asked.filter((h) => h.value === undefined).map((h) => h.name);
  const changed = asked.filter((h) => h.value !== undefined && h.value !== withoutControls(h.value));
  return [
    ...(without.length === 0 ? [] : [`Left out, as the value was not recorded: ${listed(without)}.`]),
    ...(changed.length === 0 ? [] : [`Control characters were left out of ${listed(changed.map((h) => h.name))}.`]),
  ];
}

function listed(names: readonly string[]): string {
  const plain = names.filter((name) => /^[\w-]{1,60}$/.test(name)).slice(0, maxNames);
  const more = names.length - plain.length;
  return [...plain, ...(more === 0 ? [] : [`${more} more`])].join(', ');
}

function bodyNotes({ request: { body } }: Recorded): string[] {
  if (!body) return [];
  const { content } = body;
  const bytes = body.bytes ?? body.wireBytes ?? body.declaredBytes;
  if (content?.text === undefined) return bytes === 0 ? [] : [`The body${sizeText(bytes)} was not recorded.`];
  const { contentEncoding: coding } = content;
  return [
    ...(content.truncated ? [`Only the beginning of the body${sizeText(content.bytes)} was recorded.`] : []),
    ...(coding === undefined ? [] : ['The body was sent compressed and is uncompressed here.']),
  ];
}

const sizeText = (bytes: number | undefined): string => (bytes === undefined ? '' : ` of ${bytesText(bytes)}`);

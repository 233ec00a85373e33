/** Request and response of a HAR entry. */

import type { BodyContent, Connection, Header, Request } from '../../model/records';
import { maskUrl } from '../../model/secrets/mask';
import { isRead } from '../shared/imported';
import { errorText } from '../shared/words';
import type { HarEntry, HarHeader } from './types';

export function requestOf(r: Request, connection: Connection | undefined): HarEntry['request'] {
  return {
    method: r.method ?? '',
    // The line that said the URL was lost: the specification wants one, and this is one that leads nowhere.
    url: r.url ?? 'about:blank',
    httpVersion: versionText(r.protocol ?? connection?.protocol),
    cookies: [],
    headers: headersOf(r.headers),
    queryString: queryOf(r.url ?? ''),
    headersSize: r.headersBytes ?? -1,
    bodySize: requestBodySize(r),
    ...postDataOf(r),
  };
}

/** HAR has no encoding for request bodies: bytes that are not text are in an extension field. */
function postDataOf(r: Request): Pick<HarEntry['request'], 'postData'> {
  const content = r.body?.content;
  if (content?.text === undefined) return {};
  const { text, encoding, truncated, contentType = '' } = content;
  const cut = truncated ? { _truncated: true as const } : {};
  if (encoding !== undefined) return { postData: { mimeType: contentType, text: '', _base64: text, ...cut } };
  return { postData: { mimeType: contentType, text, ...cut } };
}

function contentTextOf(content: BodyContent | undefined): Partial<HarEntry['response']['content']> {
  if (content?.text === undefined) return {};
  const { text, encoding, truncated } = content;
  return { text, ...(encoding === undefined ? {} : { encoding }), ...(truncated ? { _truncated: true as const } : {}) };
}

/** No body recorded is a body of 0 bytes only once the whole request is known to have been sent. */
function requestBodySize(r: Request): number {
  if (r.missing?.body !== undefined) return -1;
  if (r.body) return r.body.wireBytes ?? r.body.bytes ?? r.body.declaredBytes ?? -1;
  return (r.sendEndAt !== undefined || isRead(r)) && r.lost === undefined ? 0 : -1;
}

export function responseOf(
  r: Request,
  connection: Connection | undefined,
  maskedParameters: readonly string[] | undefined,
  next?: string,
): HarEntry['response'] {
  const { response } = r;
  if (!response) {
    return {
      status: 0,
      statusText: '',
      httpVersion: '',
      cookies: [],
      headers: [],
      content: { size: 0, mimeType: 'x-unknown' },
      redirectURL: '',
      headersSize: -1,
      bodySize: -1,
      ...(r.error ? { _error: errorText(r.error) } : {}),
    };
  }
  const location = response.headers?.find((h) => h.name.toLowerCase() === 'location')?.value;
  const decoded = response.bodyBytes ?? (response.contentEncoding === undefined ? response.wireBytes : undefined);
  const encoded = response.contentEncoding !== undefined || r.missing?.contentEncoding !== undefined;
  const packed = encoded && decoded !== undefined && response.wireBytes !== undefined;
  return {
    status: response.status ?? 0,
    statusText: response.statusText ?? '',
    httpVersion: versionText(r.protocol ?? connection?.protocol),
    cookies: [],
    headers: headersOf(response.headers),
    content: {
      size: decoded ?? (wholeWithoutBody(r) ? 0 : -1),
      ...(packed ? { compression: decoded - (response.wireBytes as number) } : {}),
      mimeType: response.contentType ?? 'x-unknown',
      ...contentTextOf(response.content),
    },
    redirectURL: location === undefined ? (next ?? '') : maskUrl(location, maskedParameters),
    headersSize: response.headersBytes ?? -1,
    bodySize: response.wireBytes ?? (wholeWithoutBody(r) ? 0 : -1),
    ...(r.bytesReceived === undefined ? {} : { _transferSize: r.bytesReceived }),
    ...(r.error ? { _error: errorText(r.error) } : {}),
  };
}

/** The response is complete and said that it has no body. */
function wholeWithoutBody(r: Request): boolean {
  return r.outcome === 'complete' && r.response?.declaredBytes === 0;
}

function headersOf(headers: readonly Header[] | undefined): HarHeader[] {
  return (headers ?? []).map((h) => ({
    name: h.name,
    value: h.value ?? '',
    ...(h.value === undefined && h.length !== undefined ? { _length: h.length } : {}),
  }));
}

function versionText(protocol: string | undefined): string {
  switch (protocol) {
    case undefined:
    case 'websocket':
      return '';
    case 'h2':
      return 'HTTP/2.0';
    case 'h3':
      return 'HTTP/3.0';
    default:
      return protocol.toUpperCase();
  }
}

/** Names and values of a URL's query, decoded where they can be. */
function queryOf(url: string): { name: string; value: string }[] {
  const begin = url.indexOf('?');
  if (begin < 0) return [];
  const query = url.slice(begin + 1).replace(/#.*$/, '');
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const eq = part.indexOf('=');
      return eq < 0
        ? { name: decoded(part), value: '' }
        : { name: decoded(part.slice(0, eq)), value: decoded(part.slice(eq + 1)) };
    });
}

function decoded(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

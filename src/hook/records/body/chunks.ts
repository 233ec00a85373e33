/**
 * Size of a chunked body on the wire: what the connection received for the request, less the head. No parser reports the
 * size of the head, but all its lines are known; that they were written as usual (one blank after the colon) is checked
 * against the pieces of the body, from which the least and the most framing follow.
 */

import type { RequestRecord } from '../request';
import type { ResponseFacts } from '../requestData';

const digits = (n: number): number => (35 - Math.clz32(n)) >> 2;

/** Framing bytes of one chunk: its size in hexadecimal and two line ends. */
export const framingOf = (bytes: number): number => digits(bytes) + 4;

const lineEnd = 2;
const last = '0\r\n\r\n'.length;

function linesOf(list: readonly string[]): number {
  let size = 0;
  // `name: value` and a line end.
  for (let i = 0; i + 1 < list.length; i += 2)
    size += (list[i] as string).length + (list[i + 1] as string).length + 2 + lineEnd;
  return size;
}

/** -1: not known. Known for a complete response whose chunks were all counted, alone on its connection. */
export function framedBytes(r: RequestRecord, f: ResponseFacts): number {
  const { bytesReceived, bodyBytes, chunks } = r;
  if (bytesReceived < 0 || bodyBytes < -1 || r.informational !== undefined) return -1;
  const headers = r.headerList('response');
  if (headers === undefined) return -1;
  const status = `HTTP/1.1 ${f.status} `.length + f.statusText.length + lineEnd;
  const size = bytesReceived - status - linesOf(headers) - lineEnd;
  const body = Math.max(bodyBytes, 0);
  const trailers = linesOf(r.headerList('trailers') ?? []);
  const framing = size - body - last - trailers;
  // A piece never spans chunks, a chunk may come in several pieces.
  const min = chunks === 0 ? 0 : framingOf(body);
  return framing >= min && framing <= r.framing ? size : -1;
}

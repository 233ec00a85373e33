import { expect, test } from 'vitest';
import type { RequestRecord } from '../request';
import type { ResponseFacts } from '../requestData';
import { framedBytes, framingOf } from './chunks';

const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nx: 1\r\n\r\n';
const headers = ['transfer-encoding', 'chunked', 'x', '1'];
const facts = { status: 200, statusText: 'OK' } as ResponseFacts;

/** A record of a body that came in pieces of these sizes. */
const record = (received: string, pieces: number[], trailers: string[] = [], more = {}): RequestRecord =>
  ({
    bytesReceived: received.length,
    bodyBytes: pieces.length === 0 ? -1 : pieces.reduce((a, b) => a + b),
    chunks: pieces.length,
    framing: pieces.map(framingOf).reduce((a, b) => a + b, 0),
    headerList: (side: string) => (side === 'response' ? headers : trailers),
    ...more,
  }) as unknown as RequestRecord;

const coded = (...sizes: number[]): string => sizes.map((n) => `${n.toString(16)}\r\n${'x'.repeat(n)}\r\n`).join('');
const end = '0\r\n\r\n';
const size = (received: string, pieces: number[], trailers?: string[], more = {}) =>
  framedBytes(record(received, pieces, trailers, more), facts);

test.each([[[1]], [[15, 16]], [[255, 256, 4095, 4096]], [[]]])('chunks of %j bytes', (sizes) => {
  const body = coded(...sizes) + end;
  expect(size(head + body, sizes)).toBe(body.length);
});

test('a chunk that comes in pieces, and trailers', () => {
  const body = coded(70_000, 10) + end;
  expect(size(head + body, [30_000, 40_000, 10])).toBe(body.length);
  const trailed = `${coded(10)}0\r\nsum: 55\r\n\r\n`;
  expect(size(head + trailed, [10], ['sum', '55'])).toBe(trailed.length);
});

test('framing that does not add up is unknown', () => {
  const body = coded(10, 20) + end;
  expect(size(head.replace('x: 1', 'x:   1') + body, [10, 20])).toBe(-1);
  expect(size(head.replace('x: 1', 'x:1') + coded(10) + end, [10])).toBe(-1);
  expect(size(head + body.replace('\r\n', ';a=b\r\n'), [10, 20])).toBe(-1);
  expect(size(head + body, [10, 20], [], { informational: [1, 103] })).toBe(-1);
  expect(size(head + body, [10, 20], [], { bytesReceived: -1 })).toBe(-1);
  expect(size(head + body, [10, 20], [], { bodyBytes: -2 })).toBe(-1);
});

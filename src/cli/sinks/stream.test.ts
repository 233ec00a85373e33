import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RequestFacts } from './facts';
import { StreamEncoder } from './stream';

const facts = (fields: Partial<RequestFacts> = {}): RequestFacts => ({
  event: 'request',
  time: '2026-01-02T03:04:05.000Z',
  host: 'box',
  process: 1,
  trace: 'a-trace',
  request: '1-0-1',
  method: 'GET',
  url: 'http://a.example/',
  server: 'a.example',
  outcome: 'complete',
  ...fields,
});

const parsed = (bytes: Buffer) => JSON.parse(bytes.toString('utf8'));

test('a record is as it is, with its number', () => {
  const encoder = new StreamEncoder();
  const [first, second] = encoder.datagrams([facts(), facts({ status: 200 })]);
  expect(parsed(first?.bytes as Buffer)).toEqual({ v: 1, seq: 1, ...facts() });
  expect(parsed(second?.bytes as Buffer)).toEqual({ v: 1, seq: 2, ...facts({ status: 200 }) });
});

test('the last one says how many there were', () => {
  const encoder = new StreamEncoder();
  encoder.trace = 'a-trace';
  encoder.datagrams([facts(), facts()]);
  expect(parsed(encoder.last())).toEqual({ v: 1, seq: 3, event: 'end', trace: 'a-trace', records: 2 });
});

test('a text that is too long is cut, and named', () => {
  const [one] = new StreamEncoder().datagrams([facts({ url: `http://a.example/${'x'.repeat(5000)}`, label: 'mine' })]);
  const record = parsed(one?.bytes as Buffer);
  expect(one?.bytes.length).toBeLessThanOrEqual(1232);
  expect(record).toMatchObject({ seq: 1, request: '1-0-1', label: 'mine', cut: ['url'] });
  expect(record.url).toMatch(/^http:\/\/a\.example\/x{500,}…$/);
});

test('whatever a record holds, it fits and can be read', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 3000 }),
    fc.string({ unit: 'grapheme', maxLength: 500 }),
  );
  const any = fc.record({
    url: text,
    server: text,
    method: text,
    request: text,
    trace: text,
    label: text,
    callSite: text,
    error: fc.record({ code: text, message: text }),
    traceRequests: fc.array(text, { maxLength: 5 }),
  });
  fc.assert(
    fc.property(any, fc.integer({ min: 64, max: 1232 }), (fields, max) => {
      const [one] = new StreamEncoder(max).datagrams([facts(fields)]);
      const bytes = one?.bytes as Buffer;
      expect(bytes.length).toBeLessThanOrEqual(max);
      const record = parsed(bytes);
      expect(record.seq).toBe(1);
      const isWhole = record.url === fields.url && record.label === fields.label && record.server === fields.server;
      if (!isWhole) expect(record.cut.length).toBeGreaterThan(0);
    }),
  );
});

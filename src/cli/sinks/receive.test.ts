import { expect, test } from 'vitest';
import { Received } from './receive';

const record = (seq: number, fields: object = {}) =>
  JSON.stringify({ v: 1, seq, event: 'request', trace: 't', ...fields });

test('counts what did not arrive, by the numbers of each trace', () => {
  const received = new Received();
  for (const seq of [1, 2, 5, 4]) received.add(record(seq));
  for (const seq of [2, 3]) received.add(record(seq, { trace: 'other' }));
  expect(received.summary()).toBe('received 6 records of 2 traces, 2 lost');
  // Known only by the last one: two records never came.
  received.add(record(7, { event: 'end', records: 6 }));
  expect(received.summary()).toBe('received 6 records of 2 traces, 3 lost');
});

test('lines of StatsD are shown as they are', () => {
  const received = new Received();
  expect(received.add('nettrace.requests:1|c\nnettrace.phase.tcp:3|ms\n')).toEqual([
    'nettrace.requests:1|c',
    'nettrace.phase.tcp:3|ms',
  ]);
  expect(received.summary()).toBe('received 0 records, 0 lost, 2 other lines');
});

test.each(['{', '{}', '[]', 'null', '{"seq":-1}', '{"seq":"1"}', '', '\0\u001b[2J'])('%j is no record', (text) => {
  const received = new Received();
  const shown = received.add(text).join('');
  expect(shown).not.toContain('\u001b');
  expect(received.records).toBe(0);
});

test('a sender that names ever new traces is followed for some', () => {
  const received = new Received();
  for (let i = 0; i < 10_000; i++) received.add(record(1, { trace: `t${i}` }));
  expect(received.summary()).toBe('received 10,000 records of 256 traces, 0 lost');
});

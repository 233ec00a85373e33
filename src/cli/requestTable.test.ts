import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Trace } from '../model/records';
import { Store } from '../model/store';
import { foldLines } from '../model/testing';
import { requestLines, rowsOf } from './requestTable';
import { styleFor } from './say';
import { headline, summaryLines, summaryObject } from './summary';

const golden = JSON.parse(readFileSync(join(__dirname, '../model/golden/example.nettrace.json'), 'utf8')) as Trace;
const options = { style: styleFor({}), width: 120, most: 50 };

/** The golden trace with its requests changed. */
function store(change: (trace: Trace) => Trace = (t) => t): Store {
  return Store.fromDocument(change(structuredClone(golden)));
}

test('every line is as wide as the head says, and no wider than need be', () => {
  const s = store();
  const lines = requestLines(rowsOf(s, 0), { ...options, width: 400 });
  expect(lines).toHaveLength(2 + 8 + 2);
  const end = lines[1]?.length;
  for (const line of lines.slice(2)) expect(line.length).toBe(end);
  for (const r of golden.requests) expect(lines.join('\n')).toContain(r.url);
});

test.each([200, 132, 110, 100, 80])('%i columns: no line is longer, the five words stay', (width) => {
  const lines = requestLines(rowsOf(store(), 0), { ...options, width });
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.max(width, 104));
  expect(lines[0]).toMatch(/DNS +TCP +TLS +server +content/);
  expect(lines.find((l) => l.includes('cert expired'))).toContain('✕ 6.6 ms');
});

test('few lines, and how many are left out', () => {
  const lines = requestLines(rowsOf(store(), 0), { ...options, most: 3 });
  expect(lines.filter((l) => /GET|POST/.test(l))).toHaveLength(3);
  expect(lines.at(-3)).toBe('… and 5 more');
  expect(lines.at(-1)).toContain('longest');
});

test('what went wrong late is among the few, up to half of them', () => {
  const lines = requestLines(rowsOf(store(), 0), { ...options, width: 200, most: 4 }); // room for two of the three
  const states = lines.slice(2, 6).map((l) => l.slice(0, 15).trim());
  expect(states).toEqual(['302', '200', 'TLS cert expire', '200 not read']);
});

test('phases that did not happen are blank, never 0', () => {
  const only = store((t) => ({ ...t, requests: t.requests.filter((r) => r.id === '4711-0-6') }));
  const text = requestLines(rowsOf(only, 0), options).join('\n');
  for (const word of ['DNS', 'TCP', 'TLS', 'queue', 'sending']) expect(text).not.toContain(word);
});

test('a running request counts as such, a failed one shows where', () => {
  const s = store((t) => ({
    ...t,
    requests: t.requests.map((r) => {
      if (r.id !== '4711-0-10') return r;
      const { outcome: _o, endAt: _e, response: _r, responseBeginAt: _b, ...rest } = r;
      return rest;
    }),
  }));
  expect(headline(s, 3_000_000)).toContain('1 not finished');
  const lines = requestLines(rowsOf(s, 3_000_000), { ...options, width: 200 });
  expect(lines.find((l) => l.includes('POST'))).toMatch(/^waiting….* s…/);
  expect(lines.find((l) => l.includes('expired'))).toContain('✕ 6.6 ms');
});

test('the headline names everything that went wrong, each request once', () => {
  const ends: object[] = [
    { outcome: 'failed', error: { phase: 'tcp', code: 'ECONNREFUSED' } },
    { outcome: 'aborted', timeout: { kind: 'signal', limit: 1000 } },
    { outcome: 'aborted' },
    { outcome: 'complete', response: { status: 503 } },
    { outcome: 'complete', response: { status: 404 } },
    { outcome: 'processExit' },
    { outcome: 'complete', response: { status: 200 } },
  ];
  const s = foldLines(
    ends.map((end, n) => ({ k: 'req', id: n + 1, createdAt: n * 1000, endAt: n * 1000 + 500, ...end })),
  );
  expect(headline(s, 1_000_000)).toMatch(
    /^7 requests · 2 failed · 1 answered 5xx · 1 answered 4xx · 1 aborted · 1 interrupted · /,
  );
});

test('bytes of connections that never closed are told by their requests', () => {
  const s = store((t) => ({
    ...t,
    counts: { ...t.counts, bytesSent: 0, bytesReceived: 0 },
    requests: t.requests.map((r, n) => ({ ...r, bytesSent: n, bytesReceived: 1000 * n })),
  }));
  expect(headline(s, 0)).toContain('28 B sent, 28 kB received');
});

test('losses in sentences, bounded', () => {
  const s = store((t) => ({
    ...t,
    losses: [
      { source: 'session', what: 'requests', kind: 'evicted', count: 12_345 },
      ...Array.from({ length: 9 }, (_, i) => ({
        source: 'hook',
        what: 'lines',
        kind: 'torn',
        count: 1,
        thread: `${i}-0`,
        reason: 'x\x1b',
      })),
    ],
  }));
  const lines = summaryLines(s, 0, options);
  expect(lines).toContain('The oldest 12,345 requests left the trace (it keeps 100,000); the counts above are exact.');
  expect(lines).toContain('Lost: 1 line of 0-0: x\ufffd.');
  expect(lines.at(-1)).toBe('… and 4 more kinds of loss');
});

test('nothing was requested', () => {
  const none = store((t) => ({
    ...t,
    requests: [],
    connections: [],
    counts: { ...t.counts, requests: 0 },
    losses: [],
  }));
  expect(summaryLines(none, 0, options)).toEqual(['no requests']);
});

test('the summary for programs: µs, absent = unknown', () => {
  const s = store();
  const object = summaryObject(golden, s, { exitCode: 0 }, { files: [] });
  expect(object).toMatchObject({ exitCode: 0, counts: golden.counts, phases: { dns: { count: 4, longest: 31_620 } } });
  expect(object.failed).toHaveLength(2);
  expect(object.failed[0]).toMatchObject({ id: '4711-0-11', error: { code: 'CERT_HAS_EXPIRED', phase: 'tls' } });
  expect(object).not.toHaveProperty('signal');
});

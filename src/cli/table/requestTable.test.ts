import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeLines } from '../../answers/requests/facts';
import { rowsOf } from '../../answers/requests/rows';
import type { Request, Trace } from '../../model/records';
import type { Row } from '../../model/rows/row';
import { Store } from '../../model/store/store';
import { foldLines } from '../../model/testing/store';
import { headline, summaryLines, summaryObject } from '../summary/summary';
import { styleFor } from '../terminal/say';
import { requestLines } from './requestTable';

const golden = JSON.parse(readFileSync(join(__dirname, '../../model/golden/example.nettrace.json'), 'utf8')) as Trace;
const options = { style: styleFor({}), width: 120, max: 50 };

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

test('40 to 200 columns: no line is longer, and what has no room is named', () => {
  const rows = rowsOf(store(), 0);
  const everything = requestLines(rows, { ...options, width: 400 });
  const names = [
    'method',
    'called at',
    'process',
    'queueing',
    'lookup',
    'connect',
    'handshake',
    'waiting for',
    'download',
  ];
  const heads = everything.slice(0, 2).join(' ');
  for (const name of names) expect(heads).toContain(name);
  const narrow: Record<string, string> = {
    queueing: 'queue',
    lookup: 'DNS',
    connect: 'TCP',
    handshake: 'TLS',
    'waiting for': 'wait',
    download: 'body',
  };
  for (let width = 40; width <= 200; width++) {
    const lines = requestLines(rows, { ...options, width });
    for (const line of lines) expect(line.length, `${width}: ${line}`).toBeLessThanOrEqual(width);
    const head = `${lines[0]} ${lines[1]}`;
    const at = lines.findIndex((l) => l.startsWith('No room at'));
    const named = at < 0 ? '' : lines.slice(at).join(' ').replace(/\s+/g, ' ');
    for (const name of names) {
      const word = narrow[name] ?? name;
      expect([head, named].some((text) => text.includes(word)) || head.includes(name), `${width}: ${word}`).toBe(true);
    }
    expect(head).toMatch(/status.*request.*total/s);
  }
});

test('80 columns: the call site stays, in the order of the ranks', () => {
  const lines = requestLines(rowsOf(store(), 0), { ...options, width: 80 });
  expect(lines[0]).toMatch(/^status +request +called at +wait +other +total$/);
  expect(lines.at(-1)).toBe('  is in “other”)');
  expect(lines.at(-2)).toBe('No room at 80 columns: process, queue, method, body, TCP, TLS, DNS (their time');
});

test.each([60, 80, 100, 120, 200, 400])('%i columns: the times of a row add up to its total', (width) => {
  const rows = rowsOf(store(), 0);
  const lines = requestLines(rows, { ...options, width });
  const first = lines.findIndex((l) => l.includes('longest')) - 1 - rows.length;
  for (const [i, row] of rows.entries()) {
    const times = [...(lines[first + i] as string).matchAll(/(\d+(?:\.\d+)?) (ms|s)(?= |$)/g)].map(
      (m) => Number(m[1]) * (m[2] === 's' ? 1000 : 1),
    );
    const total = times.pop() as number;
    const sum = times.reduce((a, b) => a + b, 0);
    // Each figure is rounded, and less than 2 % may be left out.
    expect(Math.abs(sum - total), lines[first + i]).toBeLessThanOrEqual(
      0.02 * total + 0.1 + times.length * Math.max(0.06, total * 0.006),
    );
    expect(row.total).toBeDefined();
  }
});

test('the host of all requests is said once', () => {
  const one = store((t) => ({ ...t, requests: t.requests.filter((r) => r.url?.includes('//pay.example.test/')) }));
  const lines = requestLines(rowsOf(one, 0), { ...options, width: 200 });
  expect(lines[0]).toContain('to https://pay.example.test');
  expect(lines.filter((l) => l.includes('pay.example.test'))).toHaveLength(1);
  expect(lines.find((l) => l.startsWith('503'))).toMatch(/POST {4}\/v1\/intents\/42\/confirm/);
});

test('few lines: what went wrong, then the slowest, and how to see the others', () => {
  const lines = requestLines(rowsOf(store(), 0), { ...options, width: 200, max: 4, seeAll: '--rows all lists them' });
  const states = lines.slice(2, 6).map((l) => l.slice(0, 16).trim());
  expect(states).toEqual(['302', '200', '503', 'TLS cert expired']); // room for two of the three, then the two slowest
  expect(lines.at(-3)).toBe('… and 4 more (listed: failed and slowest); --rows all lists them');
  expect(lines.at(-1)).toContain('longest');
});

test('a live table has what runs and the newest', () => {
  const s = foldLines([
    { k: 'req', id: 1, createdAt: 10, method: 'GET', url: 'http://a.example/slow' },
    ...Array.from({ length: 30 }, (_, i) => [
      { k: 'req', id: 2 + i, createdAt: 20 + i, method: 'GET', url: `http://a.example/${i}` },
      { k: 'end', id: 2 + i, outcome: 'complete', endAt: 21 + i, response: { status: 200 } },
    ]).flat(),
  ]);
  const lines = requestLines(rowsOf(s, 1000), { ...options, max: 4, purpose: 'live' });
  expect(lines.slice(2, 6).map((l) => /\/(\w+) /.exec(l)?.[1])).toEqual(['slow', '27', '28', '29']);
});

test.each([
  ['duration', ['503', '200', '302']],
  ['url', ['200', '200 not read', '302']],
] as const)('sorted by %s', (sort, states) => {
  const lines = requestLines(rowsOf(store(), 0), { ...options, width: 200, max: 3, sort });
  expect(lines.slice(2, 5).map((l) => l.split('  ')[0])).toEqual(states);
  expect(lines[5]).toBe(`… and 5 more (listed: the first 3 by ${sort})`);
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

test('bytes of connections that never closed are reported by their requests', () => {
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
  const lines = summaryLines(s, 0, { ...options, width: 200 });
  expect(lines).toContain(
    'The oldest 12,345 requests were dropped from the trace (limit 100,000; change it with run --max-requests); the counts above include all requests.',
  );
  expect(lines).toContain('Lost: 1 line of 0-0: x\ufffd.');
  expect(lines.at(-1)).toBe('… and 4 more kinds of loss');
});

test('nothing was requested: no more is claimed than was seen', () => {
  const none = (change: (t: Trace) => Partial<Trace>) =>
    store((t) => ({
      ...t,
      requests: [],
      connections: [],
      counts: { ...t.counts, requests: 0 },
      losses: [],
      ...change(t),
    }));
  expect(
    summaryLines(
      none(() => ({})),
      0,
      options,
    ),
  ).toEqual(['no requests in the 2 processes that loaded the hook']);
  const npm = none((t) => ({
    processes: t.processes
      .slice(0, 1)
      .map((p) => ({ ...p, argv: ['/usr/bin/node', '/usr/bin/npm', 'run', 't'], entry: '/usr/bin/npm' })),
  }));
  expect(summaryLines(npm, 0, options)).toEqual([
    'no requests in the one process that loaded the hook (node npm run t)',
  ]);
  expect(
    summaryLines(
      none(() => ({ processes: [] })),
      0,
      options,
    ),
  ).toEqual(['no requests']);
});

test('the summary for programs: µs, absent = unknown', () => {
  const s = store();
  const object = summaryObject(golden, s, { exitCode: 0 }, { files: [] });
  expect(object).toMatchObject({ exitCode: 0, counts: golden.counts, phases: { dns: { count: 4, longest: 31_620 } } });
  expect(object.failed).toHaveLength(2);
  expect(object.failed[0]).toMatchObject({ id: '4711-0-11', error: { code: 'CERT_HAS_EXPIRED', phase: 'tls' } });
  expect(object).not.toHaveProperty('signal');
});

test('the work grows with the number of rows, whatever the width has no room for', () => {
  const rows = rowsOf(store(), 0);
  const readsOf = (times: number): number => {
    let reads = 0;
    const many = Array.from({ length: times }, () => rows)
      .flat()
      .map((row) =>
        Object.defineProperty({ ...row }, 'phases', {
          get: () => {
            reads++;
            return row.phases;
          },
        }),
      );
    requestLines(many, { ...options, width: 60 });
    return reads / many.length;
  };
  // Of those that are not listed each phase is read once, for the sums.
  expect(readsOf(200)).toBeLessThan(2);
  expect(readsOf(1000)).toBeLessThanOrEqual(readsOf(200));
});

test('a line of a library says whose it is, in the table and beside the request', () => {
  const s = store();
  expect(requestLines(rowsOf(s, 0), { ...options, width: 400 }).join('\n')).toContain('index.js:812 (via got)');
  const row = rowsOf(s, 0).find((r) => r.callSite?.package !== undefined) as Row;
  expect(codeLines(row, s.requests.get(row.id) as Request)[0]).toMatch(
    /^called at .*index\.js:812:30 \(_makeRequest\), via got: no frame of the program’s own was seen$/,
  );
});

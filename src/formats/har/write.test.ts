import { describe, expect, test } from 'vitest';
import type { Request, TlsTunnel } from '../../model/records';
import { Store } from '../../model/store/store';
import { example, expectGolden, requestOf, socketOf, traceOf } from '../testing/example';
import { harErrors } from '../testing/harSchema';
import { traceOfHar } from './read';
import type { Har, HarEntry } from './types';
import { harEntry, harText, toHar } from './write';

const entriesOf = (har: Har): Record<string, HarEntry> => Object.fromEntries(har.log.entries.map((e) => [e._id, e]));

/** What every entry must satisfy, whatever the trace. */
function expectSound(har: Har): void {
  expect(harErrors(JSON.parse(JSON.stringify(har)))).toEqual([]);
  for (const { timings: t, time, _absentTimings } of har.log.entries) {
    for (const part of Object.values(t)) expect(part === -1 || part >= 0).toBe(true);
    for (const part of ['send', 'wait', 'receive'] as const) expect(t[part]).toBeGreaterThanOrEqual(0);
    const sum = [t.blocked, t.dns, t.connect, t.send, t.wait, t.receive]
      .filter((part) => part !== -1)
      .reduce((a, b) => a + b, 0);
    expect(time).toBeCloseTo(sum, 6);
    if (t.ssl !== -1) expect(t.ssl).toBeLessThanOrEqual(t.connect);
    for (const name of Object.keys(_absentTimings ?? {})) expect(t[name as 'send']).toBe(0);
  }
}

describe('the example trace', () => {
  test('is the reviewed file', () => expectGolden('example.har', harText(example())));
  test('is valid HAR 1.2 and its times sum', () => expectSound(toHar(example())));

  test('an entry alone is that of the file', () => {
    const doc = example();
    const store = Store.fromDocument(doc);
    const now = doc.endAt ?? 0;
    const alone = [...store.requests.values()].map((r) => harEntry(r, store, now));
    const inFile = entriesOf(toHar(doc));
    expect(alone.filter((e) => e._id in inFile).map((e) => [e._id, e])).toEqual(
      expect.arrayContaining(Object.entries(inFile)),
    );
  });

  test('says with the known totals of the trace', () => {
    const times = toHar(example()).log.entries.map((e) => [e._id, e.time]);
    expect(times).toEqual([
      ['4711-0-1', 265.81],
      ['4711-0-6', 4.06],
      ['4711-0-7', 595.5],
      // 899 ms, and 300 ms paused at a breakpoint.
      ['4711-0-10', 1199],
      ['4711-0-11', 16],
      ['4711-0-18', 8],
      ['4711-0-19', 31.8],
      ['4720-0-1', 2.05],
    ]);
  });
});

describe('timings', () => {
  test('ssl is part of connect and not added again', () => {
    const e = entriesOf(toHar(example()))['4711-0-7'];
    expect(e?.timings).toEqual({
      blocked: 0.24,
      dns: 19.66,
      connect: 69.9,
      ssl: 47.5,
      send: 0.16,
      wait: 412.34,
      receive: 93.2,
    });
  });

  test('a reused connection has no dns, connect and ssl', () => {
    const e = entriesOf(toHar(example()))['4711-0-6'];
    expect(e?.timings).toMatchObject({ dns: -1, connect: -1, ssl: -1 });
    expect(e).toMatchObject({ _redirectOf: '4711-0-1', _operation: '4711-0-1', connection: '4711-0-5' });
  });

  test('what did not happen is 0 where HAR wants a number, and named', () => {
    const e = entriesOf(toHar(example()))['4711-0-19'];
    expect(e?.timings).toEqual({ blocked: 0.18, dns: 31.62, connect: -1, ssl: -1, send: 0, wait: 0, receive: 0 });
    expect(Object.keys(e?._absentTimings ?? {})).toEqual(['send', 'wait', 'receive']);
    expect(e).toMatchObject({
      _state: 'failed',
      _errorPhase: 'dns',
      _error: 'dns: getaddrinfo ENOTFOUND nosuch.example.test',
    });
    expect(e?.response).toMatchObject({
      status: 0,
      httpVersion: '',
      content: { size: 0, mimeType: 'x-unknown' },
      bodySize: -1,
    });
    expect(e).not.toHaveProperty('connection');
  });

  test('time at a breakpoint stays in its phase and is named', () => {
    const e = entriesOf(toHar(example()))['4711-0-10'];
    expect(e?.timings.wait).toBe(612);
    expect(e?._pausedTime).toBe(300);
  });

  test('through a proxy, connect holds TCP, the CONNECT and TLS', () => {
    const { connection, dial } = socketOf({
      tunnel: { request: '1-0-9', host: 'a.example', port: 443, establishedAt: 2850 },
    });
    const tls: TlsTunnel = { id: '1-0-4', connection: '1-0-3', purpose: 'origin', beginAt: 2850, endAt: 2890 };
    const r = requestOf({
      url: 'https://a.example/x',
      proxy: { url: 'http://p.example:3128', kind: 'http', mode: 'tunnel' },
    });
    const har = toHar(traceOf({ requests: [r], dials: [dial], connections: [connection], tlsTunnels: [tls] }));
    expectSound(har);
    // 0.7 ms TCP, 0.05 ms CONNECT, 0.04 ms TLS.
    expect(har.log.entries[0]?.timings).toMatchObject({ blocked: 0.1, connect: 0.79, ssl: 0.04 });
  });

  test('fractions of kernel-made instants do not break the sum', () => {
    const { connection, dial } = socketOf();
    const r = requestOf({ responseBeginAt: 9000.4567, endAt: 10_000.5 });
    expectSound(toHar(traceOf({ requests: [r], dials: [dial], connections: [connection] })));
  });

  test('a request that still runs ends where the trace does', () => {
    const r: Request = { id: '1-0-1', thread: '1-0', createdAt: 2000, method: 'GET', url: 'http://a.example/' };
    const har = toHar(traceOf({ requests: [r] }, { endAt: 5000, state: 'running' }));
    expectSound(har);
    expect(har.log.entries[0]).toMatchObject({ time: 3, _state: 'queued', timings: { blocked: 3 } });
  });

  test('a request whose beginning was lost is still valid', () => {
    const r: Request = {
      id: '1-0-1',
      thread: '1-0',
      assignedAt: 3000,
      sendEndAt: 4000,
      responseBeginAt: 5000,
      endAt: 6000,
      outcome: 'complete',
      lost: ['start'],
    };
    const har = toHar(traceOf({ requests: [r] }));
    expectSound(har);
    expect(har.log.entries[0]?.request).toMatchObject({ url: 'about:blank', bodySize: -1 });
  });
});

describe('addresses and links', () => {
  test('a Unix socket has no server address', () => {
    const { connection, dial } = socketOf({ kind: 'unix', path: '/run/x.sock' }, { path: '/run/x.sock' });
    const { local: _, remote: __, ...unix } = connection;
    const har = toHar(traceOf({ requests: [requestOf()], dials: [dial], connections: [unix] }));
    expectSound(har);
    expect(har.log.entries[0]).not.toHaveProperty('serverIPAddress');
    expect(har.log.entries[0]?.connection).toBe('1-0-3');
  });

  test('a redirect leads to the next hop where its header was not recorded', () => {
    const hop = (id: string, more: object = {}) => requestOf({ id, url: `http://a.test/${id}`, ...more });
    const response = { status: 302 };
    const location = [{ name: 'Location', value: '/two' }];
    const requests = [
      hop('one', { response }),
      hop('two', { redirectOf: 'one', response: { status: 302, headers: location } }),
      hop('three', { redirectOf: 'two', response }),
    ];
    const har = toHar(traceOf({ requests }, { settings: { headerLevel: 'values' } }));
    expectSound(har);
    const reported = Object.fromEntries(har.log.entries.map((e) => [e._id, e.response.redirectURL]));
    expect(reported).toEqual({ one: 'http://a.test/two', two: '/two', three: '' });
  });

  test('an IPv6 address goes without its zone', () => {
    const { connection, dial } = socketOf({ remote: { address: 'fe80::1%eth0', port: 80 } });
    const har = toHar(traceOf({ requests: [requestOf()], dials: [dial], connections: [connection] }));
    expectSound(har);
    expect(har.log.entries[0]?.serverIPAddress).toBe('fe80::1');
  });

  test('child processes are on the page of their root, and circular parents do no harm', () => {
    const har = toHar(example());
    expect(har.log.pages.map((p) => p.id)).toEqual(['4711']);
    expect(entriesOf(har)['4720-0-1']?.pageref).toBe('4711');
    const doc = traceOf({ requests: [requestOf()] });
    const [first] = doc.processes;
    if (!first) throw new Error('no process');
    const circle = [
      { ...first, parent: '2' },
      { ...first, id: '2', pid: 2, parent: '1', threads: [] },
    ];
    expectSound(toHar({ ...doc, processes: circle }));
  });

  test('the initiator is the mapped place, counted from 0', () => {
    const e = entriesOf(toHar(example()))['4711-0-7'];
    expect(e?._initiator).toMatchObject({ url: 'file:///app/src/payment.ts', lineNumber: 40, columnNumber: 23 });
    const windows = requestOf({ callSite: { file: 'C:\\app\\a #1.js', line: 1, column: 1, kind: 'user' } });
    const module = requestOf({
      id: '1-0-7',
      callSite: { file: 'file:///app/x.mjs', line: 0, column: 0, kind: 'user' },
    });
    const cut = requestOf({ id: '1-0-8', callSite: { file: '/app/\ud83d', line: 2, column: 2, kind: 'user' } });
    const har = toHar(traceOf({ requests: [windows, module, cut] }));
    expect(har.log.entries.map((entry) => entry._initiator?.url)).toEqual([
      'file:///C:/app/a%20%231.js',
      'file:///app/x.mjs',
      'file:///app/\ud83d',
    ]);
    expect(har.log.entries[1]?._initiator?.lineNumber).toBe(0);
  });

  test('a call site without a line has none there, and none when it is read', () => {
    const site = { file: '/app/a.test.js', function: 'load', kind: 'user', transformed: true } as const;
    const har = toHar(traceOf({ requests: [requestOf({ callSite: site })] }));
    const initiator = har.log.entries[0]?._initiator;
    expect(initiator).toEqual({
      type: 'script',
      url: 'file:///app/a.test.js',
      stack: { callFrames: [{ functionName: 'load', scriptId: '', url: 'file:///app/a.test.js' }] },
    });
    const read = traceOfHar(har, JSON.stringify(har));
    expect(read.requests[0]?.callSite).toEqual({ ...site, file: 'file:///app/a.test.js' });
  });

  test('requests that the program answered are not in it', () => {
    expect(toHar(traceOf({ requests: [requestOf({ direction: 'in' })] })).log.entries).toEqual([]);
  });
});

describe('headers', () => {
  const headers = [
    { name: 'Location', value: 'http://u:p@b.example/?token=hunter2' },
    { name: 'X-Long', length: 40 },
    { name: 'X-Name' },
  ];
  const har = (headerLevel: string) =>
    toHar(
      traceOf(
        { requests: [requestOf({ headers, response: { status: 302, headers } })] },
        { settings: { headerLevel } },
      ),
    );

  test('are written at the level they were recorded at', () => {
    expect(har('off').log.entries[0]?.request.headers).toEqual([]);
    expect(har('names').log.entries[0]?.request.headers[0]).toEqual({ name: 'Location', value: '' });
    expect(har('lengths').log.entries[0]?.request.headers[1]).toEqual({ name: 'X-Long', value: '', _length: 40 });
    expect(har('values').log.entries[0]?.request.headers[0]?.value).toBe('http://***@b.example/?token=***');
  });

  test('the redirect goes where a recorded Location says, masked', () => {
    expect(har('values').log.entries[0]?.response.redirectURL).toBe('http://***@b.example/?token=***');
    expect(har('lengths').log.entries[0]?.response.redirectURL).toBe('');
    for (const level of ['off', 'names', 'lengths', 'values']) expectSound(har(level));
  });
});

test('a query is taken apart as far as it can be', () => {
  const har = toHar(traceOf({ requests: [requestOf({ url: 'http://a.example/?a=1+2&b&c=%E4%zz&=x&&d=%20' })] }));
  expect(har.log.entries[0]?.request.queryString).toEqual([
    { name: 'a', value: '1 2' },
    { name: 'b', value: '' },
    { name: 'c', value: '%E4%zz' },
    { name: '', value: 'x' },
    { name: 'd', value: ' ' },
  ]);
});

test('the validator refuses what is not HAR', () => {
  const har = toHar(example());
  const { timings: _, ...entry } = har.log.entries[0] as HarEntry;
  expect(harErrors({ log: { ...har.log, entries: [entry] } })).not.toEqual([]);
  expect(
    harErrors({ log: { ...har.log, entries: [{ ...entry, timings: { send: 0, wait: 0, receive: '0' } }] } }),
  ).not.toEqual([]);
  expect(
    harErrors({ log: { ...har.log, entries: [{ ...har.log.entries[0], serverIPAddress: 'localhost' }] } }),
  ).not.toEqual([]);
});

/** The breakdown in the situations a request can be in; facts in µs. */
import { describe, expect, test } from 'vitest';
import { foldEnd } from '../fold/isolate';
import { rowOf } from '../rows/row';
import { stateOf } from '../rows/state';
import type { Store } from '../store/store';
import { connectionLines, foldLines } from '../testing/store';
import { phaseDuration, phaseTime } from './measured';
import { phasesOf } from './phases';

const req = (id: number, createdAt: number, extra: object = {}) => ({
  k: 'req',
  id,
  createdAt,
  api: 'http',
  method: 'GET',
  url: 'http://127.0.0.1/',
  ...extra,
});
const end = (id: number, t: (number | null)[], extra: object = {}) => ({
  k: 'end',
  id,
  t,
  outcome: 'complete',
  response: { status: 200 },
  ...extra,
});

/** `queue 5 tcp 10x | dns literal …`: phases with durations, then what is absent and why. */
function text(store: Store, id = 1, now = 0): string {
  const b = phasesOf(store.requests.get(`1-0-${id}`) as never, store, now);
  const phases = b.phases.map(
    (p) => `${p.name} ${p.duration}${p.paused ? `+${p.paused}` : ''}${p.failed ? 'x' : ''}${p.running ? '…' : ''}`,
  );
  const sum = b.phases.reduce((s, p) => s + p.duration, 0);
  if (b.total !== undefined) expect(sum).toBe(b.total);
  return `${phases.join(' ')} | ${b.absent.map((a) => `${a.name} ${a.why}`).join(' ')}`;
}
const state = (store: Store, id = 1, now = 0) => {
  const r = store.requests.get(`1-0-${id}`) as never;
  return stateOf(r, store, phasesOf(r, store, now)).text;
};

describe('a new HTTP/1.1 connection', () => {
  const set = [req(1, 100), ...connectionLines(1, 110, 150)];
  test('complete', () => {
    const store = foldLines([...set, end(1, [12, 55, 60, 90, 95], { connection: 91, ordinal: 1 })]);
    expect(text(store)).toBe('queue 10 tcp 40 send 10 wait 30 download 5 | dns literal proxy direct tls plain');
    expect(state(store)).toBe('200');
  });
  test('given up before it was made', () => {
    const gone = (t: number) => [req(1, 100), end(1, [null, null, null, null, t], { dial: 90, outcome: 'aborted' })];
    const rest = 'send notReached wait notReached download notReached';
    expect(text(foldLines([...set, ...gone(30).slice(1)]))).toBe(
      `queue 10 tcp 20x | dns literal proxy notReached tls notReached ${rest}`,
    );
    // Before its dial began.
    expect(text(foldLines([...set, ...gone(5).slice(1)]))).toBe(
      `queue 5x | dns notReached tcp notReached proxy notReached tls notReached ${rest}`,
    );
    // While a lookup ran that was not seen: its end is where the first attempt begins.
    const named = [...gone(30), ...connectionLines(1, 110, 180, { host: 'a.test' })];
    const attempts = [{ id: 91, family: 4, remote: { address: '127.0.0.1', port: 80 }, beginAt: 170, endAt: 180 }];
    expect(text(foldLines([...named.slice(0, 3), { ...(named[3] as object), attempts }]))).toBe(
      `queue 10 dns 20x | tcp notReached proxy notReached tls notReached ${rest}`,
    );
  });
  test('still connecting', () => {
    const store = foldLines(set.slice(0, 2));
    expect(text(store, 1, 130)).toBe(
      'queue 10 tcp 20… | dns literal proxy notYet tls notYet send notYet wait notYet download notYet',
    );
    expect(state(store, 1, 130)).toBe('TCP…');
  });
  test('waiting for the response', () => {
    const store = foldLines([...set, { k: 'head', id: 1, t: [12, 55, 60], connection: 91, ordinal: 1 }]);
    expect(text(store, 1, 1000)).toBe(
      'queue 10 tcp 40 send 10 wait 840… | dns literal proxy direct tls plain download notYet',
    );
    expect(state(store, 1, 1000)).toBe('waiting…');
  });
  test('receiving the body: its status is known', () => {
    const store = foldLines([
      ...set,
      { k: 'head', id: 1, t: [12, 55, 60, 90], connection: 91, ordinal: 1, response: { status: 503 } },
    ]);
    expect(state(store, 1, 1000)).toBe('503 receiving…');
  });
  test('response before the request was sent whole', () => {
    const store = foldLines([...set, end(1, [12, 55, 90, 70, 95], { connection: 91, ordinal: 1 })]);
    expect(text(store)).toBe(
      'queue 10 tcp 40 send 40 download 5 | dns literal proxy direct tls plain wait earlyResponse',
    );
  });
  test('upgraded ends at its head', () => {
    const store = foldLines([
      ...set,
      end(1, [12, 55, 60, 90, 90], { connection: 91, ordinal: 1, outcome: 'upgraded', response: { status: 101 } }),
    ]);
    expect(text(store)).toBe('queue 10 tcp 40 send 10 wait 30 | dns literal proxy direct tls plain download noBody');
    expect(state(store)).toBe('101 open');
  });
  test('reset in the body', () => {
    const error = { phase: 'download', code: 'ECONNRESET' };
    const store = foldLines([
      ...set,
      end(1, [12, 55, 60, 90, 99], { connection: 91, ordinal: 1, outcome: 'failed', error }),
    ]);
    expect(text(store)).toBe('queue 10 tcp 40 send 10 wait 30 download 9x | dns literal proxy direct tls plain');
    expect(state(store)).toBe('body reset');
  });
});

describe('setup that failed', () => {
  const dial = (extra: object = {}) => ({
    k: 'dial',
    id: 90,
    request: 1,
    via: 'agent',
    host: 'a.test',
    port: 80,
    beginAt: 110,
    ...extra,
  });
  test('in DNS', () => {
    const error = { phase: 'dns', code: 'ENOTFOUND' };
    const store = foldLines([
      req(1, 100),
      dial(),
      { k: 'lookup', id: 92, dial: 90, call: 'lookup', hostname: 'a.test', beginAt: 112, endAt: 140, error },
      { k: 'conn', dial: 90, endAt: 141, attempts: [], error },
      end(1, [5, null, null, null, 45], { dial: 90, outcome: 'failed', error, response: undefined }),
    ]);
    expect(text(store)).toBe(
      'queue 10 dns 35x | tcp notReached proxy notReached tls notReached send notReached wait notReached download notReached',
    );
    expect(state(store)).toBe('DNS not found');
  });
  test('still in DNS', () => {
    const store = foldLines([req(1, 100), dial()]);
    expect(text(store, 1, 200)).toBe(
      'queue 10 dns 90… | tcp notYet proxy notYet tls notYet send notYet wait notYet download notYet',
    );
  });
  test('refused', () => {
    const error = { phase: 'tcp', code: 'ECONNREFUSED', address: '127.0.0.1', port: 1 };
    const store = foldLines([
      req(1, 100),
      { k: 'dial', id: 90, request: 1, via: 'agent', host: '127.0.0.1', port: 1, beginAt: 110 },
      {
        k: 'conn',
        dial: 90,
        endAt: 120,
        attempts: [
          { id: 91, remote: { address: '127.0.0.1', port: 1 }, beginAt: 111, endAt: 120, result: 'failed', error },
        ],
        error,
      },
      end(1, [5, null, null, null, 25], { dial: 90, outcome: 'failed', error, response: undefined }),
    ]);
    expect(text(store)).toBe(
      'queue 10 tcp 15x | dns literal proxy notReached tls notReached send notReached wait notReached download notReached',
    );
    expect(state(store)).toBe('TCP refused');
    expect(store.counts).toMatchObject({ requests: 1, failed: 1, connections: 0 });
  });
});

describe('a connection that was there', () => {
  test('reused after waiting for the one before', () => {
    const store = foldLines([
      req(1, 100),
      ...connectionLines(1, 110, 150),
      end(1, [12, 55, 60, 90, 95], { connection: 91, ordinal: 1 }),
      req(2, 120),
      end(2, [80, 82, 85, 110, 115], { connection: 91, ordinal: 2, idleDuration: 5, blockedBy: 1 }),
    ]);
    expect(text(store, 2)).toBe('queue 80 send 5 wait 25 download 5 | dns reused tcp reused proxy reused tls reused');
    expect(store.requests.get('1-0-2')?.blockedBy).toBe('1-0-1');
    expect(store.live.reuses).toBe(1);
  });
  test('dialled for another that took an older one', () => {
    const store = foldLines([
      req(1, 100),
      ...connectionLines(1, 110, 150),
      req(2, 130),
      end(2, [5, 21, 25, 40, 45], { connection: 91, ordinal: 1 }),
    ]);
    expect(text(store, 2)).toBe('tcp 20 send 5 wait 15 download 5 | queue earlier dns literal proxy direct tls plain');
  });
  test('stood ready before the request was made', () => {
    const store = foldLines([
      req(1, 100),
      ...connectionLines(1, 110, 150),
      req(2, 200),
      end(2, [5, 6, 7, 20, 25], { connection: 91, ordinal: 1 }),
    ]);
    expect(text(store, 2)).toBe('queue 5 send 2 wait 13 download 5 | dns ready tcp ready proxy ready tls ready');
  });
});

describe('TLS', () => {
  const tls = (extra: object = {}) => ({
    k: 'tls',
    id: 93,
    connection: 91,
    purpose: 'origin',
    beginAt: 151,
    endAt: 190,
    ...extra,
  });
  const https = { url: 'https://127.0.0.1/', api: 'https' };
  test('complete', () => {
    const store = foldLines([
      req(1, 100, https),
      ...connectionLines(1, 110, 150),
      tls(),
      end(1, [12, 95, 96, 120, 125], { connection: 91, ordinal: 1 }),
    ]);
    expect(text(store)).toBe('queue 10 tcp 40 tls 40 send 6 wait 24 download 5 | dns literal proxy direct');
  });
  test('in the handshake', () => {
    const store = foldLines([req(1, 100, https), ...connectionLines(1, 110, 150)]);
    expect(text(store, 1, 170)).toBe(
      'queue 10 tcp 40 tls 20… | dns literal proxy direct send notYet wait notYet download notYet',
    );
  });
  test('certificate expired', () => {
    const error = { phase: 'tls', code: 'CERT_HAS_EXPIRED' };
    const store = foldLines([
      req(1, 100, https),
      ...connectionLines(1, 110, 150),
      tls({ error }),
      end(1, [12, null, null, null, 95], { connection: 91, ordinal: 1, outcome: 'failed', error, response: undefined }),
    ]);
    expect(text(store)).toBe(
      'queue 10 tcp 40 tls 45x | dns literal proxy direct send notReached wait notReached download notReached',
    );
    expect(state(store)).toBe('TLS cert expired');
  });
  test.each([
    ['failed', { error: { phase: 'tls', code: 'ECONNRESET' } }],
    ['aborted', {}],
  ])('given up in the handshake: %s', (outcome, extra) => {
    const store = foldLines([
      req(1, 100, https),
      ...connectionLines(1, 110, 150),
      tls(),
      end(1, [12, null, null, null, 95], { connection: 91, ordinal: 1, outcome, ...extra, response: undefined }),
    ]);
    expect(text(store)).toBe(
      'queue 10 tcp 40 tls 45x | dns literal proxy direct send notReached wait notReached download notReached',
    );
  });
});

test('time in the debugger is taken out and named', () => {
  const store = foldLines([
    req(1, 100),
    ...connectionLines(1, 110, 150),
    end(1, [12, 55, 60, 90, 95], { connection: 91, ordinal: 1 }),
  ]);
  store.setPause({ id: 'w-1', thread: '1-0', beginAt: 165, endAt: 185 });
  expect(text(store)).toBe('queue 10 tcp 40 send 10 wait 10+20 download 5 | dns literal proxy direct tls plain');
});

test('a lost begin gives a window without total', () => {
  const store = foldLines([
    {
      k: 'end',
      id: 1,
      assignedAt: 10,
      sendBeginAt: 12,
      sendEndAt: 14,
      responseBeginAt: 30,
      endAt: 40,
      outcome: 'complete',
      response: { status: 200 },
    },
  ]);
  const b = phasesOf(store.requests.get('1-0-1') as never, store);
  expect(b.windowed).toBe(true);
  expect(b.total).toBeUndefined();
  expect(store.requests.get('1-0-1')?.lost).toEqual(['start']);
});

test('exit ends what runs: not read where a head came and a body was due, interrupted else', () => {
  const store = foldLines([
    req(1, 100),
    ...connectionLines(1, 110, 150),
    { k: 'head', id: 1, t: [12, 55, 60, 90], connection: 91, ordinal: 1, response: { status: 200 } },
    req(2, 200),
    { k: 'exit', at: 300, code: 7 },
  ]);
  expect(text(store, 1)).toBe('queue 10 tcp 40 send 10 wait 30 | dns literal proxy direct tls plain download notRead');
  expect(state(store, 1)).toBe('200 not read');
  expect(text(store, 2)).toContain('queue 100x');
  expect(state(store, 2)).toBe('interrupted');
  expect(store.connections.get('1-0-91')?.closedBy).toBe('processExit');
  expect(store.processes.get('1')).toMatchObject({ exitCode: 7, end: 'exit' });
});

test('a process that was killed leaves the last phase without a time, not with 0', () => {
  const store = foldLines([
    req(1, 100),
    ...connectionLines(1, 110, 150),
    { k: 'head', id: 1, t: [12, 55, 60], connection: 91, ordinal: 1 },
  ]);
  foldEnd(store, 1, { signal: 'SIGKILL', at: 900 });
  const r = store.requests.get('1-0-1') as never;
  const b = phasesOf(r, store);
  expect(b).toMatchObject({ endUnknown: true });
  expect(b.phases.at(-1)).toMatchObject({ name: 'wait', failed: true, endUnknown: true });
  const row = rowOf(r, store, 0);
  expect(row).not.toHaveProperty('total');
  expect(phaseDuration(row, 'wait')).toBeUndefined();
  expect(row.phases.map((p) => phaseTime(p, String))).toEqual(['10', '40', '10', '']);
});

describe('a line that never came', () => {
  test('of TLS leaves its time to send, and says that it was not seen', () => {
    const store = foldLines([
      req(1, 100, { url: 'https://127.0.0.1/', api: 'https' }),
      ...connectionLines(1, 110, 150),
      end(1, [12, 95, 96, 120, 125], { connection: 91, ordinal: 1 }),
    ]);
    expect(text(store)).toBe('queue 10 tcp 40 send 46 wait 24 download 5 | dns literal proxy direct tls notSeen');
  });
});

test('a tunnel: the CONNECT ends at its head, the request behind it waits for it as proxy', () => {
  const tls = { k: 'tls', id: 93, connection: 91, purpose: 'origin', beginAt: 171, endAt: 190 };
  const store = foldLines([
    req(1, 100, { url: 'https://origin.test/', api: 'https' }),
    req(2, 105, { method: 'CONNECT', url: 'http://127.0.0.1:3128', target: 'origin.test:443' }),
    ...connectionLines(2, 110, 150),
    end(2, [6, 46, 47, 65, 65], { connection: 91, outcome: 'tunnel' }),
    tls,
    end(1, [90, 91, 92, 120, 125], { connection: 91, ordinal: 1 }),
  ]);
  expect(store.connections.get('1-0-91')?.tunnel).toEqual({
    request: '1-0-2',
    host: 'origin.test',
    port: 443,
    establishedAt: 170,
  });
  expect(text(store, 2)).toBe('queue 5 tcp 40 send 2 wait 18 | dns literal proxy direct tls plain download noBody');
  expect(text(store, 1)).toBe('queue 10 tcp 40 proxy 20 tls 20 send 2 wait 28 download 5 | dns literal');
});

test('a CONNECT on a kept connection changes nothing of what was on it before', () => {
  const before = [
    req(1, 100),
    ...connectionLines(1, 110, 150),
    end(1, [12, 55, 60, 90, 95], { connection: 91, ordinal: 1 }),
  ];
  const connect = [
    req(2, 300, { method: 'CONNECT', url: 'http://127.0.0.1/', target: 'origin.test:443' }),
    end(2, [1, 2, 3, 20, 20], { connection: 91, outcome: 'tunnel' }),
  ];
  expect(text(foldLines([...before, ...connect]))).toBe(text(foldLines(before)));
});

describe('words for a connection that went away', () => {
  const lost = (phase: string, code: string, closedBy: string) =>
    foldLines([
      req(1, 100),
      ...connectionLines(1, 110, 150),
      { k: 'close', id: 91, closedAt: 190, closedBy },
      end(1, phase === 'wait' ? [12, 55, 60, null, 95] : [12, 55, 60, 90, 95], {
        connection: 91,
        ordinal: 1,
        outcome: 'failed',
        error: { phase, code },
      }),
    ]);
  test.each([
    ['wait', 'ECONNRESET', 'peerReset', 'wait reset'],
    ['wait', 'ECONNRESET', 'peer', 'wait closed by server'],
    ['wait', 'UND_ERR_SOCKET', 'peer', 'wait closed by server'],
    ['download', 'ECONNRESET', 'peerReset', 'body reset'],
    ['download', 'ECONNRESET', 'peer', 'body cut off'],
    ['download', 'UND_ERR_SOCKET', 'peer', 'body cut off'],
  ])('%s, %s, closed by %s: %s', (phase, code, closedBy, words) => {
    expect(state(lost(phase, code, closedBy))).toBe(words);
  });
});

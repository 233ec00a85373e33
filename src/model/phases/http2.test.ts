/** HTTP/2: streams share the setup of their connection, and wait for each other; facts in µs. */
import { expect, test } from 'vitest';
import { rowOf } from '../rows/row';
import { stateOf } from '../rows/state';
import type { Store } from '../store/store';
import { connectionLines, foldLines } from '../testing/store';
import { phasesOf } from './phases';

const req = (id: number, createdAt: number) => ({
  k: 'req',
  id,
  createdAt,
  api: 'http2',
  method: 'GET',
  url: 'https://127.0.0.1/',
});
const stream = (id: number, t: (number | null)[], ordinal: number, extra: object = {}) => ({
  k: 'end',
  id,
  t,
  protocol: 'h2',
  streamId: ordinal * 2 - 1,
  connection: 91,
  ordinal,
  outcome: 'complete',
  response: { status: 200 },
  ...extra,
});
/** Dialled by the session at 90, connected at 150, TLS done at 180. */
const session = [
  ...connectionLines(0, 90, 150, { request: undefined, via: 'http2' }),
  { k: 'tls', id: 93, connection: 91, purpose: 'origin', beginAt: 150, endAt: 180, alpn: 'h2' },
];

function text(store: Store, id: number, now = 0): string {
  const b = phasesOf(store.requests.get(`1-0-${id}`) as never, store, now);
  const phases = b.phases.map((p) => `${p.name} ${p.duration}${p.failed ? 'x' : ''}${p.running ? '…' : ''}`);
  if (b.total !== undefined) expect(b.phases.reduce((s, p) => s + p.duration, 0)).toBe(b.total);
  return `${phases.join(' ')} | ${b.absent.map((a) => `${a.name} ${a.why}`).join(' ')}`;
}

const store = foldLines([
  req(1, 100),
  req(2, 160),
  req(3, 300),
  ...session,
  stream(1, [85, 85, 85, 150, 160], 1, { dial: 90 }),
  stream(2, [26, 26, 26, 90, 95], 2, { dial: 90 }),
  // Waits until another stream has ended.
  stream(3, [50, 50, 50, 70, 75], 3),
]);

test('the first streams wait for the setup of their session, each for its own part of it', () => {
  expect(text(store, 1)).toBe('tcp 50 tls 30 send 5 wait 65 download 10 | queue earlier dns literal proxy direct');
  expect(text(store, 2)).toBe('tls 20 send 6 wait 64 download 5 | queue earlier dns literal tcp earlier proxy direct');
});

test('later ones take the open connection: waiting for a free stream is the queue', () => {
  expect(text(store, 3)).toBe('queue 50 send 0 wait 20 download 5 | dns reused tcp reused proxy reused tls reused');
});

test('a stream that still waits for the connection, or for its answer', () => {
  expect(text(foldLines([{ ...req(1, 100), dial: 90 }, ...session.slice(0, 1)]), 1, 120)).toContain('tcp 20…');
  const sent = { k: 'mark', id: 2, t: [26, 26, 26], protocol: 'h2', streamId: 3, connection: 91, ordinal: 2, dial: 90 };
  const waiting = foldLines([req(2, 160), ...session, sent]);
  expect(text(waiting, 2, 260)).toContain('tls 20 send 6 wait 74…');
  expect(rowOf(waiting.requests.get('1-0-2') as never, waiting, 260)).toMatchObject({
    protocol: 'h2',
    stateText: 'waiting…',
  });
});

test('a reset has its own word', () => {
  const refused = foldLines([
    req(1, 100),
    ...session,
    stream(1, [85, 85, 85, null, 160], 1, {
      outcome: 'failed',
      error: { phase: 'wait', code: 'ERR_HTTP2_STREAM_ERROR' },
      reset: { code: 7, name: 'NGHTTP2_REFUSED_STREAM', by: 'peer' },
      response: undefined,
    }),
  ]);
  const r = refused.requests.get('1-0-1') as never;
  expect(stateOf(r, refused, phasesOf(r, refused)).text).toBe('stream refused');
  expect(refused.connections.get('1-0-91')).toMatchObject({ protocol: 'h2', requestCount: 1 });
});

import { expect, test } from 'vitest';
import { ms, storeOf } from '../testing/store';
import { talkersOf } from './talkers';

const remote = { address: '192.0.2.1', port: 443 };
const samples = [
  { at: 10 * ms, bytesSent: 0, bytesReceived: 0, bytesRetransmitted: 0 },
  { at: 1010 * ms, bytesSent: 3000, bytesReceived: 1_000_000, bytesRetransmitted: 1000 },
  { at: 2010 * ms, bytesReceived: 4_000_000 },
  // The window of the request's end, shortly after.
  { at: 2110 * ms, bytesReceived: 4_300_000 },
  { at: 3110 * ms, rtt: 5 },
];
const records = {
  connections: [
    {
      id: 'c',
      kind: 'tcp' as const,
      remote,
      dial: 'd',
      connect: { beginAt: 0, endAt: 5, result: 'connected' as const },
    },
    { id: 'unseen', kind: 'tcp' as const, remote: { address: '192.0.2.2', port: 80 } },
  ],
  dials: [{ id: 'd', host: 'cdn.example' }],
};
const at = (now: number, n = samples.length) =>
  talkersOf(storeOf({ ...records, samples: samples.slice(0, n) }), now * ms);

test('reports bytes and time by the kernel’s counts, of destinations that it counted', () => {
  expect(at(3200)).toEqual([
    {
      ...{ address: '192.0.2.1', port: 443, host: 'cdn.example', connections: 1, sent: 2000, received: 4_300_000 },
      ...{ duration: 2110 * ms, sending: 0, receiving: 0 },
    },
  ]);
});

test('reports the rate between looks that are far enough apart, and none of what was long ago', () => {
  expect(at(2020, 3)[0]).toMatchObject({ receiving: 3_000_000, sending: 0 });
  expect(at(2120, 4)[0]?.receiving).toBeCloseTo(3_300_000 / 1.1, 0);
  expect(at(1020, 2)[0]).toMatchObject({ receiving: 1_000_000, sending: 2000 });
  expect(at(9000, 3)[0]).toMatchObject({ receiving: 0 });
  expect(at(20, 1)[0]).toMatchObject({ receiving: 0, received: 0 });
});

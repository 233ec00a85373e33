import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DnsStream } from './dns/stream';
import { type Arrived, Waiting } from './waiting';

const ms = 1_000_000n;
const packet = (at: number, forward = true, size = 100): Arrived => ({
  packet: { interface: 0, ns: 0n, data: new Uint8Array(size), length: size },
  decoded: { kind: 'tcp', network: 14, payload: 54, payloadLength: 0 },
  at: BigInt(at) * ms,
  forward,
});
const times = (list: readonly Arrived[]) => list.map((p) => Number(p.at / ms));

test('packets wait for ten seconds, those without an answer for long', () => {
  const w = new Waiting();
  w.add('answered', packet(0));
  w.add('answered', packet(1, false));
  w.add('alone', packet(2));
  w.add('answered', packet(9_000));
  w.add('other', packet(10_500));
  expect(times(w.claim('answered'))).toEqual([9_000]);
  expect(times(w.claim('alone'))).toEqual([2]);
  expect(w.claim('alone')).toEqual([]);
  w.add('silent', packet(20_000));
  for (let at = 40_000; at < 200_000; at += 20_000) w.add('other', packet(at));
  expect(times(w.claim('silent'))).toEqual([]);
  expect(w.overflowed).toBe(0);
});

test('too many go before their time, the oldest first, and are counted', () => {
  const w = new Waiting();
  for (let i = 0; i < 100; i++) w.add(`c${i % 10}`, packet(i, true, 1024 * 1024));
  expect(w.overflowed).toBe(52);
  expect(times([...w.all()].flatMap((c) => c.packets)).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 48 }, (_, i) => i + 52),
  );
});

test('messages over TCP are the same however they are cut, and in whatever order the pieces come', () => {
  const message = fc.uint8Array({ minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(
      fc.array(message, { minLength: 1, maxLength: 5 }),
      fc.array(fc.nat(200)),
      fc.nat(),
      (list, cuts, first) => {
        const all = Buffer.concat(list.flatMap((m) => [Buffer.of(0, m.length), Buffer.from(m)]));
        const ends = [...new Set([...cuts.map((c) => c % all.length), all.length])].sort((a, b) => a - b).slice(-12);
        const begin = (0xffff_fff0 + first) >>> 0; // numbers start again
        const stream = new DnsStream();
        stream.push((begin - 1) >>> 0, 2, Buffer.alloc(0));
        const pieces = ends.map((end, i) => ({ from: ends[i - 1] ?? 0, end }));
        const heard = [...pieces.slice(1).reverse(), ...pieces.slice(0, 1)].flatMap(({ from, end }) =>
          stream.push((begin + from) >>> 0, 16, all.subarray(from, end)),
        );
        expect(heard.map((b) => b.toString('hex'))).toEqual(list.map((m) => Buffer.from(m).toString('hex')));
      },
    ),
  );
});

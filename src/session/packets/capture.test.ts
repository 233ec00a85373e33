import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../model/records';
import { newHeader, Store } from '../../model/store/store';
import { takeAnchor } from '../anchor';
import { datagram, type End, FakeEngine, segment, unreachable } from '../testing/packets';
import { scratch } from '../testing/scratch';
import { PacketCapture } from './capture';
import type { CaptureSettings } from './captureSettings';
import { packetsToSave } from './saving';
import { WallClock } from './wallClock';

const own: End = { address: '192.0.2.1', port: 40_000 };
const server: End = { address: '198.51.100.7', port: 443 };
const open: PacketCapture[] = [];
afterEach(async () => {
  for (const c of open.splice(0)) await c.dispose();
});

/** A capture over a store; packets are given at ms after its begin. */
async function scene(settings: CaptureSettings = {}, engine = new FakeEngine()) {
  const store = new Store(newHeader('t', takeAnchor(), { name: 'nettrace', version: '0' }));
  // Both clocks in step, so that the test's instants are exact on a busy machine too.
  const between = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
  const clock = new WallClock(() => {
    const monotonic = process.hrtime.bigint();
    return { monotonic, realtime: monotonic + between, error: 0 };
  });
  const capture = new PacketCapture(store, settings, () => [engine], scratch(), false, clock);
  open.push(capture);
  await capture.start();
  const zero = BigInt(store.header.beginMonotonicNs ?? '0') + between;
  let last = 0;
  const give = async (at: number, data: Buffer, place = 0) => {
    last = at;
    engine.give({ interface: place, ns: zero + BigInt(Math.round(at * 1e6)), data, length: data.length });
    await turn();
    await turn();
  };
  const connect = (c: Partial<Connection> & { id: string }) => {
    const connection: Connection = { kind: 'tcp', local: own, remote: server, ...c };
    store.setConnection(connection);
    capture.connection(connection);
  };
  const packets = () => capture.records().packets;
  return { store, capture, engine, give, connect, packets, last: () => last };
}

const data = (text: string) => Buffer.from(text);

describe('packets of connections', () => {
  test('come before their connection is notified of, and after; others’ are not there', async () => {
    const s = await scene();
    await s.give(1, segment(own, server, 2, 100));
    await s.give(1.5, segment({ ...own, port: 40_001 }, server, 2, 7));
    await s.give(2, segment(server, own, 18, 900));
    s.connect({ id: 'c', connect: { beginAt: 0 } });
    await s.give(3, segment(own, server, 24, 101, data('abc')));
    await s.give(4, segment({ ...own, port: 40_001 }, server, 24, 8, data('foreign')));
    await s.capture.stop();
    const first = s.packets()[0]?.at ?? 0;
    const shown = s
      .packets()
      .map(({ at, ...p }) => [Math.round((at - first) / 1000), p.flags, p.direction, p.note, p.frame]);
    expect(shown).toEqual([
      [0, 'S', 'out', 'SYN', 1],
      [1, 'S.', 'in', 'SYN-ACK', 2],
      [2, 'P.', 'out', undefined, 3],
    ]);
    expect(s.capture.records().captures).toMatchObject([{ packets: 3, dropped: 2, truncated: false, bytes: 165 }]);
    const saved = packetsToSave(s.capture, s.store, { name: 'nettrace', version: '0' }, {});
    expect([...saved.packets].map((p) => p.data.length)).toEqual([54, 54, 57]);
    expect(JSON.stringify([...saved.packets].map((p) => Buffer.from(p.data).toString('latin1')))).not.toContain(
      'foreign',
    );
  });

  test('belong to the connection that lived then, where the same ends come again', async () => {
    const s = await scene();
    s.connect({ id: 'first', connect: { beginAt: 0 }, closedAt: 5000 });
    await s.give(10, segment(own, server, 2, 100));
    s.connect({ id: 'second', connect: { beginAt: 50_000 } });
    await s.give(51, segment(own, server, 2, 500));
    expect(s.packets().map((p) => [p.connection, p.note])).toEqual([
      ['first', 'SYN'],
      ['second', 'SYN'],
    ]);
    const later = await scene();
    later.connect({ id: 'only', connect: { beginAt: 0 }, closedAt: 1000 });
    await later.give(5000, segment(own, server, 2, 100));
    expect(later.packets()).toEqual([]);
  });

  test('packets of an attempt with an unknown local port are found by the remote end and the begin', async () => {
    const s = await scene();
    await s.give(3, segment(own, server, 2, 100));
    s.connect({ id: 'lost', local: undefined as never, connect: { beginAt: 2000, result: 'timedOut' } });
    await s.capture.stop();
    expect(s.packets()).toMatchObject([{ connection: 'lost', flags: 'S', direction: 'out' }]);
    expect(s.store.connections.get('lost')).toMatchObject({ local: own, by: { local: 'capture' } });
  });

  test('are each there once, whatever interfaces show them; what is sent again stays', async () => {
    const twice = new FakeEngine([
      { name: 'docker0', linkType: 1, snaplen: 0 },
      { name: 'veth1', linkType: 1, snaplen: 0 },
    ]);
    const s = await scene({}, twice);
    s.connect({ id: 'c', connect: { beginAt: 0 } });
    const first = segment(own, server, 24, 1, data('x'), 1);
    await s.give(1, first, 0);
    await s.give(1.01, first, 1);
    await s.give(300, segment(own, server, 24, 1, data('x'), 2), 0);
    expect(s.packets().map((p) => p.note)).toEqual([undefined, 'sent again']);
  });

  test('are cut, bounded, or without payload as it was asked for', async () => {
    const bare = await scene({ headersOnly: true });
    bare.connect({ id: 'c' });
    await bare.give(1, segment(own, server, 24, 1, data('secret')));
    expect(bare.packets()).toMatchObject([{ length: 60, capturedLength: 54, payload: 6 }]);
    const small = await scene({ limit: 100 });
    small.connect({ id: 'c' });
    await small.give(1, segment(own, server, 24, 1, data('one')));
    await small.give(2, segment(own, server, 24, 4, data('two')));
    await small.capture.stop();
    expect(small.capture.records().captures).toMatchObject([{ packets: 1, bytes: 57, truncated: true }]);
    expect(small.store.losses).toMatchObject([
      { what: 'packets', kind: 'dropped', count: 2 },
      { what: 'packets', kind: 'truncated', count: 1 },
    ]);
  });

  test('ICMP only where it is asked for, with the connection that it is about', async () => {
    const about = datagram({ ...own, port: 5000 }, { ...server, port: 9 }, data('ping'));
    for (const icmp of [false, true]) {
      const s = await scene({ icmp });
      s.connect({ id: 'u', kind: 'udp', local: { ...own, port: 5000 }, remote: { ...server, port: 9 } });
      await s.give(1, about);
      await s.give(2, unreachable('198.51.100.7', '192.0.2.1', about));
      const rows = s.packets().map((p) => [p.transport, p.connection, p.direction, p.note]);
      expect(rows).toEqual([
        ['udp', 'u', 'out', undefined],
        ...(icmp ? [['icmp', 'u', 'in', 'ICMP port unreachable']] : []),
      ]);
    }
  });

  test('a datagram socket that is not connected has all that its port sends and gets', async () => {
    const s = await scene();
    s.connect({ id: 'u', kind: 'udp', local: { address: '0.0.0.0', port: 5000 }, remote: undefined as never });
    await s.give(1, datagram({ ...own, port: 5000 }, server, data('a')));
    await s.give(2, datagram({ ...own, port: 5001 }, server, data('b')));
    expect(s.packets()).toMatchObject([{ connection: 'u', payload: 1, direction: 'out' }]);
  });

  test('any bytes are taken without a fault', async () => {
    const s = await scene({ icmp: true, arp: true });
    s.connect({ id: 'c' });
    const whole = [segment(own, server, 24, 1, data('abc')), datagram(server, { ...own, port: 53 }, data('abc'))];
    let at = 1;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...whole),
        fc.array(fc.tuple(fc.nat(59), fc.nat(255)), { maxLength: 5 }),
        fc.nat(60),
        async (good, damage, cut) => {
          const bytes = Buffer.from(good);
          for (const [place, value] of damage) if (place < bytes.length) bytes[place] = value;
          await s.give(at++, bytes.subarray(0, cut));
        },
      ),
      { numRuns: 200 },
    );
    await s.capture.stop();
    expect(s.store.header.sources.find((x) => x.name === 'capture')?.state).toBe('on');
  });
});

test('packets that nobody took from the engine are a loss of their own', async () => {
  const s = await scene({}, new FakeEngine(undefined, [], 3));
  await s.capture.stop();
  expect(s.store.losses).toMatchObject([{ source: 'capture', what: 'packets', kind: 'overflow', count: 3 }]);
});

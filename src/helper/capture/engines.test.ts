import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HelperListener } from '../client';
import type { Command } from '../protocol';
import { CapEngine } from './capEngine';
import { type CaptureEngine, CaptureUnavailable, startFirst } from './engine';
import { HelperEngine } from './helperEngine';

const options = { snaplen: 1000, icmp: false, arp: false };

/** A helper with scripted answers. */
function helper(feature: object = { state: 'available' }, answer: object = { state: 'on', interfaces: [] }) {
  const sent: Command[] = [];
  let listener: HelperListener = {};
  const client = {
    ended: undefined,
    hello: async () => ({ features: [{ name: 'capture', ...feature }] }) as never,
    listen: (l: HelperListener) => {
      listener = l;
      return () => {};
    },
    send: (...commands: Command[]) => {
      sent.push(...commands);
      for (const { cmd } of commands) {
        const end = { t: 'captureEnd', received: 7, dropped: 1, unread: 2 };
        const said = cmd === 'capture' ? { t: 'capture', ...answer } : end;
        queueMicrotask(() => listener.other?.(said));
      }
    },
  };
  return { client, sent, batch: (b: Buffer) => listener.packets?.(b) };
}

function record(ns: bigint, index: number, data: Buffer, direction = 1): Buffer {
  const head = Buffer.alloc(24);
  head.writeBigUInt64LE(ns, 0);
  head.writeUInt32LE(index, 8);
  head.writeUInt32LE(data.length, 12);
  head.writeUInt32LE(data.length + 5, 16);
  head[20] = direction;
  head.writeUInt16LE(1, 22);
  return Buffer.concat([head, data]);
}

test('the helper’s batches are packets, its counters the statistics', async () => {
  const h = helper();
  const servers = [{ address: '192.0.2.53', port: 53 }];
  const capture = await new HelperEngine(h.client, () => servers).start(options);
  expect(h.sent).toMatchObject([{ cmd: 'capture', snaplen: 1000, icmp: false, arp: false, dnsServers: servers }]);
  h.batch(Buffer.concat([record(10n, 999_999, Buffer.from('ab')), record(11n, 999_998, Buffer.from('c'), 0)]));
  h.batch(record(12n, 999_999, Buffer.alloc(0)).subarray(0, 20)); // torn
  capture.failedAttempt?.({ address: '192.0.2.9', port: 1 }, 5n, 6n);
  expect(h.sent.at(-1)).toEqual({
    cmd: 'captureFailed',
    remote: { address: '192.0.2.9', port: 1 },
    fromRealtimeNs: '5',
    toRealtimeNs: '6',
  });
  const statistics = await capture.stop();
  const batches = [];
  for await (const batch of capture.batches) batches.push(...batch);
  expect(batches.map((p) => [p.ns, p.interface, p.data.toString(), p.length, p.direction])).toEqual([
    [10n, 0, 'ab', 7, 'out'],
    [11n, 1, 'c', 6, 'in'],
  ]);
  expect(capture.interfaces.map((i) => i.name)).toEqual(['interface 999999', 'interface 999998']);
  expect(statistics).toEqual([{ interface: 0, received: 7, dropped: 3 }]);
});

test('any batch is taken without a fault', async () => {
  const h = helper();
  const capture = await new HelperEngine(h.client, () => []).start(options);
  const bytes = fc.uint8Array({ maxLength: 200 });
  // Any bytes, and a record with any bytes after it.
  const batches = fc.oneof(
    bytes.map((b) => Buffer.from(b)),
    fc.tuple(bytes, bytes).map(([data, more]) => Buffer.concat([record(10n, 999_999, Buffer.from(data)), more])),
  );
  fc.assert(fc.property(batches, (b) => void h.batch(b)));
  await capture.stop();
  let packets = 0;
  for await (const batch of capture.batches) {
    for (const p of batch) expect(p.data.length).toBeLessThanOrEqual(p.length);
    packets += batch.length;
  }
  expect(packets).toBeGreaterThan(0);
});

test('the first engine that works is taken; else the reason is that of the one that came nearest', async () => {
  const denied = new HelperEngine(
    helper({ state: 'unavailable', errno: 1, reason: 'needs cap_net_raw' }).client,
    () => [],
  );
  const none = new HelperEngine(undefined, () => []);
  const noCap = new CapEngine(() => {
    throw new Error('Cannot find module');
  });
  await expect(startFirst([none, denied, noCap], options)).rejects.toMatchObject({
    reason: 'noRights',
    message: 'the helper may not capture: needs cap_net_raw.',
  });
  await expect(startFirst([none, noCap], options)).rejects.toBeInstanceOf(CaptureUnavailable);
  const working = new HelperEngine(helper().client, () => []);
  expect((await startFirst([noCap, working] as CaptureEngine[], options)).engine).toBe(working);
  await expect(
    startFirst(
      [new HelperEngine(helper({}, { state: 'off', reason: 'a capture is running' }).client, () => [])],
      options,
    ),
  ).rejects.toMatchObject({ message: expect.stringContaining('may not capture') });
});

test('the package cap is used as it is: its link type, a copy of each packet, stamps of our own', async () => {
  const opened: { device: string; filter: string; closed: boolean; give(text: string): void }[] = [];
  class Cap {
    static findDevice = () => undefined;
    #own: (typeof opened)[number] | undefined;
    #listener: (bytes: number, truncated: boolean) => void = () => {};
    open(device: string, filter: string, _size: number, buffer: Buffer) {
      const give = (text: string) => this.#listener(buffer.write(text), false);
      this.#own = { device, filter, closed: false, give };
      opened.push(this.#own);
      return 'ETHERNET';
    }
    close() {
      if (this.#own) this.#own.closed = true;
    }
    on(_event: 'packet', listener: (bytes: number, truncated: boolean) => void) {
      this.#listener = listener;
    }
  }
  const capture = await new CapEngine(() => ({ Cap })).start(options);
  // The stamps come from a clock of finer steps that may be a little behind.
  const before = BigInt(Date.now() - 1000) * 1_000_000n;
  opened[0]?.give('first');
  opened[0]?.give('2nd');
  const after = BigInt(Date.now() + 1000) * 1_000_000n;
  expect(await capture.stop()).toEqual([]);
  const packets = [];
  for await (const batch of capture.batches) packets.push(...batch);
  expect(packets.map((p) => p.data.toString())).toEqual(['first', '2nd']);
  expect(packets[0]?.ns).toBeGreaterThanOrEqual(before);
  expect(packets[0]?.ns).toBeLessThanOrEqual(after);
  expect(opened.every((o) => o.closed && o.filter === 'tcp or udp')).toBe(true);
  expect(capture.interfaces[0]).toMatchObject({ linkType: 1 });
  expect(capture.discarded?.()).toBe(0);
  for (let i = 0; i < 100_003; i++) opened[0]?.give('x');
  expect(capture.discarded?.()).toBe(3);
});

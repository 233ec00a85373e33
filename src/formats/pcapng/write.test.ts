import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PcapngReader, type ReadPacket, type ReadStatistics } from './read';
import { PcapngWriter } from './write';

interface Seen {
  packets: (Omit<ReadPacket, 'interface' | 'data'> & { interface: string | undefined; data: string })[];
  statistics: Omit<ReadStatistics, 'interface'>[];
  secrets: string[];
  broken: string | undefined;
}

function read(chunks: readonly Uint8Array[]): Seen {
  const seen: Seen = { packets: [], statistics: [], secrets: [], broken: undefined };
  const reader = new PcapngReader({
    packet: (p) => seen.packets.push({ ...p, interface: p.interface.name, data: p.data.toString('hex') }),
    statistics: ({ interface: _, ...s }) => seen.statistics.push(s),
    secrets: (keys) => seen.secrets.push(keys),
  });
  for (const chunk of chunks) reader.push(chunk);
  seen.broken = reader.broken;
  return seen;
}

/** The bytes in pieces that end where `cuts` say. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((c) => c % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length));
}

function sample(packets: readonly { ns: bigint; data: Uint8Array; comments: readonly string[] }[]): Buffer {
  const w = new PcapngWriter();
  return Buffer.concat([
    w.section({ program: 'nettrace 1', os: 'linux', comment: 'ä' }),
    w.interface({ name: 'lo', linkType: 1, snaplen: 262_144, filter: 'tcp' }),
    w.secrets('CLIENT_RANDOM aa bb\n'),
    w.names([{ address: Uint8Array.of(192, 0, 2, 1), names: ['a.example', 'b.example'] }]),
    ...packets.map((p) => w.packet({ interface: 0, length: p.data.length + 3, direction: 'out', ...p })),
    w.statistics({ interface: 0, ns: 5n, received: 7, dropped: 0 }),
  ]);
}

describe('pcapng', () => {
  test('reads what it writes, in pieces of any size', () => {
    const packet = fc.record({
      data: fc.uint8Array({ maxLength: 90 }),
      comments: fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 8 }), fc.array(fc.nat(4000), { maxLength: 12 }), (list, cuts) => {
        const packets = list.map((p, i) => ({ ...p, ns: 1_795_277_521_572_154_787n + BigInt(i) }));
        const seen = read(pieces(sample(packets), cuts));
        expect(seen.broken).toBeUndefined();
        expect(seen.packets).toEqual(
          packets.map((p) => ({
            interface: 'lo',
            ns: p.ns,
            data: Buffer.from(p.data).toString('hex'),
            length: p.data.length + 3,
            direction: 'out',
            comments: p.comments.map((c) => Buffer.from(c).toString()),
          })),
        );
        expect(seen.statistics).toEqual([{ received: 7, dropped: 0 }]);
        expect(seen.secrets).toEqual(['CLIENT_RANDOM aa bb\n']);
      }),
      { numRuns: 40 },
    );
  });

  test('takes any bytes, and any damage to good ones, without a fault', () => {
    const good = sample([{ ns: 9n, data: Uint8Array.of(1, 2, 3), comments: ['x'] }]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 6 }),
        fc.array(fc.nat(good.length), { maxLength: 4 }),
        (damage, cuts) => {
          const bytes = Buffer.from(good);
          for (const [at, value] of damage) bytes[at] = value;
          read(pieces(bytes, cuts));
        },
      ),
    );
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (chunks) => void read(chunks)));
  });

  test('ends with a reason where a block cannot be', () => {
    const head = new PcapngWriter().section({ program: 'x' });
    const long = Buffer.from([6, 0, 0, 0, 0, 0, 0, 0x70, 0, 0, 0, 0]);
    expect(read([Buffer.from('<html>not this')]).broken).toBe('this is no pcapng');
    expect(read([head, long]).broken).toMatch(/too long/);
  });

  test('reads the other byte order and other resolutions', () => {
    const be = (...n: number[]) => Buffer.concat(n.map((x) => Buffer.of(x >>> 24, x >>> 16, x >>> 8, x)));
    const file = Buffer.concat([
      be(0x0a0d0d0a, 28, 0x1a2b3c4d, 0x00010000, 0xffffffff, 0xffffffff, 28),
      be(1, 32, 0x00010000, 0, 0x00090001, 0x86000000, 0, 32), // a 64th of a second
      be(6, 36, 0, 0, 96, 2, 2, 0xabcd0000, 36),
    ]);
    expect(read([file]).packets).toMatchObject([{ ns: 1_500_000_000n, data: 'abcd', length: 2 }]);
  });

  test('refuses packets out of order, twice, or of no interface, and secrets that come late', () => {
    const w = new PcapngWriter();
    w.interface({ name: 'a', linkType: 1, snaplen: 0 });
    const p = { interface: 0, ns: 10n, data: Uint8Array.of(1), length: 1 };
    w.packet(p);
    expect(() => w.packet({ ...p, ns: 9n })).toThrow(/comes after/);
    expect(() => w.packet(p)).toThrow(/twice/);
    expect(() => w.packet({ ...p, interface: 1, ns: 11n })).toThrow(/no interface/);
    expect(() => w.secrets('x')).toThrow(/must precede/);
    w.packet({ ...p, data: Uint8Array.of(2) });
  });

  test('cuts what an option cannot hold between two characters', () => {
    const w = new PcapngWriter();
    const bytes = Buffer.concat([
      w.section({ program: 'x' }),
      w.interface({ name: 'a', linkType: 1, snaplen: 0 }),
      w.packet({ interface: 0, ns: 1n, data: Uint8Array.of(1), length: 1, comments: [`x${'ä'.repeat(40_000)}`] }),
    ]);
    expect(read([bytes]).packets[0]?.comments).toEqual([`x${'ä'.repeat(32_767)}`]);
  });
});

import { Buffer } from 'node:buffer';
import { BlockList, isIP, SocketAddress } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressDigits, addressText, decodeFrame, flagsText } from './decode';

const bytes = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');
const tcp = '9c40 01bb 00000001 00000002 5018 ffff 0000 0000';
const v4 = (protocol: string, length: string, rest: string) =>
  bytes(`4500 ${length} 0001 4000 40 ${protocol} 0000 c0000201 c0000202 ${rest}`);
const v6 = (next: string, length: string, rest: string) =>
  bytes(`60000000 ${length} ${next} 40 ${`20010db8${'0'.repeat(23)}`}1 ${`20010db8${'0'.repeat(23)}`}2 ${rest}`);
const ethernet = (type: string, packet: Buffer) => Buffer.concat([bytes(`${'00'.repeat(12)} ${type}`), packet]);

const segment = { kind: 'tcp', sourcePort: 40_000, destinationPort: 443, payloadLength: 3 };

describe('headers of a frame', () => {
  test.each([
    ['Ethernet', 1, ethernet('0800', v4('06', '002b', `${tcp} 616263`))],
    ['Ethernet with padding', 1, ethernet('0800', v4('06', '002b', `${tcp} 616263 0000`))],
    ['Ethernet with a VLAN tag', 1, ethernet('8100 0001 0800', v4('06', '002b', `${tcp} 616263`))],
    ['Linux cooked', 113, Buffer.concat([bytes(`${'00'.repeat(14)} 86dd`), v6('06', '0017', `${tcp} 616263`)])],
    ['Linux cooked 2', 276, Buffer.concat([bytes(`0800 ${'00'.repeat(18)}`), v4('06', '002b', `${tcp} 616263`)])],
    ['loopback', 0, Buffer.concat([bytes('02000000'), v4('06', '002b', `${tcp} 616263`)])],
    ['raw IP', 101, v6('06', '0017', `${tcp} 616263`)],
    ['length left to the card', 101, v4('06', '0000', `${tcp} 616263`)],
    ['IPv6 with extensions', 101, v6('00', '0027', `3c00 00000000 0000 0600 00000000 0000 ${tcp} 616263`)],
  ])('%s', (_, linkType, frame) => {
    expect(decodeFrame(frame, linkType)).toMatchObject(segment);
  });

  test('reads UDP, ICMP with what it is about, ARP, fragments', () => {
    expect(decodeFrame(v4('11', '0020', '0035 d431 000c 0000 01020304'), 101)).toMatchObject({
      kind: 'udp',
      source: 'c0000201',
      sourcePort: 53,
      payloadLength: 4,
      payload: 28,
    });
    const quoted = v4('06', '0028', '9c40 01bb 00000001').toString('hex');
    expect(decodeFrame(v4('01', '0038', `0304 0000 0000 05b4 ${quoted}`), 101)).toMatchObject({
      kind: 'icmp',
      about: { kind: 'tcp', sourcePort: 40_000, destinationPort: 443 },
    });
    expect(decodeFrame(ethernet('0806', Buffer.alloc(28)), 1)).toMatchObject({ kind: 'arp' });
    const behind = v4('06', '002b', `${tcp} 616263`);
    behind[7] = 1;
    expect(decodeFrame(behind, 101)).toMatchObject({ kind: 'other', fragment: true });
  });

  test('takes any bytes without a fault, and says nothing beyond them', () => {
    const whole = ethernet('0800', v4('06', '002b', `${tcp} 616263`));
    let segments = 0;
    // Any bytes, and segments of which some bytes are others.
    const changed = fc
      .tuple(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 3 }), fc.nat(whole.length))
      .map(([changes, length]) => {
        const b = Buffer.from(whole);
        for (const [at, value] of changes) b[at] = value;
        return b.subarray(0, whole.length - (length % 8));
      });
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1, 1, 1, 12, 101, 108, 113, 228, 276, 999),
        fc.oneof(fc.uint8Array({ maxLength: 80 }), changed),
        (link, b) => {
          const d = decodeFrame(b, link);
          if (d?.tcp) segments++;
          if (d?.tcp) expect(d.payload).toBeLessThanOrEqual(b.length);
          for (const n of Object.values(d ?? {})) if (typeof n === 'number') expect(n).toBeGreaterThanOrEqual(0);
        },
      ),
    );
    expect(segments).toBeGreaterThan(0);
    for (let n = 0; n < whole.length; n++)
      expect(decodeFrame(whole.subarray(0, n), 1)?.tcp === undefined || n >= 54).toBe(true);
  });
});

describe('addresses', () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  test('of every form are the same digits', () => {
    const seen = { ipv4: 0, ipv6: 0 };
    fc.assert(
      fc.property(address, (text) => {
        const digits = addressDigits(text) as string;
        expect(digits).toMatch(/^([0-9a-f]{8}|[0-9a-f]{32})$/);
        const back = addressText(digits);
        expect(isIP(back)).toBeGreaterThan(0);
        expect(addressDigits(back)).toBe(digits);
        const list = new BlockList();
        const family = isIP(text) === 4 ? 'ipv4' : 'ipv6';
        if (digits.length === (family === 'ipv4' ? 8 : 32)) {
          list.addAddress(new SocketAddress({ address: text, family }));
          expect(list.check(back, family)).toBe(true);
          seen[family]++;
        }
      }),
    );
    expect(Math.min(seen.ipv4, seen.ipv6)).toBeGreaterThan(0);
  });

  test('known ones', () => {
    expect(addressDigits('::ffff:192.0.2.1')).toBe('c0000201');
    expect(addressDigits('fe80::1%eth0')).toBe(addressDigits('FE80:0:0::0:1'));
    expect(addressText(addressDigits('2001:db8:0:0:1:0:0:1') as string)).toBe('2001:db8::1:0:0:1');
    expect(['', 'a.b', '1.2.3', '1:2', '1::2::3', '1.2.3.256', ':::', 'x::'].map(addressDigits)).toEqual(
      Array.from({ length: 8 }),
    );
    expect(flagsText(18)).toBe('S.');
  });
});

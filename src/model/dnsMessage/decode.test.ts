import { type Answer, decode, encode, type Question } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage } from './decode';
import { encodeQuery } from './encode';

const label = fc.string({ unit: fc.constantFrom(...'abcxyz019-_'), minLength: 1, maxLength: 12 });
const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((l) => l.join('.'));
const ttl = fc.nat(2 ** 31 - 1);
const v4 = fc.ipV4();
const small = fc.nat(65_535);

/** Records, with the value that they must be read as. */
const records: fc.Arbitrary<[Answer, string]> = fc.oneof(
  fc.tuple(name, ttl, v4).map(([name, ttl, data]): [Answer, string] => [{ type: 'A', name, ttl, data }, data]),
  fc.tuple(name, ttl, name).map(([n, ttl, data]): [Answer, string] => [{ type: 'CNAME', name: n, ttl, data }, data]),
  fc.tuple(name, ttl, name).map(([n, ttl, data]): [Answer, string] => [{ type: 'NS', name: n, ttl, data }, data]),
  fc.tuple(name, ttl, name).map(([n, ttl, data]): [Answer, string] => [{ type: 'PTR', name: n, ttl, data }, data]),
  fc
    .tuple(name, ttl, small, name)
    .map(([n, ttl, preference, exchange]): [Answer, string] => [
      { type: 'MX', name: n, ttl, data: { preference, exchange } },
      `${preference} ${exchange}`,
    ]),
  fc
    .tuple(name, ttl, small, small, small, name)
    .map(([n, ttl, priority, weight, port, target]): [Answer, string] => [
      { type: 'SRV', name: n, ttl, data: { priority, weight, port, target } },
      `${priority} ${weight} ${port} ${target}`,
    ]),
  fc
    .tuple(name, ttl, label)
    .map(([n, ttl, text]): [Answer, string] => [{ type: 'TXT', name: n, ttl, data: [text] }, `"${text}"`]),
);

describe('messages', () => {
  test('are read as another encoder wrote them', () => {
    fc.assert(
      fc.property(name, small, fc.array(records, { maxLength: 8 }), fc.nat(5), (asked, id, list, rcode) => {
        const question: Question = { type: 'A', class: 'IN', name: asked };
        const answers = list.map(([a]) => ({ class: 'IN' as const, ...a })) as Answer[];
        const bytes = encode({ type: 'response', id, flags: 0x580 | rcode, questions: [question], answers });
        const m = decodeMessage(bytes);
        expect(m).toMatchObject({
          id,
          isReply: true,
          authoritative: true,
          truncated: false,
          recursionDesired: true,
          recursionAvailable: true,
          size: bytes.length,
          whole: true,
          questions: [{ name: asked, type: 'A', class: 'IN' }],
        });
        expect(m?.answers.map((a) => [a.name, a.type, a.class, a.ttl, a.value])).toEqual(
          list.map(([a, value]) => [a.name, a.type, 'IN', (a as { ttl: number }).ttl, value]),
        );
      }),
    );
  });

  test('IPv6 addresses, SOA, CAA and what is not decoded', () => {
    const answers: Answer[] = [
      { type: 'AAAA', name: 'a.test', ttl: 5, data: '2001:db8:0:0:1::1' },
      { type: 'AAAA', name: 'a.test', ttl: 5, data: '::' },
      { type: 'AAAA', name: 'a.test', ttl: 5, data: '1:2:3:4:5:6:7:8' },
      {
        type: 'SOA',
        name: 'a.test',
        ttl: 6,
        data: { mname: 'ns.test', rname: 'me.test', serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 },
      },
      { type: 'CAA', name: 'a.test', ttl: 7, data: { issuerCritical: true, tag: 'issue', value: 'ca.test' } },
      { type: 'HINFO', name: 'a.test', ttl: 8, data: { cpu: 'x', os: 'y' } },
    ];
    const m = decodeMessage(encode({ type: 'response', id: 1, answers }));
    expect(m?.answers.map((a) => a.value)).toEqual([
      '2001:db8::1:0:0:1',
      '::',
      '1:2:3:4:5:6:7:8',
      'ns.test me.test 1 2 3 4 5',
      '128 issue "ca.test"',
      undefined,
    ]);
  });

  test('OPT: its payload size, and the high part of the code', () => {
    const bytes = encode({
      type: 'response',
      id: 1,
      questions: [{ type: 'A', name: 'a.test' }],
      additionals: [
        {
          type: 'OPT',
          name: '.',
          udpPayloadSize: 1232,
          flags: 0,
          extendedRcode: 1,
          ednsVersion: 0,
          options: [],
        } as never,
      ],
    });
    expect(decodeMessage(bytes)).toMatchObject({ optUdpPayloadSize: 1232, rcode: 'rcode-16', whole: true });
  });

  test('a compressed name that points at itself, forward or too far is no name', () => {
    const head = [0, 1, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0];
    for (const pointer of [12, 14, 200])
      expect(decodeMessage(Uint8Array.from([...head, 0xc0, pointer, 0, 1, 0, 1]))).toBeUndefined();
  });

  test('whatever bytes come: no throw, bounded, and never more than is there', () => {
    const message = fc
      .tuple(fc.array(records, { maxLength: 30 }), name)
      .map(([list, n]) =>
        encode({ type: 'response', questions: [{ type: 'A', name: n }], answers: list.map(([a]) => a) }),
      );
    const broken = fc
      .tuple(message, fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 6 }), fc.nat(400))
      .map(([bytes, changes, end]) => {
        const copy = Uint8Array.from(bytes);
        for (const [at, value] of changes) if (at < copy.length) copy[at] = value;
        return copy.subarray(0, Math.max(1, end));
      });
    const read = { messages: 0, answers: 0 };
    fc.assert(
      fc.property(fc.oneof(broken, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        const m = decodeMessage(bytes);
        if (m === undefined) return;
        read.messages++;
        read.answers += m.answers.length;
        expect(m.answers.length).toBeLessThanOrEqual(16);
        expect(m.size).toBe(bytes.length);
        for (const a of m.answers) {
          expect(a.name.length).toBeLessThanOrEqual(1020);
          expect((a.value ?? '').length).toBeLessThanOrEqual(256);
        }
      }),
      { numRuns: 400 },
    );
    expect(Math.min(read.messages, read.answers)).toBeGreaterThan(0);
  });
});

test('queries are read by another decoder', () => {
  fc.assert(
    fc.property(
      name,
      small,
      fc.constantFrom('A' as const, 'AAAA' as const),
      fc.constantFrom(0, 1200),
      (n, id, type, opt) => {
        const bytes = encodeQuery(id, n, type, opt);
        expect(bytes).toBeDefined();
        const m = decode(Buffer.from(bytes ?? []));
        expect(m).toMatchObject({ type: 'query', id, flag_rd: true, questions: [{ name: n, type, class: 'IN' }] });
        expect(m.additionals?.map((a) => (a as { udpPayloadSize?: number }).udpPayloadSize)).toEqual(opt ? [opt] : []);
      },
    ),
  );
});

test.each(['', '.', 'a..b', 'a b', `${'x'.repeat(64)}.test`, `${'abcdefg.'.repeat(40)}test`, 'ü.test'])(
  '%j cannot be asked for',
  (hostname) => {
    expect(encodeQuery(1, hostname, 'A', 0)).toBeUndefined();
  },
);

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMessage } from '../../../model/dnsMessage/decode';
import { parseLine } from '../../../model/lines/lines';
import { Exchange } from './exchange';
import { Lookup, lookupLine } from './lookup';

const text = fc.string({ unit: 'binary', maxLength: 256 });

test('lines of lookups and exchanges are valid and shorter than 4,096 bytes for any content', () => {
  const record = fc.record({
    name: text,
    type: fc.constant('TXT'),
    class: fc.constant('IN'),
    ttl: fc.nat(),
    value: text,
  });
  fc.assert(
    fc.property(
      text,
      fc.array(record, { maxLength: 40 }),
      fc.array(text, { maxLength: 20 }),
      (name, records, servers) => {
        const l = new Lookup('resolveTxt', name, { type: 'TXT' }, 1, 0);
        l.endAt = 2;
        l.records = records;
        l.servers = servers;
        const x = new Exchange('udp', '127.0.0.1', 53, 1, true);
        const query = decodeMessage(Uint8Array.from([0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
        if (!query) throw new Error('the query is not read');
        x.replies.push({ at: 2, message: { ...query, rcode: 'no-error', answers: records } });
        l.exchanges = [x];
        const lines = lookupLine(l, 7).trimEnd().split('\n');
        expect(lines).toHaveLength(2);
        for (const one of lines) {
          expect(Buffer.byteLength(one)).toBeLessThan(4095);
          const parsed = parseLine(one);
          expect(parsed).toHaveProperty('line');
          expect(one).toContain(one.startsWith('{"k":"dns"') ? '"server":' : '"hostname":');
        }
      },
    ),
  );
});

/** What a program did, saved as HAR or EVE, read and saved again: the same facts. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { documentOf } from '../model/document';
import { Folder } from '../model/fold/folder';
import type { Trace } from '../model/records';
import { simulatedSpool } from '../model/testing/spool';
import { emptyStore } from '../model/testing/store';
import { eveText, toEve } from './eve/write';
import type { HarEntry } from './har/types';
import { harText, toHar } from './har/write';
import { parseTrace } from './read';

/** The trace of a spool read up to some line. */
const anyMoment: fc.Arbitrary<Trace> = fc
  .tuple(fc.array(fc.nat(1_000_000), { maxLength: 400, size: 'max' }), fc.nat(150))
  .map(([numbers, n]) => {
    const store = emptyStore();
    const folder = new Folder(store);
    let left = n;
    for (const f of simulatedSpool(numbers)) {
      for (const [offset, text] of f.lines.entries()) if (left-- > 0) folder.fold(text, { file: f.name, offset });
    }
    return documentOf(store);
  });

const sorted = <T>(list: readonly T[], key: (v: T) => string): T[] =>
  [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1));

test('EVE', () => {
  fc.assert(
    fc.property(anyMoment, (doc) => {
      const before = toEve(doc);
      const after = toEve(parseTrace(eveText(doc)));
      for (const key of ['dials', 'tcpConns', 'udpConns', 'dnsQueries', 'tlsTunnels', 'httpRequests'] as const) {
        const byId = (list: readonly { traceID: string }[]) => sorted(list, (v) => v.traceID);
        expect(byId(after[key])).toEqual(byId(before[key]));
      }
    }),
    { numRuns: 40 },
  );
});

test('HAR', () => {
  fc.assert(
    fc.property(anyMoment, (doc) => {
      const facts = ({ timings, request, response, startedDateTime, _id, _error, connection }: HarEntry) => ({
        id: _id,
        startedDateTime,
        request,
        response,
        connection,
        error: _error,
        // A step of no length cannot be distinguished from one that was not.
        timings: Object.values(timings).map((ms) => Math.max(0, ms)),
      });
      const entries = (d: Trace) => sorted(toHar(d).log.entries, (e) => e._id).map(facts);
      expect(entries(parseTrace(harText(doc)))).toEqual(entries(doc));
    }),
    { numRuns: 40, endOnFailure: true },
  );
});

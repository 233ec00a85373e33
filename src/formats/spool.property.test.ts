/** What a program did, as its spool reports: saved in every format at any moment, and opened again. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentOf } from '../model/document';
import { Folder } from '../model/fold/folder';
import { phasesOf } from '../model/phases/phases';
import type { Pause, Trace } from '../model/records';
import { Store } from '../model/store/store';
import { simulatedSpool } from '../model/testing/spool';
import { emptyStore } from '../model/testing/store';
import { eveText, toEve } from './eve/write';
import { toHar } from './har/write';
import { nativeText, parseNative } from './native/format';
import { goErrors } from './testing/eveGo';
import { harErrors } from './testing/harSchema';

const pause = fc.record({ beginAt: fc.nat(50_000), length: fc.nat(20_000), open: fc.boolean() });

/** The trace of a spool read up to some line, with times in the debugger. */
const anyMoment: fc.Arbitrary<Trace> = fc
  .tuple(fc.array(fc.nat(1_000_000), { maxLength: 400, size: 'max' }), fc.nat(150), fc.array(pause, { maxLength: 3 }))
  .map(([numbers, n, pauses]) => {
    const store = emptyStore();
    const folder = new Folder(store);
    let left = n;
    for (const f of simulatedSpool(numbers)) {
      for (const [offset, text] of f.lines.entries()) if (left-- > 0) folder.fold(text, { file: f.name, offset });
    }
    for (const [i, p] of pauses.entries()) {
      const whole: Pause = { id: `w-${i}`, process: '100', beginAt: p.beginAt, reason: 'breakpoint' };
      store.setPause(p.open ? whole : { ...whole, endAt: p.beginAt + p.length });
    }
    return documentOf(store);
  });

describe('at any moment of a program', () => {
  test('the native file opens as the same trace and saves to the same bytes', () => {
    fc.assert(
      fc.property(anyMoment, (doc) => {
        const text = nativeText(doc);
        expect(parseNative(text)).toEqual(doc);
        expect(nativeText(documentOf(Store.fromDocument(parseNative(text))))).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  test('HAR is valid and its times are those of the phases', () => {
    const seen = { ended: 0, tls: 0 };
    fc.assert(
      fc.property(anyMoment, (doc) => {
        const har = toHar(doc);
        expect(harErrors(JSON.parse(JSON.stringify(har)))).toEqual([]);
        expect(har.log.entries).toHaveLength(doc.requests.length);
        const store = Store.fromDocument(doc);
        for (const e of har.log.entries) {
          const r = store.requests.get(e._id);
          if (!r || r.outcome === undefined) continue;
          const b = phasesOf(r, store, 0);
          expect(e.time).toBeCloseTo(((b.total ?? 0) + b.paused) / 1000, 9);
          const t = e.timings;
          const parts = [t.blocked, t.dns, t.connect, t.send, t.wait, t.receive].filter((part) => part !== -1);
          expect(parts.every((part) => part >= 0)).toBe(true);
          expect(parts.reduce((a, c) => a + c, 0)).toBeCloseTo(e.time, 6);
          expect(t.ssl).toBeLessThanOrEqual(t.connect);
          expect(t.ssl === -1).toBe(!b.phases.some((p) => p.name === 'tls'));
          seen.ended++;
          if (t.ssl !== -1) seen.tls++;
        }
      }),
      { numRuns: 200 },
    );
    expect(Math.min(seen.ended, seen.tls)).toBeGreaterThan(0);
  });

  test('EVE is what the Go structure takes, and holds each request, dial and TCP attempt', () => {
    fc.assert(
      fc.property(anyMoment, (doc) => {
        expect(goErrors(eveText(doc))).toEqual([]);
        const eve = toEve(doc);
        expect(eve.httpRequests).toHaveLength(doc.requests.length);
        expect(eve.dials).toHaveLength(doc.dials.filter((d) => d.path === undefined).length);
        expect(eve.tcpConns).toHaveLength(
          doc.connections.filter((c) => c.kind === 'tcp' && c.direction !== 'in').length,
        );
      }),
      { numRuns: 200 },
    );
  });
});

/** Whatever a trace holds: stepping leads through all of its events, back again to the same states, and never ahead. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyTrace } from '../../formats/testing/arbitrary';
import { documentOf } from '../../model/document';
import { Folder } from '../../model/fold/folder';
import { breakpointKinds } from '../../model/lines/breakpoints';
import { connection, dial, dnsExchange, lookup, request, type Trace, tlsTunnel } from '../../model/records';
import { simulatedSpool } from '../../model/testing/spool';
import { emptyStore } from '../../model/testing/store';
import { shownAt } from '../testing/shown';
import { Moment } from './moment';
import { Replay } from './replay';

/** Of a program as the hook reports it. */
const recorded = fc.array(fc.nat(1_000_000), { maxLength: 100, size: 'max' }).map((numbers): Trace => {
  const store = emptyStore();
  const folder = new Folder(store);
  for (const file of simulatedSpool(numbers))
    file.lines.forEach((text, offset) => {
      folder.fold(text, { file: file.name, offset });
    });
  return documentOf(store);
});
const traces = fc.oneof(recorded, anyTrace());

const conditions = fc.record(
  {
    condition: fc.constantFrom('status:>=200', 'is:failed or method:GET', '-is:reused'),
    hitCondition: fc.constantFrom('%2', '>=2', '1'),
    thresholdMs: fc.nat(10),
  },
  { requiredKeys: [] },
);

const open = (trace: Trace) => new Replay(trace, { roots: [], exists: () => false });

/** All instants of a value, by the schema of its record. */
function instantsIn(schema: unknown, value: unknown): number[] {
  const s = schema as { 'x-kind'?: string; properties?: Record<string, unknown>; items?: unknown };
  if (s['x-kind'] === 'instant') return [value as number];
  if (s['x-kind'] === 'marks') return (value as number[][]).map((m) => m[0] as number);
  if (Array.isArray(value)) return value.flatMap((v) => instantsIn(s.items ?? {}, v));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([k, v]) =>
    Object.hasOwn(s.properties ?? {}, k) ? instantsIn(s.properties?.[k], v) : [],
  );
}

describe('any trace', () => {
  test('stepping in leads through all events, stepping back through the same states', () => {
    fc.assert(
      fc.property(traces, (trace) => {
        const replay = open(trace);
        const visited = new Set<number>();
        for (const thread of replay.timeline.threads) {
          replay.seek(0);
          const there: string[] = [shownAt(replay)];
          visited.add(0);
          for (let m = replay.stepIn(thread); m.stuck === undefined; m = replay.stepIn(thread)) {
            visited.add(m.position);
            there.push(shownAt(replay));
          }
          const back: string[] = [shownAt(replay)];
          while (replay.stepBack(thread).stuck === undefined) back.push(shownAt(replay));
          // The first event of all may be another thread's: there the way back ends one step earlier.
          expect(back.reverse()).toEqual(there.slice(-back.length));
          expect(there.length - back.length).toBe(replay.timeline.event(0).thread === thread ? 0 : 1);
        }
        expect(visited.size).toBe(replay.timeline.events.length);
      }),
      { numRuns: 15 },
    );
  });

  test('at no position anything is known that came later', () => {
    fc.assert(
      fc.property(traces, (trace) => {
        const replay = open(trace);
        const { store } = replay.trace;
        for (let position = 0; position < replay.timeline.last; position++) {
          const until = replay.timeline.knownAt(position);
          const moment = new Moment(replay.trace, until);
          const known = [
            ...trace.requests.map((r) => [request, moment.request(r.id)]),
            ...[...store.dials.keys()].map((id) => [dial, moment.dial(id)]),
            ...[...store.lookups.keys()].map((id) => [lookup, moment.lookup(id)]),
            ...[...store.connections.keys()].map((id) => [connection, moment.connection(id)]),
            ...[...store.tlsTunnels.keys()].map((id) => [tlsTunnel, moment.tunnel(id)]),
            ...[...store.dnsExchanges.keys()].map((id) => [dnsExchange, moment.exchange(id)]),
          ];
          const later = known.flatMap(([schema, r]) => instantsIn(schema, r)).filter((at) => at > until);
          expect(later).toEqual([]);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('a recorded request reports its outcome from its end on, its status from the head on', () => {
    const seen = { ended: 0, head: 0, before: 0 };
    fc.assert(
      fc.property(recorded, (trace) => {
        const replay = open(trace);
        for (let position = 0; position < replay.timeline.last; position++) {
          const { at } = replay.timeline.event(position);
          const moment = new Moment(replay.trace, at);
          for (const r of trace.requests) {
            const known = moment.request(r.id);
            expect(known !== undefined).toBe((r.createdAt ?? Number.POSITIVE_INFINITY) <= at);
            if (r.endAt !== undefined) expect(known?.outcome).toBe(r.endAt <= at ? r.outcome : undefined);
            const head = r.responseBeginAt;
            if (head !== undefined) expect(known?.response?.status).toBe(head <= at ? r.response?.status : undefined);
            if (known?.outcome !== undefined) seen.ended++;
            if (known?.response?.status !== undefined) seen.head++;
            if (known && head !== undefined && head > at) seen.before++;
          }
        }
      }),
      { numRuns: 20 },
    );
    expect(Math.min(seen.ended, seen.head, seen.before)).toBeGreaterThan(0);
  });

  test('continuing back meets the breakpoints that continuing met, from either end', () => {
    fc.assert(
      fc.property(traces, fc.constantFrom(...breakpointKinds), conditions, (trace, kind, condition) => {
        const replay = open(trace);
        const rule = replay.stops.networkRule({ kind, ...condition });
        if ('error' in rule) throw new Error(rule.error);
        replay.stops.setNetwork([rule]);
        replay.seek(0);
        const met: number[] = [];
        for (let m = replay.continue(); m.stop; m = replay.continue()) met.push(m.position);
        expect(replay.position).toBe(replay.timeline.last);
        const back: number[] = [];
        for (let m = replay.reverseContinue(); m.stop; m = replay.reverseContinue()) back.push(m.position);
        expect(replay.position).toBe(0);
        // The first event of all is where one begins: it is met on the way back only.
        expect(back.reverse().filter((p) => p > 0)).toEqual(met);
        expect(met).toEqual(rule.positions.filter((p) => p > 0));
      }),
      { numRuns: 20 },
    );
  });
});

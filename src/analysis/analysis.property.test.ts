/** Whatever a trace holds: findings and verdicts are made without a throw, short, with evidence, the same each time. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyTrace } from '../formats/testing/arbitrary';
import { timeText } from '../model/base/text';
import { Folder } from '../model/fold/folder';
import { phasesOf } from '../model/phases/phases';
import type { Evidence } from '../model/records';
import { Store } from '../model/store/store';
import { simulatedSpool } from '../model/testing/spool';
import { countingReads, emptyStore } from '../model/testing/store';
import { analyse } from './analyse';
import { exchange, ms, storeOf } from './testing/store';
import { type Case, caseOf } from './verdict/case/context';
import { partsOf } from './verdict/parts';
import { verdictOf } from './verdict/verdict';

/** `448 of 572 ms`, `1.21 s`, `2 min 03 s`: every duration a text quotes, in the words of timeText. */
function quoted(text: string): string[] {
  const whole = text.replace(/(?<![\d.])(\d+(?:\.\d+)?) of (\d+(?:\.\d+)? ms)/g, '$1 ms of $2');
  return whole.match(/\d+ h \d+ min|\d+ min \d+ s|\d+(?:\.\d+)? (?:ms|s)\b/g) ?? [];
}

/** Figures of rules, which are limits and no measurements. */
const constants = new Set(['5 s', '40 ms']);

/**
 * Each figure of a text is in its evidence or in the record's phases, or is the difference of two figures it quotes.
 */
function isFounded(text: string, evidence: readonly Evidence[], phases: readonly number[]): void {
  const figures = [...evidence.flatMap((e) => (e.unit === 'us' ? [Number(e.value)] : [])), ...phases];
  const said = evidence.flatMap((e) => (typeof e.value === 'string' ? quoted(e.value) : []));
  const known = new Set([...figures.map(timeText), ...said]);
  const differences = () => figures.flatMap((a) => figures.map((b) => timeText(Math.max(0, a - b))));
  const unfounded = quoted(text).filter((q) => !known.has(q) && !constants.has(q));
  const derived = unfounded.length > 0 ? new Set(differences()) : undefined;
  expect({ text, unfounded: unfounded.filter((q) => !derived?.has(q)) }).toEqual({ text, unfounded: [] });
}

function phasesIn(k: Case): number[] {
  const { phases } = k.breakdown;
  const parts = phases.flatMap((p) => [p.duration, ...(p.parts ?? []).flatMap((part) => part.duration ?? [])]);
  return [k.total, k.paused, ...parts];
}

/** What was checked, so that a property that never met a finding fails. */
const checked = { findings: 0, faults: 0, parts: 0 };

function holds(store: Store): void {
  const now = store.header.endAt ?? 5_000_000;
  const found = analyse(store, now);
  expect(analyse(store, now)).toEqual(found);
  for (const f of found) {
    expect(f.evidence.length).toBeGreaterThan(0);
    expect(f.text.length).toBeLessThanOrEqual(160);
    if (f.text.endsWith('…')) continue;
    isFounded(`${f.title}. ${f.text}`, f.evidence, []);
    checked.findings++;
  }
  for (const r of store.requests.values()) {
    const v = verdictOf(r, store, now);
    expect(v.text.length).toBeGreaterThan(0);
    expect(v.text.length).toBeLessThanOrEqual(160);
    expect(v.advice?.length ?? 0).toBeLessThanOrEqual(120);
    expect(v.evidence.length).toBeGreaterThan(0);
    expect(v.evidence.length).toBeLessThanOrEqual(5);
    if (!v.text.endsWith('…')) isFounded(v.text, v.evidence, phasesIn(caseOf(r, store, now)));
    if (v.fault !== undefined) checked.faults++;
    if (v.fault !== undefined && v.level === 'ok') throw new Error('a healthy request accuses nobody');
  }
}

describe('analysis of any trace', () => {
  test('by the schema', () => {
    fc.assert(fc.property(anyTrace(), (doc) => holds(Store.fromDocument(doc))));
  });

  test('of programs, cut off anywhere', () => {
    const spool = fc.array(fc.nat(1_000_000), { maxLength: 300, size: 'max' }).map(simulatedSpool);
    fc.assert(
      fc.property(spool, fc.nat(), (files, cut) => {
        const store = emptyStore();
        const folder = new Folder(store);
        for (const file of files)
          file.lines.slice(0, 1 + (cut % file.lines.length)).forEach((text, offset) => {
            folder.fold(text, { file: file.name, offset });
          });
        holds(store);
        // Parts are disjoint: what is there at least cannot exceed the total.
        for (const r of store.requests.values()) {
          const k = caseOf(r, store, 5_000_000);
          const total = phasesOf(r, store, 5_000_000).total;
          if (total === undefined) continue;
          expect(partsOf(k).reduce((sum, p) => sum + p.lo, 0)).toBeLessThanOrEqual(total);
          for (const p of partsOf(k)) expect(p.lo).toBeLessThanOrEqual(p.hi);
          checked.parts += partsOf(k).length;
        }
      }),
    );
    expect(Math.min(checked.findings, checked.faults, checked.parts)).toBeGreaterThan(0);
  });

  test('ten times as many requests take ten times as much work', () => {
    const [few, many] = [readsOf(manyRequests(500)), readsOf(manyRequests(5_000))];
    expect(many / few).toBeGreaterThan(5);
    expect(many / few).toBeLessThan(13);
  });
});

/** How often an analysis reads a field of a request. */
function readsOf(store: Store): number {
  const { counted, reads } = countingReads(store.requests.values());
  for (const request of counted) store.requests.set(request.id, request);
  analyse(store);
  return reads();
}

/** Each with its own connection and lookup. */
function manyRequests(count: number): Store {
  const requests = Array.from({ length: count }, (_, i) => ({
    ...exchange(i, i * 3, {
      url: `https://api${i % 50}.shop.example/items/${i}?a=1`,
      connection: `c-${i}`,
      ordinal: 1,
    }),
    loopBusyDuration: 2 * ms,
    callSite: { file: '/app/shop.ts', line: i % 40, column: 1, kind: 'user' as const },
  }));
  const connections = requests.map((r, i) => ({
    id: `c-${i}`,
    dial: `d-${i}`,
    requestCount: 1,
    connect: { beginAt: r.createdAt as number, endAt: (r.createdAt as number) + 100, result: 'connected' as const },
    closedAt: (r.createdAt as number) + 12_000,
    closedBy: 'local' as const,
  }));
  const dials = requests.map((r, i) => ({
    id: `d-${i}`,
    request: r.id,
    lookup: `l-${i}`,
    beginAt: r.createdAt as number,
  }));
  const lookups = requests.map((r, i) => ({
    id: `l-${i}`,
    hostname: `api${i % 50}.shop.example`,
    beginAt: r.createdAt as number,
    endAt: (r.createdAt as number) + 50,
  }));
  return storeOf({ requests, connections, dials, lookups });
}

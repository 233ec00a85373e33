/** What the analysis says of a copy without names is what it says of the trace. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { analyse } from '../../analysis/analyse';
import { ruleCases } from '../../analysis/testing/ruleCases';
import { storeOf } from '../../analysis/testing/store';
import { verdictOf } from '../../analysis/verdict/verdict';
import { lowered, parseTrace, redacted } from '../../formats';
import { documentOf } from '../../model/document';
import type { Trace } from '../../model/records';
import { Store } from '../../model/store/store';

const now = 60_000_000;

/** Without the sentences, in which the names are. */
function saidOf(trace: Trace) {
  const store = Store.fromDocument(trace);
  return {
    findings: analyse(store, now).map((f) => [f.id, f.rule, f.severity, f.certainty, f.fault, f.subjects.length]),
    verdicts: [...store.requests.values()].map((r) => {
      const { level, rule, fault, certainty, evidence } = verdictOf(r, store, now);
      return [level, rule, fault, certainty, evidence.length];
    }),
  };
}

const golden = (path: string): Trace => parseTrace(readFileSync(join(import.meta.dirname, '../..', path), 'utf8'));

const traces: [name: string, trace: () => Trace][] = [
  ...['model/golden/example.nettrace.json', 'formats/golden/example.har', 'formats/golden/example.eve.json'].map(
    (path): [string, () => Trace] => [path, () => golden(path)],
  ),
  ...ruleCases.flatMap(([rule, ...variants]) =>
    variants.map((records, i): [string, () => Trace] => [
      `${rule}, ${['fires', 'near miss', 'unknown'][i]}`,
      () => documentOf(storeOf(records)),
    ]),
  ),
];

test.each(traces)('%s', (_, make) => {
  const trace = lowered(make());
  expect(saidOf(redacted(trace))).toEqual(saidOf(trace));
});

test('the example: the subjects are the same records, and figures of every kind are kept', () => {
  const trace = golden('model/golden/example.nettrace.json');
  const copy = redacted(trace);
  const subjects = (t: Trace) => analyse(Store.fromDocument(t), now).map((f) => f.subjects);
  expect(subjects(copy)).toEqual(subjects(trace));
  const figures = (t: Trace) =>
    t.requests.map((r) => [
      r.id,
      r.createdAt,
      r.endAt,
      r.response?.status,
      r.bytesSent,
      r.connection,
      r.dial,
      r.outcome,
    ]);
  expect(figures(copy)).toEqual(figures(trace));
  expect(copy.counts).toEqual(trace.counts);
  expect(copy.requests.map((r) => r.callSite?.line)).toEqual(trace.requests.map((r) => r.callSite?.line));
  expect(copy.kernelSamples?.length).toBe(trace.kernelSamples?.length);
  // The package that made a request is known still.
  expect(copy.requests.some((r) => r.callSite?.file.includes('node_modules/got/'))).toBe(true);
});

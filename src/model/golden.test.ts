/** The specification's example: one spool of two files, and the trace it folds to. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Compile } from 'typebox/compile';
import { describe, expect, test } from 'vitest';
import { documentOf } from './document';
import { Folder } from './fold/folder';
import { phasesOf } from './phases/phases';
import { type Trace, trace as traceSchema } from './records';
import { Store } from './store/store';

const golden = join(__dirname, 'golden');
const example = JSON.parse(readFileSync(join(golden, 'example.nettrace.json'), 'utf8')) as Trace;
const lines = readFileSync(join(golden, 'example.spool.jsonl'), 'utf8').trim().split('\n');

/** The two files of the example: each begins at its `proc` line. */
function files(): string[][] {
  const second = lines.findIndex((l, i) => i > 0 && l.startsWith('{"k":"proc"'));
  return [lines.slice(0, second), lines.slice(second)];
}

function foldFile(folder: Folder, lines: string[]): void {
  for (const [i, line] of lines.entries()) folder.fold(line, { file: lines[0] as string, offset: i });
}

function folded(order: string[][] = files()): Store {
  const { id, beginTime, beginMonotonicNs, producer } = example;
  const store = new Store({
    format: 'nettrace',
    version: '1.0',
    id,
    producer,
    beginTime,
    beginMonotonicNs: beginMonotonicNs ?? '0',
    state: 'running',
    sources: [],
  });
  const folder = new Folder(store);
  for (const file of order) foldFile(folder, file);
  return store;
}

/** Fields of the example that the host, the helper, the debugger and the analysis have added. */
const hostFields = new Set([
  'kernel',
  'missing',
  'by',
  'cookie',
  'inode',
  'uid',
  'netns',
  'route',
  'poolWaitDuration',
  'parts',
  'hook',
  'source',
]);
function hookPart(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hookPart);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([k]) => !hostFields.has(k))
      .map(([k, v]) => [k, hookPart(v)]),
  );
}

describe('the example trace', () => {
  test('is valid by the schema', () => {
    expect([...Compile(traceSchema).Errors(example)]).toEqual([]);
  });

  test('is what its spool folds to', () => {
    const doc = documentOf(folded());
    for (const key of ['processes', 'requests', 'dials', 'lookups', 'tlsTunnels'] as const) {
      expect(hookPart(doc[key]), key).toEqual(hookPart(example[key]));
    }
    expect(hookPart(doc.connections)).toEqual(hookPart(example.connections.filter((c) => !c.id.startsWith('k-'))));
    expect(doc.certificates).toEqual(example.certificates);
    expect(doc.counts).toEqual(example.counts);
  });

  test('does not depend on the order of the files', () => {
    expect(documentOf(folded(files().reverse()))).toEqual(documentOf(folded()));
  });

  test('is the same when lines are read twice', () => {
    const store = folded([]);
    const folder = new Folder(store);
    for (let round = 0; round < 2; round++) for (const file of files()) foldFile(folder, file);
    expect(store.counts.requests).toBe(example.counts.requests);
    expect(store.losses).toEqual([]);
  });

  test.each([
    ['4711-0-1', 'queue 1.7 dns 8.83 tcp 251.25 send 0.26 wait 3.56 download 0.21', 265.81],
    ['4711-0-6', 'queue 0.12 send 0.05 wait 3.63 download 0.26', 4.06],
    ['4711-0-7', 'queue 0.24 dns 19.66 tcp 22.4 tls 47.5 send 0.16 wait 412.34 download 93.2', 595.5],
    ['4711-0-10', 'queue 585.9 send 0.5 wait 312(+300) download 0.6', 899],
    ['4711-0-11', 'queue 0.2 dns 7.8 tcp 1.4 tls 6.6x', 16],
    ['4711-0-18', 'queue 0.15 send 0.05 wait 7.8', 8],
    ['4711-0-19', 'queue 0.18 dns 31.62x', 31.8],
    ['4720-0-1', 'queue 0.15 tcp 0.27 send 0.12 wait 1.36 download 0.15', 2.05],
  ])('request %s breaks down into %s', (id, text, total) => {
    const store = Store.fromDocument(example);
    const b = phasesOf(store.requests.get(id) as never, store, 0);
    const ms = (us: number) => Number((us / 1000).toFixed(3));
    expect(
      b.phases
        .map((p) => `${p.name} ${ms(p.duration)}${p.paused ? `(+${ms(p.paused)})` : ''}${p.failed ? 'x' : ''}`)
        .join(' '),
    ).toBe(text);
    expect(ms(b.total as number)).toBe(total);
  });
});

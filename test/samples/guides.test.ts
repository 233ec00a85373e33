/** docs/guides: each command runs and prints what the page shows; what its queries name is there. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratch } from '../../src/session/testing/scratch';
import { Nettrace } from '../cli/testing/nettrace';
import { examplesIn, guide, missingOf, printedBy, writePrograms } from '../support/guides';
import { repository } from '../support/programs/nodes';

const nettrace = new Nettrace();
/** Its capture needs permission: it is run by test/native/packets/guide.test.ts. */
const ofNative = 'packets.md';
const names = readdirSync(join(repository, 'docs/guides'));

test.each(names)('%s has commands that are run', (name) => {
  expect(examplesIn(guide(name)).length).toBeGreaterThan(0);
});

describe.each(names.filter((name) => name !== ofNative))('%s', (name) => {
  const page = guide(name);
  const folder = scratch();
  writePrograms(page, folder);

  // In the order of the page: the first ones make the files of the later ones.
  test.each(examplesIn(page))('$command', async ({ command, shown }) => {
    const { code, text } = await printedBy(nettrace, command, folder);
    expect(code, text).toBe(0);
    expect(missingOf(text, shown), text).toBeUndefined();
  });
});

test('what Grafana is to ask for is in docs/metrics.md, with its labels', () => {
  const metrics = readFileSync(join(repository, 'docs/metrics.md'), 'utf8');
  const rows = new Map(
    [...metrics.matchAll(/^\| (`nettrace_.*?) \| (.*?) \|/gm)].flatMap(([, cell = '', labels = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, metric = '']) => [metric, labels] as const),
    ),
  );
  const queries = [...guide('grafana.md').matchAll(/```promql\n([\s\S]*?)```/g)].map(([, text = '']) => text);
  expect(queries).toHaveLength(4);
  for (const query of queries) {
    const [metric = ''] = /nettrace_\w+/.exec(query) ?? [];
    const labels = rows.get(metric.replace(/_(?:bucket|sum)$/, '')) ?? '';
    const asked = (/by \(([^)]*)\)/.exec(query)?.[1] ?? '').split(', ').filter((label) => label !== 'le');
    expect(
      asked.filter((label) => !labels.includes(`\`${label}\``)),
      query,
    ).toEqual([]);
  }
});

describe('what a page shows is compared', () => {
  test.each([
    [['a', 'b'], undefined],
    [['a', '…'], undefined],
    [['…', 'b'], undefined],
    [['a 1…'], 'a 1…'],
    [['b', '…'], 'b'],
    [['a'], 'the end, before: b'],
  ])('%j', (shown, missing) => {
    expect(missingOf('a\nb\n', shown)).toBe(missing);
  });
});

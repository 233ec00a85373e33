/** A trace as a database is the same trace, on each Node that has SQLite. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { nativeText } from '../../../src/formats';
import { anyTrace } from '../../../src/formats/testing/arbitrary';
import { example } from '../../../src/formats/testing/example';
import { documentOf } from '../../../src/model/document';
import { Folder } from '../../../src/model/fold/folder';
import type { Trace } from '../../../src/model/records';
import { simulatedSpool } from '../../../src/model/testing/spool';
import { emptyStore } from '../../../src/model/testing/store';
import { scratch } from '../../../src/session/testing/scratch';
import { nodes } from '../../support/programs/nodes';

const folder = scratch();
const program = join(folder, 'roundTrip.mjs');

beforeAll(() =>
  build({
    entryPoints: [join(import.meta.dirname, 'programs/roundTrip.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  }),
);

/** What programs did, up to some moment. */
const anyMoment: fc.Arbitrary<Trace> = fc
  .tuple(fc.array(fc.nat(1_000_000), { maxLength: 400, size: 'max' }), fc.nat(150))
  .map(([numbers, n]) => {
    const store = emptyStore();
    const folding = new Folder(store);
    let left = n;
    for (const f of simulatedSpool(numbers))
      for (const [offset, text] of f.lines.entries()) if (left-- > 0) folding.fold(text, { file: f.name, offset });
    return documentOf(store);
  });

const oneLine = (trace: Trace): string => JSON.stringify(JSON.parse(nativeText(trace)));

test.each(nodes.filter(({ major }) => major >= 22))('on Node $version', ({ binary }) => {
  const traces = [example(), ...fc.sample(anyTrace(), 50), ...fc.sample(anyMoment, 30)];
  const input = join(folder, 'traces.jsonl');
  writeFileSync(input, traces.map((trace) => `${oneLine(trace)}\n`).join(''));
  const output = execFileSync(binary, [program, input, folder], { encoding: 'utf8' });
  expect(JSON.parse(output)).toEqual({ count: traces.length, found: [] });
});

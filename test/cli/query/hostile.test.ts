/** Databases from anywhere: each is read, or refused with a message; nothing of its own runs. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scratch } from '../../../src/session/testing/scratch';
import { nodes, repository } from '../../support/programs/nodes';

test.each(nodes.filter(({ major }) => major === 22 || major === 26))('on Node $version', async ({ binary }) => {
  const folder = scratch();
  const program = join(folder, 'hostile.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'programs/hostile.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  const damage = fc.tuple(fc.nat(1_000_000), fc.nat(255), fc.integer({ min: 1, max: 64 }));
  const input = join(repository, 'src/model/golden/example.nettrace.json');
  const seeds = JSON.stringify(fc.sample(damage, 300));
  const { results, random } = JSON.parse(
    execFileSync(binary, [program, input, folder, seeds], { encoding: 'utf8', timeout: 50_000 }),
  );
  expect(results).toEqual({
    unchanged: 'read',
    'a trigger': 'foreign',
    'a view of its own': 'foreign',
    'a view in place of a table': 'foreign',
    'another view of a known name': 'foreign',
    'a computed column': 'foreign',
    'a virtual table': 'foreign',
    'a table less': 'foreign',
    'write-ahead mode': 'foreign',
    'another mark': 'foreign',
    'a later version': 'version',
    'a later trace': 'version',
    'a record that is no JSON': 'invalid',
    'a record of bytes': 'invalid',
    'a record that is no object': 'invalid',
    'a wrong field': 'invalid',
    'records of no list': 'invalid',
    'a member without a name': 'invalid',
    'a member twice': 'invalid',
    'a member less': 'invalid',
    // A field of a later version, kept as every other.
    'a name that breaks objects': 'read',
    'no rows': 'invalid',
    'another database': 'foreign',
    'a head alone': expect.stringMatching(/^(invalid|foreign)$/),
    'less than a head': 'foreign',
    'half of it': 'invalid',
    'a journal beside it': expect.stringMatching(/^(read|invalid)$/),
  });
  const expected = new Set(['read', 'query', 'foreign', 'invalid', 'version']);
  expect(Object.keys(random).filter((result) => !expected.has(result))).toEqual([]);
});

/** `nettrace diff`: real runs of a program before and after a change with three planted differences. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../support/programs/nodes';
import { Nettrace, programs } from '../testing/nettrace';

const nettrace = new Nettrace();
const shop = join(programs, 'shop.cjs');
const runs = 5;

interface Diff {
  changes: { kind: string; what: string; callSite?: string; text: string }[];
  groups: Record<string, unknown>[];
  notes: string[];
}

async function diff(...args: string[]): Promise<Diff> {
  const { stdout, stderr } = await nettrace.run(['diff', ...args, '--json']);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Diff;
}
const expectPlanted = (found: Diff): void => {
  expect(said(found)).toEqual(expect.arrayContaining(planted));
  expect(saidButTimes(found)).toEqual(planted.filter((text) => !text.startsWith('slower ')));
};
const said = ({ changes }: Diff): string[] => changes.map(({ kind, what }) => `${kind} ${what}`);
/**
 * Of equal programs: one pair of sets in some sixty is told apart by chance, which is the test's own rate of error, and more on a
 * busy machine (docs/ci.md, "On planted changes").
 */
const saidButTimes = (found: Diff): string[] => said(found).filter((text) => !/^(?:slower|faster) /.test(text));

const sides = ['before', 'again', 'after'];

beforeAll(async () => {
  for (const side of sides) mkdirSync(join(nettrace.home, side));
  // In turn: what else the machine does falls on all sides alike.
  for (let i = 0; i < runs; i++) {
    for (const side of sides) {
      const output = join(side, `${i}.nettrace.json`);
      const env = { SHOP: side === 'after' ? 'after' : 'before' };
      // Without a helper: another test may install one on this machine, and the sides would differ in it.
      const command = ['run', '--quiet', '--helper', 'none', '-o', output, '--', process.execPath, shop];
      const result = await nettrace.run(command, { env });
      expect(result).toMatchObject({ code: 0, stderr: '' });
    }
  }
});

const planted = [
  'new-host localhost:{port}',
  'new-finding 7 similar requests from shop.cjs:17',
  'added GET 127.0.0.1:{port}/items/{id}',
  'added GET localhost:{port}/beacon',
  'slower GET 127.0.0.1:{port}/quote/{id}',
  'removed GET 127.0.0.1:{port}/items?ids',
];

describe('sets of runs', () => {
  test('each planted difference is found, and nothing else', async () => {
    const found = await diff('before', 'after');
    expectPlanted(found);
    const slower = found.changes.find(({ kind, what }) => kind === 'slower' && what.includes('/quote/'));
    expect(slower).toMatchObject({ callSite: 'shop.cjs:22' });
    expect(slower?.text).toMatch(
      /medians of 5 and 5 runs; by \+\d+ ms to \+\d+ ms; wait \+\d+ ms\) on reused connections$/,
    );
    expect(found.notes).toEqual([]);
  });

  test('the same program twice has no difference', async () => {
    expect(saidButTimes(await diff('before', 'again'))).toEqual([]);
  });

  test('runs can be listed', async () => {
    const more = (side: string) => [1, 2, 3, 4].map((i) => join(side, `${i}.nettrace.json`));
    const first = (side: string) => join(side, '0.nettrace.json');
    expectPlanted(
      await diff(first('before'), first('after'), '--before', ...more('before'), '--after', ...more('after')),
    );
  });

  test('a folder’s other files are none of the runs: spans cannot be read', async () => {
    const args = ['convert', 'before/0.nettrace.json', 'again/0.otlp.json'];
    expect(await nettrace.run(args)).toMatchObject({ code: 0 });
    expect(saidButTimes(await diff('before', 'again'))).toEqual([]);
  });

  test('--fail-on: the exit code says whether there is such a change', async () => {
    const fail = await nettrace.run(['diff', 'before', 'after', '--fail-on', 'new-host,slower']);
    expect(fail).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^nettrace: --fail-on: 1 × new-host, \d × slower\.\n$/),
    });
    expect(await nettrace.run(['diff', 'before', 'again', '--fail-on', 'new-host,added'])).toMatchObject({ code: 0 });
    expect(await nettrace.run(['diff', 'before', 'after', '--fail-on', 'nothing'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"nothing" is no kind of change'),
    });
  });
});

describe('one run each', () => {
  const [before, after, again] = ['before', 'after', 'again'].map((side) => join(side, '0.nettrace.json')) as [
    string,
    string,
    string,
  ];

  test('times differ in these two traces, and nobody says slower', async () => {
    const found = said(await diff(before, after));
    expect(found).toEqual(planted.map((text) => text.replace('slower', 'times-differ')));
    const { stdout } = await nettrace.run(['diff', before, after]);
    expect(stdout).toContain('times differ  GET 127.0.0.1:{port}/quote/{id}  shop.cjs:22');
    expect(stdout).not.toMatch(/slower/);
    expect(said(await diff(before, again)).filter((text) => !text.startsWith('times-differ'))).toEqual([]);
  });

  test('as Markdown: a table that nothing in it can break', async () => {
    const { stdout } = await nettrace.run(['diff', before, after, '--markdown']);
    expect(stdout).toMatch(/^### Net Trace: 6 differences in the requests\n/);
    const rows = stdout.split('\n').filter((line) => line.startsWith('|'));
    expect(rows).toHaveLength(2 + planted.length);
    for (const row of rows) expect(row.replace(/\\\|/g, '').split('|')).toHaveLength(6);
  });

  test('standard input, one name twice, what is no trace', async () => {
    const input = readFileSync(join(nettrace.home, before));
    expect(await nettrace.run(['diff', '-', after], { input })).toMatchObject({ code: 0, stderr: '' });
    expect(await nettrace.run(['diff', '-', '-'], { input })).toMatchObject({ code: 2 });
    expect(await nettrace.run(['diff', before, 'no-such-file'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no-such-file'),
    });
    expect(await nettrace.run(['diff', before, '.'])).toMatchObject({
      code: 2,
      stderr: "nettrace: . is a folder without a trace's event files.\n",
    });
  });
});

test('--json fits docs/diff.schema.json, which describes each of its fields', async () => {
  const schema = JSON.parse(readFileSync(join(repository, 'docs/diff.schema.json'), 'utf8')) as object;
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  for (const [a, b] of [
    ['before', 'after'],
    ['before/0.nettrace.json', 'after/0.nettrace.json'],
  ] as const) {
    const value = await diff(a, b);
    expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
  }
  expect(validate({ format: 'nettrace-diff' })).toBe(false);
});

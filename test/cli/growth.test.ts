/**
 * Work grows with the trace and no faster. What is counted is how often each block of the command's code ran, as V8 counts
 * it for coverage: four times the requests may cost four times the work, and a little more for sorting. No time is taken.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { scratch } from '../../src/session/testing/scratch';
import { repository } from '../support/programs/nodes';
import { Nettrace } from './testing/nettrace';

const sizes = [300, 1200] as const;
/** Four times the requests: 4 where work is linear, about 5 where it sorts, 16 where each request looks at all. */
const maxGrowth = 6.5;
/** Blocks that ran less often than this for each request of the large trace are no matter. */
const minPerRequest = 8;

const nettrace = new Nettrace();
const files: string[] = [];
beforeAll(() => {
  for (const size of sizes) {
    const file = join(scratch(), `${size}.nettrace.json`);
    execFileSync(process.execPath, [join(repository, 'test/bench/requests.mjs'), String(size), file]);
    files.push(file);
  }
});

interface Block {
  startOffset: number;
  endOffset: number;
  count: number;
}

interface Coverage {
  result: { url: string; functions: { functionName: string; ranges: Block[] }[] }[];
}

/** The functions of the command that ran, by place; of each its blocks, itself first. */
async function workOf(args: readonly string[]): Promise<Map<string, Block[]>> {
  const folder = scratch();
  const { code } = await nettrace.run(args, { env: { NODE_V8_COVERAGE: folder } });
  expect(code).toBe(0);
  const [name = ''] = readdirSync(folder);
  const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Coverage;
  const { functions = [] } = result.find(({ url }) => url.endsWith('/cli.cjs')) ?? {};
  expect(functions.length).toBeGreaterThan(500);
  return new Map(functions.map((f) => [`${f.functionName} at ${f.ranges[0]?.startOffset}`, f.ranges]));
}

/** A block that ran as often as the enclosing one has no separate entry. */
function countOf(blocks: readonly Block[] | undefined, { startOffset, endOffset }: Block): number {
  const around = blocks?.filter((b) => b.startOffset <= startOffset && b.endOffset >= endOffset) ?? [];
  return around.sort((a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset))[0]?.count ?? 0;
}

/** What ran too often on the larger of two files. */
async function tooMuch(args: (file: string) => string[], [few, many] = files as [string, string]): Promise<string[]> {
  const small = await workOf(args(few));
  const large = await workOf(args(many));
  return [...large].flatMap(([name, blocks]) =>
    blocks
      .filter((block) => block.count > minPerRequest * sizes[1])
      .map((block) => ({ block, before: countOf(small.get(name), block) }))
      // What hardly ran on the small trace is measured by the trace's size.
      .filter(({ block, before }) => block.count > maxGrowth * Math.max(before, sizes[0]))
      .map(({ block, before }) => `${name}, block ${block.startOffset}: ${before} times, then ${block.count}`),
  );
}

const out = (suffix: string) => join(scratch(), `out${suffix}`);
const commands: [name: string, args: (file: string) => string[]][] = [
  ['show', (file) => ['show', file]],
  ...['request', 'tcplife', 'gethostlatency', 'soconnlat'].map((view): [string, (file: string) => string[]] => [
    `show --view ${view}`,
    (file) => ['show', file, '--view', view],
  ]),
  ...['host', 'path', 'file'].map((key): [string, (file: string) => string[]] => [
    `show --top ${key}`,
    (file) => ['show', file, '--top', key],
  ]),
  ['show --json', (file) => ['show', file, '--json']],
  ['show --query', (file) => ['show', file, '--query', 'status:>=500 or path:/v1/users/*']],
  ['show --query --view tcplife', (file) => ['show', file, '--query', 'status:>=500', '--view', 'tcplife']],
  ...['.nettrace.json', '.har', '.eve.json'].map((suffix): [string, (file: string) => string[]] => [
    `convert to ${suffix}`,
    (file) => ['convert', file, out(suffix)],
  ]),
];

test.each(commands)('%s', async (_name, args) => {
  expect(await tooMuch(args)).toEqual([]);
});

test.each(['.har', '.eve.json'])('show of a %s', async (suffix) => {
  const imported: string[] = [];
  for (const file of files) {
    const to = out(suffix);
    await nettrace.run(['convert', file, to]);
    imported.push(to);
  }
  expect(await tooMuch((file) => ['show', file], imported as [string, string])).toEqual([]);
});

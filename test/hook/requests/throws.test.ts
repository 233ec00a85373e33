/**
 * Errors of the program under the hook: what it sees and prints of them is the same to the letter, whether Node prints them
 * as it crashes, or the program itself, at once or later, with its own limit or its own rendering of stacks, or with
 * source maps. The first program makes errors inside calls that the hook wraps, the second takes stacks where its
 * functions are called.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodes } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { preloaded, runTraced } from '../../support/programs/run';

const programs = join(import.meta.dirname, '../programs');
const throws = join(programs, 'throws.cjs');
const stacks = join(programs, 'stacks.cjs');
const calls = [
  ...['url', 'protocol', 'port', 'header', 'method', 'path', 'signal', 'agent', 'agents', 'write', 'end', 'connect'],
  ...['socket', 'lookup', 'noLookup', 'tls', 'timeout', 'dns', 'dnsFamily', 'dnsPromise', 'resolve', 'resolvePromise'],
  ...['fetch', 'fetchMethod', 'datagram', 'http2'],
];
const ways = ['later', 'at', 'inside', 'limit', 'prepared', 'removed'];
const ends = [nodes.at(0), nodes.at(-1)].filter((n) => n !== undefined);

/** Removes the event loop's own frames at the far end of long stacks, which depend on its queue. */
const withoutLoop = (stderr: string): string =>
  stderr
    .split('\n')
    .filter((line) => !/node:internal\/(process\/task_queues|timers)/.test(line))
    .join('\n');

/** V8 names a callback after the property that holds it; there is the hook's, which calls the program's. */
const sameName = (stderr: string): string =>
  stderr.replaceAll('GetAddrInfoReqWrap.callback', 'GetAddrInfoReqWrap.<anonymous>');

let mapped = '';
beforeAll(() => {
  mapped = mkdtempSync(join(tmpdir(), 'nettrace-mapped-'));
  buildSync({
    entryPoints: [throws, stacks],
    outdir: mapped,
    outExtension: { '.js': '.cjs' },
    platform: 'node',
    bundle: true,
    minify: true,
    sourcemap: 'inline',
  });
});
afterAll(() => rmSync(mapped, { recursive: true, force: true }));

async function compare(node: (typeof nodes)[number], program: string, args: string[], execArgv: string[] = []) {
  const [plain, run] = await Promise.all([
    runPlain(node, program, { args, execArgv }),
    runTraced(node, program, { args, execArgv }),
  ]);
  expect(run.stderr).not.toContain(dirname(preloaded));
  expect(sameName(withoutLoop(run.stderr))).toBe(sameName(withoutLoop(plain.stderr)));
  expect({ code: run.code, stdout: run.stdout }).toEqual({ code: plain.code, stdout: plain.stdout });
  return plain;
}

test('the list of calls and ways is that of the program', async () => {
  const { stdout } = await runPlain(ends[0] as (typeof nodes)[number], throws, { args: ['list'] });
  expect(JSON.parse(stdout)).toEqual([calls, ways]);
});

describe.each(ends)('Node $major', (node) => {
  test.each(calls)('%s: the crash report is the same', async (call) => {
    expect((await compare(node, throws, [call])).code).toBe(1);
  });
});

describe.each(nodes)('Node $major', (node) => {
  test.each(ways)('errors of all calls, caught and printed: %s', async (way) => {
    const plain = await compare(node, throws, ['all', way]);
    for (const call of calls) expect(plain.stderr).toContain(`${call} `);
  });

  test.each(['', 'whole', 'limit', 'prepared', 'captured'])('stacks where functions are called: %s', async (way) => {
    const plain = await compare(node, stacks, [way]);
    expect(plain.stderr.match(/^[^ ].*:/gm)?.length).toBeGreaterThan(55);
  });

  test('what the program finds of Error', async () => {
    const plain = await compare(node, join(programs, 'errorClass.cjs'), []);
    expect(plain.stdout).toContain('same again true');
  });
});

// Node 18 has no function to render stacks by its source maps that could be given fewer frames.
describe.each(nodes.filter(({ major }) => major > 18))('Node $major', (node) => {
  test('with the source maps of Node', async () => {
    const plain = await compare(node, join(mapped, 'throws.cjs'), ['all', 'later'], ['--enable-source-maps']);
    expect(plain.stderr).toContain('test/hook/programs/throws.cjs:');
    await compare(node, join(mapped, 'throws.cjs'), ['agent'], ['--enable-source-maps']);
  });
});

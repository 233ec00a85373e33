/** `nettrace run --trace …`, and `nettrace rules` from another terminal while it runs. */
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TraceRule } from '../../src/model/records';
import { scratch } from '../../src/session/testing/scratch';
import { Nettrace, programs, type Result } from './testing/nettrace';

const node = process.execPath;
const loop = join(programs, 'loop.cjs');
const nettrace = new Nettrace();

interface Running {
  child: ChildProcess;
  /** Stops the program; how the command ended. */
  stop(): Promise<Result>;
}

function begin(...options: string[]): Promise<Running> {
  const file = join(scratch(), 'stop');
  return new Promise((resolve) => {
    const ended: Promise<Result> = nettrace.run(['run', ...options, '--', node, loop], {
      env: { STOP: file },
      on: [
        'ready',
        (child) => {
          const stop = () => {
            writeFileSync(file, '');
            return ended;
          };
          resolve({ child, stop });
        },
      ],
    });
  });
}

const rules = (...args: string[]) => nettrace.run(['rules', ...args]);

describe('run', () => {
  test('--trace, --limit: what matches, and how many did not', async () => {
    const run = await begin('--json', '--trace', 'status:>=500 path:/api/*', '--limit', '5');
    await expect.poll(async () => (await rules('list')).stdout, { interval: 200 }).toContain('limit reached');
    const { stderr, code } = await run.stop();
    expect(code).toBe(0);
    const { counts, traceRequests } = JSON.parse(stderr) as { counts: Record<string, number>; traceRequests: object[] };
    expect(counts.requests).toBe(5);
    expect(counts.untraced).toBeGreaterThan(5);
    expect(traceRequests).toMatchObject([{ state: 'limitReached', limit: 5, matched: [{ count: 5 }] }]);
  });

  test('--sample: the rest is counted', async () => {
    const program = join(programs, 'requests.cjs');
    const { stderr } = await nettrace.run(['run', '--sample', '10', '--', node, program, '20']);
    expect(stderr).toMatch(/20 requests · .* · 2 in detail: \d connection/);
    const limited = await nettrace.run(['run', '--limit', '5', '--', node, program, '20']);
    expect(limited.stderr).toContain('5 requests traced (limit reached), 15 not');
  });

  test.each([
    [['--trace', 'statsu:500'], 'statsu'],
    [['--trace', 'cart'], '"cart" has no key. Write --trace \'url:cart\', or, to trace'],
    [['--trace', '/api/x'], "Write --trace 'path:/api/x*'"],
    [['--trace', 'foo=bar'], '"foo=bar" has no key'],
    [['--trace', 'code=503'], 'Did you mean status:503?'],
    [['--trace', 'run:2'], 'run is known in a trace only'],
    [['--limit', '0'], 'Use a whole number, 1 or more'],
    [['--sample', 'x'], 'Use a whole number, 1 or more'],
  ])('%j is refused before the program starts', async (options, message) => {
    const { code, stderr, stdout } = await nettrace.run(['run', ...options, '--', node, '-e', 'console.log(1)']);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
  });

  test('--log --json: each line says where it belongs', async () => {
    const program = join(programs, 'requests.cjs');
    const { stderr } = await nettrace.run(['run', '--log', '--json', '--', node, program, '2']);
    const lines = stderr
      .trim()
      .split('\n')
      .map((l) => JSON.parse(l) as Record<string, unknown>);
    const summary = lines.pop() as { trace: string; traceRequests: { id: string }[] };
    const [id] = summary.traceRequests.map((t) => t.id);
    expect(lines.length).toBeGreaterThan(6);
    for (const line of lines) {
      expect(line).toMatchObject({ trace: summary.trace, host: expect.any(String), process: expect.any(Number) });
      expect(Number.isNaN(Date.parse(String(line.time)))).toBe(false);
      if (['request', 'head', 'end'].includes(String(line.event)))
        expect(line).toMatchObject({ request: expect.any(String), traceRequests: [id] });
    }
    expect(new Set(lines.map((l) => l.event))).toEqual(
      new Set(['process', 'request', 'attempt', 'connected', 'head', 'end', 'close', 'exit']),
    );
  });
});

describe('rules', () => {
  test('create, list, enable, get, disable, delete, in a program that runs', async () => {
    const run = await begin('--no-trace', '--json');
    const made = await rules('create', 'status:>=500', '--limit', '3', '--description', 'errors');
    expect(made.stdout).toMatch(/^[0-9a-f-]{36}\n$/);
    const id = made.stdout.trim();
    const get = async () => JSON.parse((await rules('get', id.slice(0, 8), '--json')).stdout) as TraceRule;
    expect(await get()).toMatchObject({ id, state: 'created', enabled: false, limit: 3, description: 'errors' });
    expect((await rules('enable', id)).stdout).toBe(`${id} enabled\n`);
    await expect.poll(async () => (await get()).state, { interval: 200 }).toBe('limitReached');
    expect((await get()).matched?.[0]?.count).toBe(3);
    expect((await rules('disable', id, '--json')).stdout).toContain('"state":"disabled"');
    const list = JSON.parse((await rules('list', '--json')).stdout) as { pid: number; rules: TraceRule[] }[];
    expect(list).toMatchObject([{ pid: run.child.pid, rules: [{ description: 'All requests' }, { id }] }]);
    // The verb's former name.
    expect((await nettrace.run(['requests', 'list', '--json'])).stdout).toBe(`${JSON.stringify(list)}\n`);
    expect((await rules('delete', id)).stdout).toBe(`${id} deleted\n`);
    const gone = await rules('get', id);
    expect([gone.code, gone.stderr]).toEqual([
      2,
      `nettrace: There is no trace rule ${id}. \`nettrace rules list\` lists the ids.\n`,
    ]);
    const { counts } = JSON.parse((await run.stop()).stderr) as { counts: Record<string, number> };
    expect(counts.requests).toBe(3);
    const none = await rules('list');
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('You have no running session')]);
  });

  test('two sessions: one has to be named; ids are found where they are', async () => {
    const [first, second] = [await begin('--json', '--no-trace'), await begin('--json', '--no-trace')];
    const which = await rules('create', '');
    expect(which.code).toBe(2);
    expect(which.stderr).toContain(`process ${first.child.pid}`);
    const made = await rules('create', '', '--session', String(second.child.pid), '--enable');
    const id = made.stdout.trim();
    expect((await rules('get', id)).stdout).toContain('enabled      true');
    expect((await rules('get', id, '--session', String(first.child.pid))).code).toBe(2);
    const ends = [JSON.parse((await first.stop()).stderr), JSON.parse((await second.stop()).stderr)];
    expect(ends[0].counts.requests).toBe(0);
    expect(ends[1].traceRequests).toHaveLength(2);
  });
});

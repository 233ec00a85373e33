/**
 * Children that a program starts with a NODE_OPTIONS of their own: traced where it was replaced, named where it was
 * cleared, and never started otherwise than without us. Node 18 does not publish its asynchronous ones.
 */
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { visible } from '../../support/check';
import { nodes } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { faultsOf, runTraced } from '../../support/programs/run';

const program = join(import.meta.dirname, '../programs/children.cjs');

describe.each(nodes.filter((n) => n.major >= 20))('Node $major', (node) => {
  const env = { PATH: `${dirname(node.binary)}:${process.env.PATH}` };

  test('replaced: traced; cleared: named', async () => {
    const run = await runTraced(node, program, { env });
    expect(visible(run)).toEqual(visible(await runPlain(node, program, { env })));
    expect(run.trace.processes).toHaveLength(3);
    const [parent] = run.trace.processes;
    expect(parent?.untracedChildren).toEqual([
      { pid: expect.any(Number), argv: ['node', '-e', expect.any(String)], why: 'cleared' },
    ]);
  });

  test('arguments of a cleared child: what the user wants masked is masked', async () => {
    const child =
      "const { NODE_OPTIONS, ...env } = process.env; require('child_process').spawnSync('node', ['-e', '0', '--customer', 'Mrs-7'], { env })";
    const run = await runTraced(node, '-e', { args: [child], env, conf: { maskedParameters: ['customer'] } });
    const argv = run.trace.processes[0]?.untracedChildren?.[0]?.argv;
    expect(argv).toEqual(['node', '-e', '0', '--customer', '***']);
  });

  test('worker threads with an environment of their own: named; the others are traced', async () => {
    const script = `const { Worker } = require('worker_threads');
      const code = 'require("http").get(process.argv[2]).on("error", () => 0)';
      for (const env of [undefined, {}, { ...process.env, A: '1' }, { NODE_OPTIONS: '--no-warnings' }])
        new Worker(code, { eval: true, argv: ['http://127.0.0.1:1/'], ...(env && { env }) });`;
    const run = await runTraced(node, '-e', { args: [script], env });
    const [process] = run.trace.processes;
    expect(process?.threads.map((t) => t.threadId)).toEqual([0, 1, 3]);
    const { pid } = process ?? {};
    expect(process?.untracedChildren).toEqual([2, 4].map((threadId) => ({ pid, threadId, argv: [], why: 'worker' })));
    expect(run.trace.requests).toHaveLength(2);
    const faulty = await runTraced(node, '-e', { args: [script], env, conf: { faults: ['children.worker'] } });
    expect(visible(faulty)).toEqual(visible(run));
    expect(faultsOf(faulty).filter(({ part }) => part === 'children').length).toBeGreaterThanOrEqual(1);
    expect(faulty.trace.processes[0]?.untracedChildren).toBeUndefined();
  });

  test.each(['children', 'children.spawn', 'children.report'])(
    'a fault in %s: the children start all the same',
    async (name) => {
      const plain = await runPlain(node, program, { env });
      const run = await runTraced(node, program, { env, conf: { faults: [name] } });
      expect(visible(run)).toEqual(visible(plain));
      const faults = faultsOf(run).filter(({ part }) => part === 'children');
      expect(faults.length).toBeGreaterThanOrEqual(1);
      expect(run.trace.processes[0]?.untracedChildren).toBeUndefined();
    },
  );
});

describe.skipIf(process.platform === 'win32').each(nodes)('Node $major', (node) => {
  test('replaced in a synchronous call: traced', async () => {
    const env = { PATH: `${dirname(node.binary)}:${process.env.PATH}` };
    const synchronous = join(import.meta.dirname, '../programs/childrenSync.cjs');
    const run = await runTraced(node, synchronous, { env });
    expect(visible(run)).toEqual(visible(await runPlain(node, synchronous, { env })));
    expect(run.trace.processes).toHaveLength(4);
    expect(run.trace.processes.every((p) => p.untracedChildren === undefined)).toBe(true);
  });

  test('preloads joined to one path, as Next.js does it: the children start, and are traced', async () => {
    const env = { PATH: `${dirname(node.binary)}:${process.env.PATH}` };
    const joined = join(import.meta.dirname, '../programs/childrenJoined.cjs');
    // Those that Node 18 starts asynchronously are not seen.
    const args = node.major >= 20 ? [] : ['sync'];
    const run = await runTraced(node, joined, { env, args });
    expect(visible(run)).toEqual(visible(await runPlain(node, joined, { env, args })));
    expect(run.trace.processes).toHaveLength(node.major >= 20 ? 7 : 4);
  });
});

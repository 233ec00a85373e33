/** A program that listens to `async_hooks` sees no resource of the hook's where it makes no request, nor at its exit. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodes } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';
import { Upstream } from '../../support/servers/upstream';

const program = join(import.meta.dirname, '../programs/asyncHooks.cjs');
let upstream: Upstream;
beforeAll(async () => {
  upstream = await Upstream.start();
});
afterAll(() => upstream.close());

describe.each(nodes)('Node $major', (node) => {
  test.each(['start', 'exit'])('from the %s on', async (from) => {
    const options = { args: [from], env: upstream.environment };
    const plain = await runPlain(node, program, options);
    const run = await runTraced(node, program, options);
    expect(run).toMatchObject({ code: 0, stderr: '', stdout: plain.stdout });
    expect(run.lines.at(-1)?.text).toContain('"k":"exit"');
    expect(run.store.requests.size).toBe(from === 'exit' ? 1 : 0);
    if (from === 'start') expect(plain.stdout).toContain('Immediate');
  });
});

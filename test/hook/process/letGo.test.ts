/** What failed is kept for its next try by what was sent, not by the program's objects: those are let go as without the hook. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodes } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';

const program = join(import.meta.dirname, '../programs/letGo.cjs');

describe.each(nodes)('Node $major', (node) => {
  test('requests that failed, their bodies, and the tries before', async () => {
    const plain = await runPlain(node, program);
    expect(plain.stdout).toBe('refused: let go\nstatus: let go\nbody: let go\nretried: let go\n');
    const run = await runTraced(node, program);
    expect(run).toMatchObject({ code: 0, stderr: '', stdout: plain.stdout });
    const tries = [...run.store.requests.values()].filter((r) => r.url?.endsWith('/retried'));
    expect(tries.map((r) => r.attempt ?? 1)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(new Set(tries.slice(1).map((r) => r.operation))).toEqual(new Set([tries[0]?.operation ?? tries[0]?.id]));
  });
});

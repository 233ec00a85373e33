/** What failed is kept for its next try by what was sent, not by the program's objects: those are let go as without the hook. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodes } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';

const program = join(import.meta.dirname, '../programs/letGo.cjs');

describe.each(nodes)('Node $major', (node) => {
  test('requests that failed, their bodies, responses that nobody reads, and the tries before', async () => {
    const plain = await runPlain(node, program);
    // Node 18 itself keeps responses that nobody reads.
    const unread = node.major === 18 ? [] : ['answer', 'redirect'];
    const kinds = ['refused', 'status', 'body', ...unread, 'retried'];
    expect(plain.stdout).toBe(kinds.map((kind) => `${kind}: let go\n`).join(''));
    const run = await runTraced(node, program);
    expect(run).toMatchObject({ code: 0, stderr: '', stdout: plain.stdout });
    const tries = [...run.store.requests.values()].filter((r) => r.url?.endsWith('/retried'));
    expect(tries.map((r) => r.attempt ?? 1)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(new Set(tries.slice(1).map((r) => r.operation))).toEqual(new Set([tries[0]?.operation ?? tries[0]?.id]));
  });
});

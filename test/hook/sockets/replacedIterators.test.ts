/** A program that replaces what iteration calls sees no call of the hook's, up to its end. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { visible } from '../../support/check';
import { nodes } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';

const program = join(import.meta.dirname, '../programs/replacedIterators.cjs');

describe.each(nodes)('Node $major', (node) => {
  test.each(['main', 'worker', 'terminated'])('%s', async (how) => {
    const options = { args: [how] };
    const plain = await runPlain(node, program, options);
    expect(plain.code).toBe(0);
    const run = await runTraced(node, program, options);
    expect(visible(run)).toEqual(visible(plain));
  });
});

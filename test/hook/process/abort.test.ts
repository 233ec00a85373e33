/** A program that aborts on its uncaught errors does so for its own alone, also with whole stacks, which V8's debugger keeps. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { visible } from '../../support/check';
import { nodes } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';

const program = join(import.meta.dirname, '../programs/workerError.cjs');

test.each(nodes)('Node $major: a worker that ends with an error', async (node) => {
  for (const flag of ['--abort-on-uncaught-exception', '--abort_on_uncaught_exception']) {
    const options = { execArgv: [flag] };
    const plain = await runPlain(node, program, options);
    expect(plain).toMatchObject({ code: 0, stdout: 'error own\nexit 1\n' });
    expect(visible(await runTraced(node, program, { ...options, conf: { stacks: true } }))).toEqual(visible(plain));
  }
});

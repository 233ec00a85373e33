/** A program that replaces what is below `dns` gets its own lookups there, and none of the hook's. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { visible } from '../../support/check';
import { nodes } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';

const program = join(import.meta.dirname, '../programs/bindings.cjs');
const options = { execArgv: ['--expose-internals', '--no-warnings'] };

describe.each(nodes)('Node $major', (node) => {
  test.each([false, true])('getaddrinfo is the program’s; own resolver: %s', async (dnsResolver) => {
    const plain = await runPlain(node, program, options);
    expect(plain.stdout).toContain('a.example,b.example');
    const run = await runTraced(node, program, { ...options, conf: { dnsResolver } });
    expect(visible(run)).toEqual(visible(plain));
    expect(run.trace.lookups.map((l) => l.hostname)).toEqual(['a.example', 'b.example']);
  });
});

/**
 * The hook changes nothing a program can see: looks of wrapped functions, keys, listener counts, order of events and
 * jobs, errors. One program prints them all; with every setting of the hook it prints the same as without.
 */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemsOf, visible } from '../support/check';
import { closedPort } from '../support/ports';
import { nodes } from '../support/programs/nodes';
import { type Ending, runPlain } from '../support/programs/program';
import { runTraced } from '../support/programs/run';
import { Upstream } from '../support/servers/upstream';

const program = join(import.meta.dirname, 'programs/conformance.cjs');
let upstream: Upstream;
let env: Record<string, string>;
beforeAll(async () => {
  upstream = await Upstream.start();
  env = { ...upstream.environment, UP_CLOSED: String(await closedPort()) };
});
afterAll(() => upstream.close());

describe.each(nodes)('Node $major', (node) => {
  let plain: Ending;
  beforeAll(async () => {
    plain = await runPlain(node, program, { env });
    expect(plain).toMatchObject({ code: 0, stderr: expect.not.stringContaining('Error') });
  });

  test.each([
    ['as it is', {}],
    ['with header values and no call sites', { headers: 'values', callSites: 'off' }],
    ['loaded, nothing enabled', { enabled: [] }],
  ])('same output: %s', async (_title, conf) => {
    const run = await runTraced(node, program, { env, conf });
    // The network may bring two events in another order, also in the plain run: it is repeated before they are compared.
    for (let i = 0; i < 3 && !isDeepStrictEqual(visible(run), visible(plain)); i++) {
      plain = await runPlain(node, program, { env });
    }
    expect(visible(run)).toEqual(visible(plain));
    expect(problemsOf(run)).toEqual([]);
    const requests = run.lines.filter(({ text }) => text.startsWith('{"k":"req"')).length;
    if ('enabled' in conf) expect(requests).toBe(0);
    else expect(requests).toBeGreaterThan(15);
  });
});

/** A certificate that the program's own `checkServerIdentity` refuses: the program did, not TLS. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verdictOf } from '../../../src/analysis/verdict/verdict';
import { problemsOf, visible } from '../../support/check';
import { Observed } from '../../support/observe';
import { nodes } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';
import { Upstream } from '../../support/servers/upstream';

const program = join(import.meta.dirname, '../programs/ownCheck.cjs');
let upstream: Upstream;
beforeAll(async () => {
  upstream = await Upstream.start();
});
afterAll(() => upstream.close());

describe.each(nodes)('Node $major', (node) => {
  test('is the program’s, unless it gave Node’s own reason', async () => {
    const options = { args: [upstream.urls.https], env: upstream.environment };
    const plain = await runPlain(node, program, options);
    const run = await runTraced(node, program, options);
    expect(visible(run)).toEqual(visible(plain));
    expect(problemsOf(run)).toEqual([]);
    const seen = new Observed(run);
    const said = seen.requests.map((r) => [new URL(r.url ?? '').search, verdictOf(r, run.store, 0).rule]);
    expect(said).toEqual([
      ['?code', 'tlsOwnCheck'],
      ['?message', 'tlsOwnCheck'],
      ['?nodes', 'tlsName'],
      ['?passes', 'ok'],
    ]);
    expect(seen.tunnels.map((t) => [t.verification?.authorized, t.verification?.ownCheck])).toEqual([
      [false, true],
      [false, true],
      [false, true],
      [true, undefined],
    ]);
  });
});

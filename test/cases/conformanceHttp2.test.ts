/**
 * The hook changes nothing a program can see of http2: looks of classes, listener counts, keys, order of events, errors.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemsOf, visible } from '../support/check';
import { closedPort } from '../support/ports';
import { nodes } from '../support/programs/nodes';
import { runPlain } from '../support/programs/program';
import { runTraced } from '../support/programs/run';
import { Http2Upstream } from '../support/servers/http2Upstream';

const program = join(import.meta.dirname, 'programs/conformance-http2.cjs');
let upstream: Http2Upstream;
let env: Record<string, string>;
beforeAll(async () => {
  upstream = await Http2Upstream.start();
  env = { ...upstream.environment, UP_CLOSED: String(await closedPort()) };
});
afterAll(() => upstream.close());

describe.each(nodes)('Node $major', (node) => {
  test('same output', async () => {
    const options = { env, execArgv: ['--no-warnings'] };
    const plain = await runPlain(node, program, options);
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect(plain.stdout).toContain('own socket');
    const run = await runTraced(node, program, { ...options, conf: { headers: 'values' } });
    expect(visible(run)).toEqual(visible(plain));
    expect(problemsOf(run)).toEqual([]);
    const requests = [...run.store.requests.values()].filter((r) => r.api === 'http2');
    expect(requests.length).toBeGreaterThan(15);
  });
});

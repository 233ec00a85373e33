/**
 * One text means the same in the hook and on the host: each request of a program that does everything is tagged with the
 * conditions that its finished record meets, and with no other. And a trace of some requests only holds together.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileQuery, parseQuery } from '../../../src/model/query';
import { rowFields } from '../../../src/model/query/rowFields';
import { rowOf } from '../../../src/model/rows/row';
import { problemsOf, visible } from '../../support/check';
import { present } from '../../support/observe';
import { nodes } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';
import { type Everything, serveEverything } from '../testing/everything';

const program = join(import.meta.dirname, '../programs/everything.cjs');
let servers: Everything;
let env: Record<string, string>;
beforeAll(async () => {
  servers = await serveEverything();
  env = servers.env;
});
afterAll(() => servers.close());

const execArgv = ['--no-warnings'];
const conditions = [
  'method:POST',
  'method:GET,HEAD',
  '-method:GET',
  'path:/ok',
  'path:/o*',
  'path:/echo OR path:/redirect',
  'host:localhost',
  'host:127.0.0.1',
  'scheme:https',
  'url:*ok*',
  'query:*',
  'api:fetch',
  'api:http2',
  'protocol:h2',
  'protocol:http/1.1',
  'status:200',
  'status:>=400',
  'status:300..399',
  '-status:200',
  'has:status',
  'error:*',
  'error:ECONNREFUSED',
  'phase:tcp',
  'phase:tls',
  'phase:wait',
  'phase:download',
  'duration:>0',
  'duration:>100s',
  'tls:>0',
  'tcp:>0',
  'wait:>0',
  'content-type:text/plain',
  'received:>0',
  'sent:>100',
  'remote-ip:127.0.0.1',
  'ordinal:1',
  'ordinal:>1',
  'attempt:>1',
  'pid:1',
  'thread:0',
  'process:everything',
  'file:everything.cjs',
  'function:main',
  'line:>0',
  'is:failed',
  'is:slow',
  'is:reused',
  'is:new',
  'is:unread',
  'is:aborted',
  'is:redirect',
  'is:retry',
  '-is:failed method:GET',
  'status:200 (method:POST OR is:reused)',
];

const [node] = nodes.filter((n) => n.major === 24);

/** Given up while the connection is being made: a busy machine does so with those of the program, too. */
test('given up while connecting: the phase is tcp, and lasted until then', async () => {
  if (!node) return;
  const requests = ['phase:tcp', 'phase:wait', 'tcp:>0'].map((condition) => ({ id: condition, condition }));
  const run = await runTraced(node, join(import.meta.dirname, '../programs/stuck.cjs'), {
    requests: [{ id: 'all', condition: '' }, ...requests],
  });
  expect(run.stdout).toBe('true\ntrue\n');
  const onHost = (text: string) => compileQuery(present(parseQuery(text).query, text), rowFields);
  const records = [...run.store.requests.values()];
  expect(
    records.map((r) => [
      r.outcome,
      onHost('phase:tcp tcp:>0')(rowOf(r, run.store, 0)),
      r.traceRequests?.includes('phase:tcp'),
      r.traceRequests?.includes('phase:wait'),
      r.traceRequests?.includes('tcp:>0'),
    ]),
  ).toEqual([
    ['aborted', true, true, false, true],
    ['aborted', true, true, false, true],
  ]);
});

test('each record has the conditions that it meets', async () => {
  if (!node) return;
  const requests = [{ id: 'all', condition: '' }, ...conditions.map((condition) => ({ id: condition, condition }))];
  const run = await runTraced(node, program, { env, execArgv, requests, timeoutMs: 60_000 });
  expect(problemsOf(run)).toEqual([]);
  const records = [...run.store.requests.values()];
  expect(records.length).toBeGreaterThan(20);
  const wrong: string[] = [];
  const met = new Set<string>();
  for (const condition of conditions) {
    const { query, error } = parseQuery(condition);
    if (!query) throw new Error(`${condition}: ${error.message}`);
    const test = compileQuery(query, rowFields);
    for (const r of records) {
      const onHost = test(rowOf(r, run.store, 0));
      const inHook = r.traceRequests?.includes(condition) === true;
      if (inHook) met.add(condition);
      if (onHost !== inHook)
        wrong.push(
          `${condition}: host ${onHost}, hook ${inHook}: ${r.method} ${r.url} ${r.outcome} ${r.response?.status}`,
        );
    }
  }
  expect(wrong).toEqual([]);
  expect(met.size).toBeGreaterThan(conditions.length * 0.6);
}, 90_000);

test.each(['status:>=300', 'is:failed', 'is:redirect'])(
  'only %s: the program is as without, the trace holds together, the rest is counted',
  async (condition) => {
    if (!node) return;
    const [plain, run] = await Promise.all([
      runPlain(node, program, { env, execArgv, timeoutMs: 60_000 }),
      runTraced(node, program, { env, execArgv, requests: [{ id: 'a', condition }], timeoutMs: 60_000 }),
    ]);
    expect(visible(run)).toEqual(visible(plain));
    expect(problemsOf(run)).toEqual([]);
    const { counts, requests, connections } = run.trace;
    expect(requests.length).toBeGreaterThan(0);
    expect(counts.untraced).toBeGreaterThan(0);
    // Nothing is there that no request, and no tunnel of one, needs.
    const used = new Set(requests.flatMap((r) => [r.connection, ...(r.priorSends ?? []).map((p) => p.connection)]));
    const dials = new Set(requests.flatMap((r) => r.dial ?? []));
    expect(
      connections.filter((c) => !used.has(c.id) && !dials.has(c.dial ?? '')).map((c) => JSON.stringify(c)),
    ).toEqual([]);
  },
  90_000,
);

/** Requests through proxies: the CONNECT, the tunnel, TLS to the proxy and to the origin, and who chose the proxy. */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { analyse } from '../../../src/analysis/analyse';
import { verdictOf } from '../../../src/analysis/verdict/verdict';
import { phasesOf } from '../../../src/model/phases/phases';
import type { Request } from '../../../src/model/records';
import { problemsOf } from '../../support/check';
import { Observed, only, present } from '../../support/observe';
import { type NodeVersion, nodes } from '../../support/programs/nodes';
import { lineOf } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';
import { certificate } from '../../support/servers/certificates';
import { Proxies } from '../../support/servers/proxy';
import { Upstream } from '../../support/servers/upstream';
import { CLIENTS } from '../testing/act';

const program = join(import.meta.dirname, '../programs/proxies.cjs');
let upstream: Upstream;
let proxies: Proxies;
beforeAll(async () => {
  upstream = await Upstream.start();
  proxies = await Proxies.start();
});
beforeEach(() => {
  proxies.seen.length = 0;
  proxies.status = 200;
  upstream.facts.clear();
});
afterAll(async () => {
  await proxies.close();
  await upstream.close();
});

type Scheme = 'http' | 'https';
type Via = 'http' | 'https' | 'socks';

const withAuth = (url: string) => url.replace('//', '//me:SECRET@');
const environmentOf = (url: string) => ({ NODE_USE_ENV_PROXY: '1', HTTP_PROXY: url, HTTPS_PROXY: url });

async function through(node: NodeVersion, client: string, scheme: Scheme, via: Via, extra: readonly string[] = []) {
  const proxy = via === 'socks' ? proxies.urls.socks : withAuth(proxies.urls[via]);
  const env = {
    ...upstream.environment,
    CLIENTS,
    NODE_EXTRA_CA_CERTS: certificate.root,
    ...(client === 'node' ? environmentOf(proxy) : {}),
  };
  const options = { args: [client, `${upstream.urls[scheme]}/ok`, proxy, ...extra], env };
  const run = await runTraced(node, program, options);
  expect(problemsOf(run)).toEqual([]);
  for (const { text } of run.lines) if (!text.includes('"k":"proc"')) expect(text).not.toMatch(/SECRET|bWU6U0VDUkVU/);
  const seen = new Observed(run);
  const origin = new URL(upstream.urls[scheme]);
  const requests = seen.requests.filter((r) => r.method === 'GET');
  return { seen, origin, requests, stdout: run.stdout };
}

const parts = (r: Request, seen: Observed) =>
  phasesOf(r, seen.run.store)
    .phases.find((p) => p.name === 'proxy')
    ?.parts?.map((p) => p.name);

/** A tunnel by CONNECT: the facts that are required for any client. */
async function expectTunnel(
  node: NodeVersion,
  client: string,
  scheme: Scheme,
  via: 'http' | 'https',
  by: string,
  extra?: string[],
) {
  const { seen, origin, requests, stdout } = await through(node, client, scheme, via, extra);
  const request = only(requests);
  expect(stdout).toBe('200\n');
  const fact = only(proxies.seen);
  expect(fact).toMatchObject({ method: 'CONNECT', target: origin.host });
  const { port } = new URL(proxies.urls[via]);
  expect(request.proxy).toMatchObject({ kind: via, by, mode: 'tunnel' });
  expect(new URL(request.proxy?.url ?? '').port).toBe(port);
  const connect = only(seen.requests.filter((r) => r.method === 'CONNECT'));
  expect(connect).toMatchObject({ outcome: 'tunnel', target: origin.host, response: { status: 200 } });
  expect(connect.operation).toBeUndefined();
  expect(connect.connection).toBe(request.connection);
  expect(request).toMatchObject({
    outcome: 'complete',
    ordinal: 1,
    url: `${origin.origin}/ok`,
    response: { status: 200 },
  });
  const connection = seen.connectionOf(request);
  expect(connection.remote?.port).toBe(Number(port));
  expect(connection.local?.port).toBe(fact.port);
  expect(connection.tunnel).toMatchObject({ request: connect.id, host: origin.hostname, port: Number(origin.port) });
  expect(connection.requestCount).toBe(1);
  expect(seen.dialOf(request)).toMatchObject({ purpose: 'proxy', port: Number(port), request: connect.id });
  const inner = seen.tunnels.find((t) => t.purpose === 'origin');
  const outer = seen.tunnels.find((t) => t.purpose === 'proxy');
  expect([inner !== undefined, outer !== undefined]).toEqual([scheme === 'https', via === 'https']);
  expect(seen.tunnels.map((t) => t.connection)).toEqual(seen.tunnels.map(() => connection.id));
  if (scheme === 'https') expect(inner?.outer).toBe(outer?.id);
  const names = seen.phaseNames(request);
  expect(names.filter((n) => n !== 'dns')).toEqual([
    'queue',
    'tcp',
    'proxy',
    ...(scheme === 'https' ? ['tls'] : []),
    'send',
    'wait',
    'download',
  ]);
  expect(parts(request, seen)).toEqual(via === 'https' ? ['tls', 'connect'] : ['connect']);
  expect(seen.phaseNames(connect).filter((n) => n !== 'dns')).toEqual([
    'queue',
    'tcp',
    ...(via === 'https' ? ['tls'] : []),
    'send',
    'wait',
  ]);
}

async function expectForward(node: NodeVersion, client: string, via: 'http' | 'https', by: string, extra?: string[]) {
  const { seen, origin, requests, stdout } = await through(node, client, 'http', via, extra);
  const request = only(requests);
  expect(stdout).toBe('200\n');
  expect(only(proxies.seen)).toMatchObject({ method: 'GET', target: `${origin.origin}/ok` });
  expect(seen.requests).toHaveLength(1);
  expect(request.proxy).toMatchObject({ kind: via, by, mode: 'forward' });
  expect(request).toMatchObject({ url: `${origin.origin}/ok`, outcome: 'complete' });
  expect(seen.dialOf(request)).toMatchObject({ purpose: 'proxy', request: request.id });
  expect(seen.tunnels.map((t) => t.purpose)).toEqual(via === 'https' ? ['proxy'] : []);
  expect(seen.phaseNames(request).filter((n) => n !== 'dns')).toEqual([
    'queue',
    'tcp',
    ...(via === 'https' ? ['tls'] : []),
    'send',
    'wait',
    'download',
  ]);
}

describe.each(nodes)('Node $major', (node) => {
  test('A22: an agent that writes CONNECT to the socket, over TLS: TLS in TLS', () =>
    expectTunnel(node, 'https-proxy-agent', 'https', 'https', 'agent'));
  test('a dispatcher of undici, over TLS', () => expectTunnel(node, 'undici6', 'https', 'https', 'dispatcher'));
  test('a whole URL, written by the program', () => expectForward(node, 'plain', 'http', 'option'));
  // Older Nodes do not know the variable.
  if (node.major >= 24) {
    test('NODE_USE_ENV_PROXY: https', () => expectTunnel(node, 'node', 'https', 'https', 'env'));
    test('NODE_USE_ENV_PROXY: http', () => expectForward(node, 'node', 'http', 'env'));
    test('NODE_USE_ENV_PROXY: fetch', () => expectTunnel(node, 'node', 'https', 'http', 'env', ['fetch']));
  }
});

const node = present(nodes.find((n) => n.major === 24) ?? nodes.at(-1), 'a Node');

describe('clients', () => {
  test.each([
    ['https-proxy-agent', 'https', 'http', 'agent'],
    ['hpagent', 'https', 'http', 'agent'],
    ['hpagent', 'http', 'http', 'agent'],
    ['tunnel', 'https', 'http', 'agent'],
    ['axios', 'https', 'http', 'agent'],
    ['undici7', 'https', 'https', 'dispatcher'],
    ['undici7', 'http', 'http', 'dispatcher'],
    ['undici7 env', 'https', 'http', 'env'],
    ['undici8', 'https', 'https', 'dispatcher'],
    ['undici8 fetch', 'https', 'http', 'dispatcher'],
    ['undici8 env', 'https', 'http', 'env'],
  ] as const)('%s, %s origin, %s proxy: tunnel (A22)', (client, scheme, via, by) =>
    expectTunnel(node, client, scheme, via, by),
  );

  test.each([
    ['http-proxy-agent', 'http', 'agent'],
    ['http-proxy-agent', 'https', 'agent'],
    ['axios', 'http', 'option'],
    ['undici7 forward', 'http', 'dispatcher'],
    ['undici8', 'http', 'dispatcher'],
  ] as const)('%s, %s proxy: forward', (client, via, by) => expectForward(node, client, via, by));

  test.each(['http', 'https'] as const)('SOCKS, %s origin', async (scheme) => {
    const { seen, origin, requests, stdout } = await through(node, 'socks-proxy-agent', scheme, 'socks');
    const request = only(requests);
    expect(stdout).toBe('200\n');
    expect(only(proxies.seen).target).toBe(origin.host);
    expect(seen.requests).toHaveLength(1);
    expect(request.proxy).toMatchObject({ kind: 'socks', by: 'agent', mode: 'tunnel' });
    expect(seen.connectionOf(request).tunnel).toMatchObject({ host: origin.hostname, port: Number(origin.port) });
    expect(seen.phaseNames(request)).toContain('proxy');
    expect(seen.dialOf(request)).toMatchObject({ purpose: 'proxy', request: request.id });
  });

  test.each(['undici7', 'node'])('%s: the proxy does not let it through', async (client) => {
    proxies.status = 407;
    const { seen, requests } = await through(node, client, 'https', 'http');
    const request = only(requests);
    const connect = only(seen.requests.filter((r) => r.method === 'CONNECT'));
    expect(connect).toMatchObject({ outcome: 'complete', response: { status: 407 } });
    expect(request).toMatchObject({ outcome: 'failed', error: { phase: 'proxy' }, proxy: { mode: 'tunnel' } });
    expect(seen.phaseNames(request).at(-1)).toBe('proxy');
  });

  test.each([
    ['https-proxy-agent', 407],
    ['https-proxy-agent 5', 502],
  ] as const)(
    '%s: the response of a proxy that refuses is the program’s, and not the origin’s',
    async (client, status) => {
      proxies.status = status;
      for (const node of nodes) {
        proxies.seen.length = 0;
        const { seen, origin, requests, stdout } = await through(node, client, 'https', 'http', ['3']);
        expect(stdout).toBe(`${status}\n`);
        expect(proxies.seen.map((f) => [f.method, f.target])).toEqual(Array(3).fill(['CONNECT', origin.host]));
        const connects = seen.requests.filter((r) => r.method === 'CONNECT');
        expect([connects.length, requests.length]).toEqual([3, 3]);
        // Each has the connection of its own CONNECT: the times differ, and what follows from them.
        expect(new Set(requests.map((r) => r.dial)).size).toBe(3);
        for (const r of requests) {
          expect(r).toMatchObject({
            outcome: 'complete',
            response: { status },
            proxy: { mode: 'tunnel', refusedTunnel: true, url: `${proxies.urls.http.replace('//', '//***@')}/` },
          });
          expect(r).not.toHaveProperty('mocked');
          expect(r).not.toHaveProperty('connection');
          const connect = present(
            connects.find((c) => c.id === seen.dialOf(r).request),
            'its CONNECT',
          );
          expect(connect.responseBeginAt).toBeLessThanOrEqual(present(r.responseBeginAt, 'response'));
          expect(seen.phaseNames(r)).toEqual(['queue', 'tcp', 'proxy', 'download']);
          for (const one of [r, connect])
            expect(verdictOf(one, seen.run.store, 0)).toMatchObject({ rule: 'proxyFailed', fault: 'proxy' });
        }
        const accused = analyse(seen.run.store).filter((f) => f.rule === 'server-errors');
        expect(accused.flatMap((f) => f.subjects).filter((id) => requests.some((r) => r.id === id))).toEqual([]);
      }
    },
  );

  test('a proxy that is not there: the request died in the TCP to the proxy', async () => {
    const env = { ...upstream.environment, CLIENTS };
    const args = ['https-proxy-agent', `${upstream.urls.https}/ok`, 'http://127.0.0.1:9'];
    const run = await runTraced(node, program, { args, env });
    expect(problemsOf(run)).toEqual([]);
    const seen = new Observed(run);
    const request = only(seen.requests.filter((r) => r.method === 'GET'));
    expect(request).toMatchObject({ outcome: 'failed', error: { phase: 'tcp', code: 'ECONNREFUSED', port: 9 } });
    expect(seen.dialOf(request)).toMatchObject({ purpose: 'proxy', port: 9 });
    expect(request.callSite).toMatchObject({ kind: 'user', line: lineOf(program, 'get') - 2 });
  });
});

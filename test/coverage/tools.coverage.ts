/**
 * The table of tools: the same requests under each tool that watches, mocks or redirects requests itself, as the real package,
 * on each Node it supports. Without and with the hook the program prints the same and the server sees the same; each request
 * has the connection that the server saw, or was mocked.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { observe } from '../support/observe';
import { nodes, repository } from '../support/programs/nodes';
import { Proxies } from '../support/servers/proxy';
import { Upstream } from '../support/servers/upstream';
import { withSection } from './section';

const { COVERAGE_ONLY = '', COVERAGE_DATE } = process.env;
const folder = join(import.meta.dirname, 'tools');

/** Tools and the least Node of each, by its `engines` or, for nock 15, by what it loads. */
const tools: Readonly<Record<string, number>> = {
  'dd-trace': 18,
  newrelic: 20,
  '@sentry/node': 20,
  '@opentelemetry/sdk-node': 18,
  'https-proxy-agent': 18,
  'socks-proxy-agent': 18,
  nock13: 18,
  nock14: 18,
  nock15: 22,
  msw: 20,
};
const chosen = Object.entries(tools).filter(([name]) => name.includes(COVERAGE_ONLY));
const env = {
  NODE_NO_WARNINGS: '1',
  DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
  DD_REMOTE_CONFIGURATION_ENABLED: 'false',
  DD_CRASHTRACKING_ENABLED: 'false',
  NEW_RELIC_APP_NAME: 'coverage',
  NEW_RELIC_LICENSE_KEY: '0'.repeat(40),
  NEW_RELIC_HOST: '127.0.0.1',
  NEW_RELIC_PORT: '9',
  NEW_RELIC_LOG_ENABLED: 'false',
  NEW_RELIC_NO_CONFIG_FILE: 'true',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
};

let upstream: Upstream;
let proxies: Proxies;
const held = new Map<string, string>();
beforeAll(async () => {
  upstream = await Upstream.start();
  proxies = await Proxies.start();
});
afterAll(async () => {
  await Promise.all([upstream.close(), proxies.close()]);
  if (COVERAGE_DATE !== undefined) writeTable(COVERAGE_DATE);
});

describe.each(chosen)('%s', (name, min) => {
  test.each(nodes.filter((n) => n.major >= min))('Node $major', async (node) => {
    held.set(`${name} ${node.major}`, '**no**');
    upstream.facts.clear();
    const args = [name, upstream.urls.http, proxies.urls.http, proxies.urls.socks];
    // The connections that the server sees behind a proxy are the proxy's.
    const direct = !name.includes('proxy');
    const seen = await observe(
      node,
      join(folder, 'program.cjs'),
      { args, env, timeoutMs: 60_000 },
      direct ? upstream : undefined,
    );
    const own = seen.requests.filter((r) => r.url?.startsWith(upstream.urls.http) && r.method !== 'CONNECT');
    const real = own.filter((r) => r.mocked !== true);
    const reported = upstream.facts.requests.map((r) => `${r.method} ${r.target}`);
    // Both runs, where nothing cleared it between them.
    expect(real.map((r) => `${r.method} ${r.url?.slice(upstream.urls.http.length)}`).sort()).toEqual(
      (direct ? reported : [...new Set(reported)]).sort(),
    );
    for (const r of real)
      expect(r).toMatchObject({
        connection: expect.any(String),
        ordinal: expect.any(Number),
        bytesReceived: expect.any(Number),
        callSite: { kind: 'user' },
        outcome: 'complete',
      });
    // nock 13 replaces functions of `http`, and requests that these answer never reach Node.
    expect(own.length - real.length).toBe(name === 'msw' || name === 'nock14' || name === 'nock15' ? 1 : 0);
    if (!direct) expect(real.filter((r) => r.proxy !== undefined)).toHaveLength(2);
    held.set(`${name} ${node.major}`, 'yes');
  });
});

function writeTable(date: string): void {
  const rows = Object.keys(tools).map((name) => {
    const file = join(folder, 'node_modules', name, 'package.json');
    const { version, name: real } = JSON.parse(readFileSync(file, 'utf8')) as { version: string; name: string };
    const cells = nodes.map((n) => held.get(`${name} ${n.major}`) ?? '–');
    return `| ${real} | ${version} | ${cells.join(' | ')} |`;
  });
  const page = join(repository, 'docs/coverage.md');
  const head = `| tool | version | ${nodes.map((n) => `Node ${n.version}`).join(' | ')} |\n|---|---|${nodes.map(() => '---|').join('')}`;
  const text = `Written by \`npm run coverage\` on ${date}; do not edit.\n\n${head}\n${rows.join('\n')}`;
  writeFileSync(page, withSection(readFileSync(page, 'utf8'), 'tools', text));
}

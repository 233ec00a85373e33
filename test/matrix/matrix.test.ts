/** Every client on every Node it supports: planned counts, call sites, and the facts of the server. */
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Request } from '../../src/model/records';
import { type Observed, observe } from '../support/observe';
import { nodes } from '../support/programs/nodes';
import { lineOf, type RunOptions } from '../support/programs/program';
import { Upstream } from '../support/servers/upstream';
import { type Client, clients, folder, planOf } from './plan';
import { table } from './table';

let upstream: Upstream;
beforeAll(async () => {
  upstream = await Upstream.start();
});
afterAll(() => upstream.close());

/** Place as written: mapped where code was transformed. */
function siteOf(r: Request): string {
  const at = r.callSite?.source ?? r.callSite;
  return at ? `${basename(at.file)}:${at.line} ${r.callSite?.kind}` : 'none';
}

/** `follow-redirects` and got make the second hop long after the call: it inherits the first one's place. */
function expectedSite(client: Client, mark: string, first: boolean, hop: boolean): string | RegExp {
  if (client.site === 'later' && first) return /\S+:\d+ library$/;
  return `${client.file}:${lineOf(join(folder, client.file), mark)} ${hop ? 'inherited' : 'user'}`;
}

function apiOf(client: Client, mark: string): string {
  if (client.api === 'mixed') return mark === 'status' ? 'fetch' : 'http';
  return client.api;
}

function check(client: Client, seen: Observed): void {
  const plan = planOf(client);
  const targets = seen.requests.map(
    (r) => `${r.method} ${r.url?.replace(/^https?:\/\/[^/]*/, '')} ${r.response?.status}`,
  );
  expect(targets).toEqual(plan.map((p) => `${p.method} ${p.target} ${p.status}`));
  expect(upstream.facts.requests).toHaveLength(plan.length);
  expect(seen.run.trace.counts.requests).toBe(plan.length);

  for (const [i, { mark }] of plan.entries()) {
    const r = seen.request(i);
    const hop = client.follows && i === 4;
    expect(r.api, `api of ${r.url}`).toBe(apiOf(client, mark));
    const site = expectedSite(client, mark, i === 0, hop);
    if (typeof site === 'string') expect(siteOf(r)).toBe(site);
    else expect(siteOf(r)).toMatch(site);
    expect(r).toMatchObject({ outcome: 'complete', protocol: 'http/1.1' });
    expect(r.redirectOf).toBe(hop ? seen.request(3).id : undefined);
    // Whatever the client does with events of the request: the server's 30 ms are waiting, not sending.
    if (mark !== 'parallel') continue;
    const [truth] = upstream.facts.requests.filter((f) => r.url?.endsWith(f.target));
    seen.expectNear(seen.duration(r, 'wait'), (truth?.responseAt ?? 0) - (truth?.headAt ?? 0));
  }
  expect(seen.request(2).response?.readBytes ?? 8).toBe(8);
  // Some ran on a connection that was there (which ones, the server's log has decided): no setup of their own.
  const reused = seen.requests.filter((r) => (r.ordinal ?? 0) > 1);
  expect(reused.length).toBeGreaterThan(0);
  for (const r of reused) {
    expect(seen.phaseNames(r).filter((n) => ['dns', 'tcp', 'tls'].includes(n))).toEqual([]);
    expect(r.idleDuration).toBeDefined();
  }
  const first = seen.phaseNames(seen.request(0));
  expect(first).toEqual(['queue', 'tcp', ...(client.api === 'https' ? ['tls'] : []), 'send', 'wait', 'download']);
  expect(seen.connections.filter((c) => c.kind === 'tcp')).toHaveLength(upstream.facts.connections.length);
}

const supported = (client: Client, major: number) => major >= (client.min ?? 18);
const passed = new Set<string>();

describe.each(nodes)('Node $major', (node) => {
  const own = clients.filter((c) => supported(c, node.major));
  test.each(own)('$file', async (client) => {
    const file = join(folder, client.file);
    const run: [string, RunOptions] = client.file.endsWith('.ts')
      ? [join(folder, 'node_modules/tsx/dist/cli.mjs'), { args: [file], compared: true }]
      : [file, { compared: true }];
    check(client, await observe(node, ...run, upstream));
    passed.add(`${client.file} ${node.major}`);
  });
});

test('the table says what ran', async () => {
  const text = table(nodes, (client, major) =>
    supported(client, major) ? passed.has(`${client.file} ${major}`) : undefined,
  );
  // All versions, or the table would lie. Rewritten by `vitest -u`.
  if (nodes.length === 5) await expect(text).toMatchFileSnapshot('README.md');
});

/**
 * Behaviours beyond the listed cases: what programs do with clients, and what their environment does with programs.
 */

import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Request } from '../../src/model/records';
import { type Observed, observe, only, present } from '../support/observe';
import { closedPort } from '../support/ports';
import { nodes } from '../support/programs/nodes';
import { lineOf } from '../support/programs/program';
import { certificate } from '../support/servers/certificates';
import { Upstream } from '../support/servers/upstream';

const program = (name: string) => join(import.meta.dirname, 'programs', name);
let upstream: Upstream;
beforeAll(async () => {
  upstream = await Upstream.start();
});
afterAll(() => upstream.close());

const status = (r: Request) => r.response?.status;
const total = (seen: Observed, r: Request) => seen.phases(r).reduce((sum, p) => sum + p.duration, 0);

describe.each(nodes)('Node $major', (node) => {
  test('fetch over two redirects: three linked requests of one call', async () => {
    const seen = await observe(node, program('redirects.cjs'), {}, upstream);
    expect(seen.requests.map(status)).toEqual([302, 302, 200]);
    const [first, second, third] = seen.requests as [Request, Request, Request];
    expect([second.redirectOf, third.redirectOf]).toEqual([first.id, second.id]);
    expect(seen.requests.map((r) => r.operation)).toEqual([first.id, first.id, first.id]);
    const line = lineOf(program('redirects.cjs'), 'fetch');
    expect(seen.requests.map((r) => seen.site(r))).toEqual(
      ['user', 'inherited', 'inherited'].map((kind) => `redirects.cjs:${line} ${kind}`),
    );
    expect(new Set(seen.requests.map((r) => r.api))).toEqual(new Set(['fetch']));
  });

  test('the server closes a kept connection: the next request gets a new one', async () => {
    const seen = await observe(node, program('expiry.cjs'), {}, upstream);
    const [first, second] = [seen.request(0), seen.request(1)];
    expect(first.connection).not.toBe(second.connection);
    expect(second.ordinal).toBe(1);
    expect(seen.connectionOf(first).closedBy).toBe('peer');
    expect(seen.connectionOf(first).closedAt).toBeLessThan(second.createdAt ?? Number.NaN);
    expect(seen.phaseNames(second)).toContain('tcp');
  });

  test('a compressed body: what came on the wire and what it decoded to', async () => {
    const seen = await observe(node, program('gzip.cjs'), {}, upstream);
    const [byHttp, byFetch] = [seen.request(0), seen.request(1)];
    const wire = present(byHttp.response?.declaredBytes, 'content-length');
    expect(wire).toBeLessThan(200);
    for (const r of [byHttp, byFetch]) {
      expect(r.response).toMatchObject({ contentEncoding: 'gzip', declaredBytes: wire });
    }
    expect(byHttp.response?.wireBytes).toBe(wire);
    expect(byFetch.response?.wireBytes).toBe(wire);
    expect(byHttp.response?.readBytes).toBe(wire);
    expect(byFetch.response?.bodyBytes).toBe(10_000);
  });

  test('bodies sent in pieces, with and without a length', async () => {
    const seen = await observe(node, program('upload.cjs'), { compared: true }, upstream);
    const truths = upstream.facts.requests.map((f) => f.bodyBytes);
    expect(truths).toEqual([327_680, 1_048_576, 3000]);
    for (const [i, r] of seen.requests.slice(0, 2).entries()) expect(r.body?.bytes).toBe(truths[i]);
    expect(seen.request(2).body?.bytes).toBe(3000);
    expect(seen.request(0).body?.declaredBytes).toBeUndefined();
    expect(seen.request(1).body?.declaredBytes).toBe(1_048_576);
    // Five pieces, 10 ms apart, are sent; only then the server answers.
    expect(seen.duration(seen.request(0), 'send')).toBeGreaterThanOrEqual(40_000 - seen.run.lateness);
    for (const [i, r] of seen.requests.entries()) {
      const fact = present(upstream.facts.requests[i], `request ${i}`);
      // The server may answer while the client still notes that it has sent.
      expect(r.sendEndAt).toBeLessThanOrEqual((fact.responseAt ?? Number.NaN) - seen.run.zero + seen.tolerance);
    }
  });

  test('all addresses of a name refuse: one error with its causes', async () => {
    const port = await closedPort();
    const seen = await observe(node, program('aggregate.cjs'), { env: { UP_CLOSED: String(port) } });
    const request = only(seen.requests);
    expect(request.error).toMatchObject({ phase: 'tcp', code: 'ECONNREFUSED' });
    expect(only(seen.dials).connection).toBeUndefined();
    const addresses = seen.connections.map((c) => c.remote?.address);
    if (node.major === 18) {
      expect(addresses).toEqual(['127.0.0.1']);
      return;
    }
    expect(request.error?.name).toBe('AggregateError');
    expect(request.error?.causes?.map((c) => [c.code, c.address, c.port])).toEqual([
      ['ECONNREFUSED', '127.0.0.1', port],
      ['ECONNREFUSED', '127.0.0.2', port],
    ]);
    expect(addresses).toEqual(['127.0.0.1', '127.0.0.2']);
    expect(seen.connections.map((c) => c.connect?.result)).toEqual(['failed', 'failed']);
  });

  test('fork, spawned Node and cluster worker belong to the trace', async () => {
    const seen = await observe(node, program('family.cjs'), {}, upstream);
    expect(seen.requests.map((r) => r.url?.split('?')[1]).sort()).toEqual(['cluster', 'forked', 'root', 'spawned']);
    expect(new Set(seen.requests.map((r) => r.id)).size).toBe(4);
    const processes = [...seen.run.store.processes.values()];
    const root = present(
      processes.find((p) => p.pid === seen.run.pid),
      'root',
    );
    expect(processes).toHaveLength(4);
    expect(processes.filter((p) => p !== root).map((p) => p.parent)).toEqual([root.id, root.id, root.id]);
    const site = `family.cjs:${lineOf(program('family.cjs'), 'get')} user`;
    expect(seen.requests.map((r) => seen.site(r))).toEqual([site, site, site, site]);
  });

  test('a program started by npm run', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nettrace-npm-'));
    const scripts = { go: `"${node.binary}" "${program('one-get.cjs')}"` };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'x', private: true, scripts }));
    const env = { npm_config_update_notifier: 'false', npm_config_offline: 'true', npm_config_nodedir: '' };
    const { binary } = present(
      nodes.find((n) => n.major >= 20),
      'a Node for npm',
    );
    const npm = join(process.execPath, '../../lib/node_modules/npm/bin/npm-cli.js');
    const seen = await observe(
      { ...node, binary },
      npm,
      { args: ['run', '--silent', 'go'], cwd: folder, env },
      upstream,
    );
    rmSync(folder, { recursive: true });
    const request = only(seen.requests);
    expect(seen.site(request)).toBe(`one-get.cjs:${lineOf(program('one-get.cjs'), 'get')} user`);
    const made = present(seen.run.store.thread(request.thread), 'its thread').process;
    expect(made.runtime?.version).toBe(node.version);
    expect(seen.run.stdout).toContain('200 5');
  });

  test("the user's own NODE_OPTIONS stay in force", async () => {
    const env = { NODE_OPTIONS: `--require "${program('preload.cjs')}" --no-warnings` };
    const seen = await observe(node, program('with-preload.cjs'), { env }, upstream);
    expect(seen.run.stdout).toContain('preloaded by the user');
    only(seen.requests);
  });

  test('a Unix socket: its path, no lookup, no address', async () => {
    const env = upstream.environment;
    const seen = await observe(node, program('unix-socket.cjs'), { env });
    const request = only(seen.requests);
    expect(only(seen.connections)).toMatchObject({ kind: 'unix', path: upstream.socketPath });
    expect(only(seen.dials)).toMatchObject({ path: upstream.socketPath });
    expect(seen.run.store.lookups.size).toBe(0);
    expect(request).toMatchObject({ outcome: 'complete', response: { status: 200 } });
    expect(seen.phaseNames(request)).not.toContain('dns');
  });

  test('requests the program gives up', async () => {
    const seen = await observe(node, program('aborted.cjs'), { compared: true }, upstream);
    expect(seen.requests).toHaveLength(4);
    const [byDestroy, bySignal, byFetch, byTimeout] = seen.requests as [Request, Request, Request, Request];
    for (const r of [byDestroy, bySignal, byFetch]) expect(r.outcome).toBe('aborted');
    // An error of the program's own is reported as such.
    expect(['aborted', 'failed']).toContain(byTimeout.outcome);
    for (const r of seen.requests) {
      expect(r.response).toBeUndefined();
      expect(seen.phaseNames(r).at(-1)).toBe('wait');
      expect(total(seen, r)).toBeGreaterThanOrEqual(595_000 - seen.run.lateness);
    }
  });

  test('responses that nobody reads', async () => {
    const seen = await observe(node, program('unread.cjs'), {}, upstream);
    for (const r of seen.requests) {
      expect(r.outcome).toBe('notRead');
      expect(status(r)).toBe(200);
      expect(seen.phaseNames(r).at(-1)).toBe('wait');
      expect(r.response?.readBytes ?? 0).toBe(0);
    }
    expect(seen.requests).toHaveLength(2);
  });

  test('TLS: chain, cipher, server name, resumption, and a check that was switched off', async () => {
    const seen = await observe(node, program('tls.cjs'), {}, upstream);
    const [full, resumed, unchecked] = seen.requests.map((r) =>
      present(seen.run.store.tunnelsOf(r.connection ?? '')[0], `tunnel of ${r.url}`),
    );
    expect(full).toMatchObject({ version: 'TLSv1.3', serverName: 'nettrace.test', resumed: false, purpose: 'origin' });
    expect([4865, 4866, 4867]).toContain(full?.cipher?.number);
    expect(full?.verification).toMatchObject({ authorized: true });
    expect(resumed?.resumed).toBe(true);
    expect(unchecked?.verification).toMatchObject({ checked: false, authorized: false, error: 'CERT_HAS_EXPIRED' });
    expect(unchecked?.error).toBeUndefined();
    expect(seen.requests.map((r) => r.outcome)).toEqual(['complete', 'complete', 'complete']);
    expect(seen.phaseNames(seen.request(0))).toEqual(['queue', 'tcp', 'tls', 'send', 'wait', 'download']);
    // Leaf and intermediate as the server sent them; the root may follow, from the program's own store.
    const sent =
      certificate('server')
        .cert.toString()
        .match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
    const prints = sent.map((pem) => new X509Certificate(pem).fingerprint256);
    expect(full?.peerCertificates?.slice(0, 2)).toEqual(prints);
    expect(seen.run.store.certificates.get(prints[0] ?? '')).toMatchObject({
      isCA: false,
      keyType: 'ec',
      keyBits: 256,
    });
    expect(seen.run.store.certificates.get(prints[1] ?? '')).toMatchObject({ isCA: true });
  });

  test('100 requests at 20 a time: statuses and counts equal the log', async () => {
    const seen = await observe(node, program('many.cjs'), {}, upstream);
    expect(seen.requests).toHaveLength(101);
    expect(seen.run.trace.counts.requests).toBe(101);
    const ours = seen.requests.map((r) => `${r.url?.replace(/^http:\/\/[^/]*/, '')} ${status(r)}`).sort();
    expect(ours).toEqual(upstream.facts.requests.map((f) => `${f.target} ${f.status}`).sort());
    const last = seen.request(100);
    const lookup = present(seen.run.store.lookups.get(seen.dialOf(last).lookup ?? ''), 'lookup of localhost');
    expect(lookup.hostname).toBe('localhost');
    expect(lookup.addresses?.map((a) => a.address)).toContain('127.0.0.1');
    expect(seen.phaseNames(last)).toEqual(['queue', 'dns', 'tcp', 'send', 'wait', 'download']);
  });

  test('a local address that the program chose', async () => {
    const seen = await observe(node, program('local-address.cjs'), {}, upstream);
    expect(only(seen.dials).localAddress).toBe('127.0.0.5');
    expect(only(seen.connections).local?.address).toBe('127.0.0.5');
  });
});

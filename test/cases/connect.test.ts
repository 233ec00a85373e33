/** A01 A03 A07 A08 A10: lookup, dial, TCP and TLS, when they work and when they fail. */
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { observe, only, present } from '../support/observe';
import { closedPort } from '../support/ports';
import { stage, whyNoNamespace } from '../support/programs/namespace';
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

const noNamespace = whyNoNamespace(false);
const noFilter = whyNoNamespace(true);
if (noNamespace) console.warn(`A03 is skipped: ${noNamespace}`);
if (noFilter) console.warn(`A07 is skipped: ${noFilter}`);

describe.each(nodes)('Node $major', (node) => {
  test('A01: one request to an address literal', async () => {
    const seen = await observe(node, program('one-get.cjs'), {}, upstream);
    const request = only(seen.requests);
    const connection = only(seen.connections);
    const truth = only(upstream.facts.connections);
    expect(only(seen.dials).request).toBe(request.id);
    expect(seen.run.store.lookups.size).toBe(0);
    expect(seen.tunnels).toEqual([]);
    expect(seen.phaseNames(request)).toEqual(['queue', 'tcp', 'send', 'wait', 'download']);
    expect(connection.connect?.result).toBe('connected');
    expect([connection.bytesSent, connection.bytesReceived]).toEqual([truth.bytesIn, truth.bytesOut]);
    expect([request.bytesSent, request.bytesReceived]).toEqual([truth.bytesIn, truth.bytesOut]);
    expect(request).toMatchObject({
      api: 'http',
      method: 'GET',
      ordinal: 1,
      outcome: 'complete',
      protocol: 'http/1.1',
    });
    expect(request.response).toMatchObject({ status: 200, declaredBytes: 5 });
    expect(seen.site(request)).toBe(`one-get.cjs:${lineOf(program('one-get.cjs'), 'get')} user`);
    expect(connection.closedAt).toBeDefined();
    // The server's own instants are within those of the trace.
    const fact = only(upstream.facts.requests);
    expect(request.sendBeginAt).toBeLessThanOrEqual(fact.headAt - seen.run.zero);
    expect(request.responseBeginAt).toBeGreaterThanOrEqual((fact.responseAt ?? Number.NaN) - seen.run.zero);
  });

  test.skipIf(noNamespace)('A03: a name that does not exist', async () => {
    const { wrap, facts } = stage({});
    const seen = await observe(node, program('unknown-name.cjs'), { wrap });
    expect(facts().names).toContain('nosuch.invalid');
    const request = only(seen.requests);
    expect(request.outcome).toBe('failed');
    expect(request.error).toMatchObject({
      phase: 'dns',
      code: 'ENOTFOUND',
      syscall: 'getaddrinfo',
      hostname: 'nosuch.invalid',
    });
    expect(seen.phaseNames(request)).toEqual(['queue', 'dns']);
    expect(seen.connections).toEqual([]);
    const dial = only(seen.dials);
    expect(dial).toMatchObject({ host: 'nosuch.invalid', error: { code: 'ENOTFOUND' } });
    expect(dial.connection).toBeUndefined();
    const lookup = only([...seen.run.store.lookups.values()]);
    expect(lookup).toMatchObject({ dial: dial.id, hostname: 'nosuch.invalid', error: { code: 'ENOTFOUND' } });
    expect(seen.site(request)).toBe(`unknown-name.cjs:${lineOf(program('unknown-name.cjs'), 'get')} user`);
  });

  test.skipIf(noFilter)('A07: ::1 drops everything, 127.0.0.1 answers', async () => {
    const { wrap, facts } = stage({
      hosts: '::1 both.test\n127.0.0.1 both.test\n',
      filter: [
        ['add', 'table', 'inet', 't'],
        ['add', 'chain', 'inet', 't', 'in', '{ type filter hook input priority 0; }'],
        ['add', 'rule', 'inet', 't', 'in', 'ip6', 'daddr', '::1', 'tcp', 'dport', '1-65535', 'counter', 'drop'],
      ],
    });
    const seen = await observe(node, program('two-families.cjs'), { wrap, compared: true });
    const request = only(seen.requests);
    expect(only([...seen.run.store.lookups.values()]).addresses?.[0]).toMatchObject({ address: '::1', family: 6 });
    expect(facts().filter).toMatch(/packets [1-9]/);
    if (node.major === 18) {
      // Without Happy Eyeballs: one attempt, still hanging when the program gave up.
      const attempt = only(seen.connections);
      expect(attempt.remote?.address).toBe('::1');
      expect(attempt.connect?.result).not.toBe('connected');
      expect(request.outcome).toBe('aborted');
      expect(request.response).toBeUndefined();
      expect(seen.phaseNames(request).at(-1)).toBe('tcp');
      return;
    }
    const dial = seen.dialOf(request);
    const [v6, v4] = present(dial.attempts, 'attempts').map((id) => present(seen.run.store.connections.get(id), id));
    expect(v6?.remote?.address).toBe('::1');
    expect(v6?.connect?.result).toBe('timedOut');
    expect(v4?.remote?.address).toBe('127.0.0.1');
    expect(v4?.connect?.result).toBe('connected');
    expect(dial.connection).toBe(v4?.id);
    expect(request.connection).toBe(v4?.id);
    const limit = node.major >= 26 ? 500_000 : 250_000;
    seen.expectNear((v4?.connect?.beginAt ?? 0) - (v6?.connect?.beginAt ?? 0), limit);
    seen.expectNear((v6?.connect?.endAt ?? 0) - (v6?.connect?.beginAt ?? 0), limit);
    seen.expectNear(seen.duration(request, 'tcp'), limit);
    expect(dial.attemptLimit).toBe(limit);
    expect(only(facts().requests)).toMatchObject({ to: '127.0.0.1', remotePort: v4?.local?.port });
  });

  test('A08: a port where nothing listens', async () => {
    const port = await closedPort();
    const seen = await observe(node, program('refused.cjs'), { env: { UP_CLOSED: String(port) } });
    const request = only(seen.requests);
    expect(request.outcome).toBe('failed');
    expect(request.error).toMatchObject({
      phase: 'tcp',
      code: 'ECONNREFUSED',
      syscall: 'connect',
      address: '127.0.0.1',
      port,
    });
    expect(request.response).toBeUndefined();
    expect(request.responseBeginAt).toBeUndefined();
    const attempt = only(seen.connections);
    expect(attempt).toMatchObject({ remote: { address: '127.0.0.1', port }, connect: { result: 'failed' } });
    expect(attempt.connect?.error).toMatchObject({ code: 'ECONNREFUSED', address: '127.0.0.1', port });
    expect(only(seen.dials).connection).toBeUndefined();
    expect(seen.phaseNames(request)).toEqual(['queue', 'tcp']);
  });

  test('A10: an expired certificate', async () => {
    const seen = await observe(node, program('expired.cjs'), {}, upstream);
    const request = only(seen.requests);
    const connection = only(seen.connections);
    const tunnel = only(seen.tunnels);
    expect(connection.connect?.result).toBe('connected');
    expect(tunnel.connection).toBe(connection.id);
    expect(tunnel.error?.code).toBe('CERT_HAS_EXPIRED');
    expect(tunnel.verification).toMatchObject({ authorized: false, error: 'CERT_HAS_EXPIRED' });
    expect(request.outcome).toBe('failed');
    expect(request.error).toMatchObject({ phase: 'tls', code: 'CERT_HAS_EXPIRED' });
    expect(request.response).toBeUndefined();
    expect(seen.phaseNames(request)).toEqual(['queue', 'tcp', 'tls']);
    const first = seen.run.store.certificates.get(tunnel.peerCertificates?.[0] ?? '');
    const truth = new X509Certificate(certificate('expired').cert);
    expect(first?.fingerprint256).toBe(truth.fingerprint256);
    expect(Date.parse(first?.notAfter ?? '')).toBe(Date.parse(truth.validTo));
    expect(Date.parse(first?.notAfter ?? '')).toBeLessThan(Date.now());
    expect(upstream.facts.requests).toEqual([]);
    expect(connection.bytesReceived).toBe(only(upstream.facts.connections).bytesOut);
  });
});

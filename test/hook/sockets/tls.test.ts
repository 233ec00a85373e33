/** TLS: chains, verification, failures, resumption, own certificates, staples; secrets only when asked. */
import { execFile, execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TlsTunnel } from '../../../src/model/records';
import { problemsOf, visible } from '../../support/check';
import { only, present } from '../../support/observe';
import { nodes } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { runTraced, type TracedRun } from '../../support/programs/run';
import { certificate } from '../../support/servers/certificates';

const program = join(import.meta.dirname, '../programs/tls.cjs');
const folder = join(import.meta.dirname, '../../support/servers/certificates');
const root = readFileSync(certificate.root);
const server = certificate('server');
/** Leaf, intermediate and root, as the server sends them. */
const chain = Buffer.concat([server.cert, root]);
const truth = chain
  .toString()
  .split(/(?<=-----END CERTIFICATE-----\n)/)
  .map((pem) => new X509Certificate(pem));

/** Acts that print what differs when we are noticed. */
const compared = new Set(['unknown', 'alert', 'own']);
const closers: (() => void)[] = [];
const env: Record<string, string> = {};
/** Of servers that send so many certificates, and ask for one or not. */
const ports: Record<string, number> = {};
const chainFile = join(mkdtempSync(join(tmpdir(), 'nettrace-tls-')), 'chain.pem');

const listen = (options: TlsOptions): Promise<number> => {
  const s = createTlsServer({ ...server, cert: chain, ...options }, (socket) => {
    socket.on('error', () => undefined);
    socket.end('hello');
  });
  s.on('tlsClientError', () => undefined);
  s.on('OCSPRequest', (_c, _i, answer) => answer(null, Buffer.from('3003', 'hex')));
  closers.push(() => s.close());
  return new Promise((done) => s.listen(0, '127.0.0.1', () => done((s.address() as { port: number }).port)));
};

const raw = (answer?: string): Promise<number> => {
  const s = createServer((socket) => {
    socket.on('error', () => undefined);
    if (answer) socket.write(answer);
  });
  closers.push(() => s.close());
  return new Promise((done) => s.listen(0, '127.0.0.1', () => done((s.address() as { port: number }).port)));
};

beforeAll(async () => {
  Object.assign(env, {
    TLS_CA: certificate.root,
    TLS_KEY: join(folder, 'server.key'),
    TLS_CERT: join(folder, 'server.pem'),
    TLS_PORT: String(await listen({ minVersion: 'TLSv1.3' })),
    TLS_MUTUAL: String(await listen({ requestCert: true, ca: root, ALPNProtocols: ['own/1'], minVersion: 'TLSv1.3' })),
    TLS_STRICT: String(await listen({ requestCert: true, rejectUnauthorized: true, ca: root, minVersion: 'TLSv1.3' })),
    TLS_SILENT: String(await raw()),
    TLS_GARBAGE: String(await raw('SSH-2.0-no such thing\r\n')),
  });
  writeFileSync(chainFile, chain);
  const pieces = truth.map(String);
  for (const n of [1, 2, 3]) {
    for (const asks of [false, true]) {
      const cert = pieces.slice(0, n).join('');
      ports[`${n} ${asks}`] = await listen({ cert, requestCert: asks, rejectUnauthorized: false, ca: root });
    }
    const asked = ['s_client', '-connect', `127.0.0.1:${ports[`${n} false`]}`, '-showcerts'];
    const shown = await new Promise<string>((done) => {
      execFile('openssl', asked, (_error, stdout) => done(stdout)).stdin?.end();
    });
    expect(shown.match(/BEGIN CERTIFICATE/g)).toHaveLength(n);
  }
});
afterAll(() => {
  for (const close of closers) close();
});

describe.each(nodes)('Node $major', (node) => {
  const traced = async (act: string, more: Record<string, string> = {}, conf = {}): Promise<TracedRun> => {
    const options = { args: [act], env: { ...env, ...more } };
    const run = await runTraced(node, program, { ...options, conf });
    if (compared.has(act)) expect(visible(run)).toEqual(visible(await runPlain(node, program, options)));
    expect(run.stderr).toBe('');
    expect(problemsOf(run)).toEqual([]);
    return run;
  };
  const tunnelsOf = (run: TracedRun): TlsTunnel[] => run.trace.tlsTunnels;
  const chainOf = (run: TracedRun, t: TlsTunnel | undefined) =>
    present(t?.peerCertificates, 'chain').map((f) => present(run.store.certificates.get(f), f));

  test('a chain in the order sent, equal to what openssl reads; verified or not', async () => {
    const run = await traced('unknown');
    const [refused, accepted] = tunnelsOf(run);
    expect(refused?.error?.code).toBe('SELF_SIGNED_CERT_IN_CHAIN');
    expect(refused?.verification).toEqual({ checked: true, authorized: false, error: 'SELF_SIGNED_CERT_IN_CHAIN' });
    expect(accepted?.error).toBeUndefined();
    expect(accepted?.verification).toEqual({ checked: false, authorized: false, error: 'SELF_SIGNED_CERT_IN_CHAIN' });
    for (const t of [refused, accepted]) expect(t?.peerCertificates).toEqual(truth.map((c) => c.fingerprint256));
    for (const [i, c] of chainOf(run, refused).entries()) {
      const real = present(truth[i], 'certificate');
      const read = execFileSync('openssl', ['x509', '-noout', '-fingerprint', '-sha256', '-subject', '-issuer'], {
        input: real.toString(),
        encoding: 'utf8',
      });
      expect(read).toContain(c.fingerprint256);
      const names = [...read.matchAll(/CN ?= ?(.*)/g)].map((m) => `CN=${m[1]}`);
      expect([c.subject, c.issuer]).toEqual(names);
      expect([c.serialNumber, c.isCA, c.keyType, c.keyBits]).toEqual([real.serialNumber, real.ca, 'ec', 256]);
      expect([Date.parse(c.notBefore ?? ''), Date.parse(c.notAfter ?? '')]).toEqual([
        Date.parse(real.validFrom),
        Date.parse(real.validTo),
      ]);
      expect(c.subjectAltNames?.join(', ')).toBe(real.subjectAltName);
    }
  });

  test('only what was sent counts, though the store knows the rest', async () => {
    const chains = [1, 2, 3].flatMap((n) =>
      ['TLSv1.2', 'TLSv1.3'].flatMap((v) => [false, true].map((asks) => ({ n, v, asks }))),
    );
    const TLS_CHAINS = JSON.stringify(chains.map(({ n, v, asks }) => [v, ports[`${n} ${asks}`]]));
    const run = await traced('chains', { TLS_CHAINS, TLS_CHAIN: chainFile });
    expect(tunnelsOf(run).map((t) => [t.version, t.peerCertificates?.length, t.missing])).toEqual(
      chains.map(({ n, v, asks }) =>
        // The names in a server's own question may be of any length.
        n === 3 && asks ? [v, 2, { peerCertificates: 'rootNotTold' }] : [v, n, undefined],
      ),
    );
  });

  test('refused after the handshake: the alert is the error of the connection', async () => {
    const run = await traced('refused', { TLS_PORT: present(env.TLS_STRICT, 'port') });
    expect(run.stdout).toBe('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED\n');
    const c = only(run.trace.connections);
    expect(c).toMatchObject({ closedBy: 'peer', error: { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' } });
    expect(only(tunnelsOf(run)).error).toBeUndefined();
  });

  test('a name that the certificate does not have', async () => {
    const t = only(tunnelsOf(await traced('name')));
    expect(t.verification).toEqual({ checked: true, authorized: false, error: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(t.error?.code).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(t).toMatchObject({
      serverName: 'other.test',
      version: 'TLSv1.3',
      peerCertificates: [{}, {}, {}].map(() => expect.any(String)),
    });
  });

  test('handshakes that fail: an alert, no TLS at all, no answer', async () => {
    const alert = await traced('alert');
    expect(only(tunnelsOf(alert)).error).toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', phase: 'tls' });
    expect(only(tunnelsOf(alert)).cipher).toBeUndefined();
    const garbage = await traced('garbage');
    expect(garbage.stdout).toBe('true\n');
    expect(only(tunnelsOf(garbage)).error?.code).toMatch(/^ERR_SSL/);
    const silent = await traced('silent');
    const t = only(tunnelsOf(silent));
    expect([t.error, t.version]).toEqual([undefined, undefined]);
    const c = only(silent.trace.connections);
    expect(c).toMatchObject({ closedBy: 'timeout', connect: { result: 'connected' } });
    expect((c.closedAt ?? Number.NaN) - (t.beginAt ?? Number.NaN)).toBeGreaterThan(70_000);
  });

  test('the own certificate, when the server asks for one; the protocol agreed', async () => {
    const run = await traced('mutual', { TLS_PORT: present(env.TLS_MUTUAL, 'port') });
    const t = only(tunnelsOf(run));
    expect(t).toMatchObject({ alpn: 'own/1', alpnOffered: ['own/1', 'http/1.1'] });
    const own = present(run.store.certificates.get(t.clientCertificate ?? ''), 'own certificate');
    expect(own.fingerprint256).toBe(new X509Certificate(server.cert).fingerprint256);
    expect(JSON.stringify(run.lines)).not.toContain('PRIVATE');
    expect(only(tunnelsOf(await traced('mutual'))).clientCertificate).toBeUndefined();
  });

  test('an OCSP staple, when it was asked for', async () => {
    expect(only(tunnelsOf(await traced('ocsp'))).ocspStapled).toBe(true);
    expect(only(tunnelsOf(await traced('name'))).ocspStapled).toBeUndefined();
  });

  test('a socket that begins in the clear', async () => {
    const run = await traced('start');
    const t = only(tunnelsOf(run));
    const c = only(run.trace.connections);
    expect(t).toMatchObject({
      connection: c.id,
      serverName: 'localhost',
      version: 'TLSv1.3',
      verification: { authorized: true },
    });
    expect(c.bytesReceived).toBeGreaterThan(2000);
    expect(c.closedAt).toBeDefined();
  });

  test('secrets only when asked, and without a listener', async () => {
    for (const conf of [{}, { keys: true, sockets: true }]) {
      const run = await traced('own', {}, conf);
      expect(only(tunnelsOf(run)).keysLogged).toBe('keys' in conf ? true : undefined);
      expect(JSON.stringify(run.lines)).not.toMatch(/TRAFFIC_SECRET|CLIENT_RANDOM/);
    }
  });
});

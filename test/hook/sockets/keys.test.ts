/**
 * The key log: a capture of what the traced programs sent is read with it; its files are the owner's alone, and go.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TraceSession } from '../../../src/session/session';
import { until } from '../../support/clock';
import { nodes } from '../../support/programs/nodes';
import { cleanEnvironment, runCommand } from '../../support/programs/program';
import { hookFile } from '../../support/programs/run';
import { certificate } from '../../support/servers/certificates';

const program = join(import.meta.dirname, '../programs/tls.cjs');
const missing = ['tcpdump', 'tshark'].filter((tool) => spawnSync(tool, ['--version']).status !== 0);
const why =
  missing.length > 0
    ? `needs ${missing.join(' and ')} (Debian packages of these names)`
    : process.getuid?.() !== 0
      ? 'needs root, to capture'
      : undefined;
if (why) console.warn(`decrypting with the key log is skipped: ${why}`);

const server = createServer(certificate('server'), (_, answer) => answer.end('hello'));
const scratch = mkdtempSync(join(tmpdir(), 'nettrace-keys-'));
let port = 0;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
  rmSync(scratch, { recursive: true });
});

const versions = ['TLSv1.2', 'TLSv1.3'];

async function runAll(session: TraceSession): Promise<void> {
  for (const node of nodes) {
    for (const version of versions) {
      const base = { ...cleanEnvironment(), TLS_PORT: String(port), TLS_CA: certificate.root, TLS_MAX: version };
      const env = { ...base, TLS_PATH: `/secret-${node.major}-${version}`, ...session.environment(base) };
      const ending = await runCommand([node.binary, program, 'request'], {}, env);
      expect([ending.stderr, ending.code]).toEqual(['', 0]);
    }
  }
  await session.poll();
}

const paths = () => nodes.flatMap((node) => versions.map((version) => `/secret-${node.major}-${version}`)).sort();
const keyFiles = (session: TraceSession) => readdirSync(session.spoolFolder).filter((f) => f.endsWith('.keys'));

test.skipIf(why)('a capture is decrypted with it', async () => {
  const session = await TraceSession.create({ hookFile, keys: true });
  const capture = join(scratch, 'capture.pcap');
  const tcpdump = spawn('tcpdump', ['-i', 'lo', '-U', '--immediate-mode', '-w', capture, `tcp port ${port}`]);
  try {
    let said = '';
    tcpdump.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    await until('tcpdump', () => said.includes('listening on'));
    await runAll(session);
    const uris = () => {
      const keys = join(scratch, 'keys');
      writeFileSync(keys, session.keyLog(), { mode: 0o600 });
      const options = ['-o', `tls.keylog_file:${keys}`, '-d', `tcp.port==${port},tls`, '-o', `http.tls.port:${port}`];
      const fields = ['-Y', 'http.request', '-T', 'fields', '-e', 'http.request.uri'];
      return spawnSync('tshark', ['-r', capture, ...options, ...fields], { encoding: 'utf8' }).stdout.trim();
    };
    await until('all packets', () => uris().split('\n').length === paths().length, 20_000);
    expect(uris().split('\n').sort()).toEqual(paths());
    const files = keyFiles(session);
    expect(files).toHaveLength(paths().length);
    for (const f of files) expect(statSync(join(session.spoolFolder, f)).mode & 0o777).toBe(0o600);
    expect(new Set(session.document().tlsTunnels.map((t) => t.keysLogged))).toEqual(new Set([true]));
    expect(JSON.stringify(session.document())).not.toMatch(/CLIENT_RANDOM|TRAFFIC_SECRET/);
    session.deleteKeyLog();
    expect([keyFiles(session), session.keyLog()]).toEqual([[], '']);
  } finally {
    tcpdump.kill();
    await session.dispose();
  }
});

test('no secret is kept when nobody asks', async () => {
  const session = await TraceSession.create({ hookFile });
  try {
    await runAll(session);
    expect(session.document().requests).toHaveLength(paths().length);
    expect([keyFiles(session), session.keyLog()]).toEqual([[], '']);
  } finally {
    await session.dispose();
  }
});

/** `nettrace run --otlp` and `-o FILE.otlp.json`: what a receiver gets, and what a bad one does to the program. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { otlpErrors, plain, resourcesIn, spansIn } from '../../../src/formats/testing/otlp';
import type { Trace } from '../../../src/model/records';
import { scratch } from '../../../src/session/testing/scratch';
import { certificate } from '../../support/servers/certificates';
import { Nettrace, programs, requests } from '../testing/nettrace';
import { type Behaviour, Receiver } from './receiver';

const nettrace = new Nettrace();
const node = process.execPath;
const started: Receiver[] = [];

async function receiver(behave?: (n: number) => Behaviour): Promise<Receiver> {
  const one = await new Receiver(behave).start();
  started.push(one);
  return one;
}

afterEach(async () => {
  for (const one of started.splice(0)) await one.stop();
});

/** The last line of a run with `--json`. */
const summaryIn = (stderr: string) => JSON.parse(stderr.trim().split('\n').at(-1) ?? '');

describe('what a receiver gets', () => {
  test.each([
    ['http/protobuf', 'gzip', 'application/x-protobuf'],
    ['http/protobuf', 'none', 'application/x-protobuf'],
    ['http/json', 'gzip', 'application/json'],
  ])('by %s with %s is what the native file has', async (protocol, compression, type) => {
    const to = await receiver();
    const [file, otlp] = ['a.nettrace.json', 'a.otlp.json'].map((name) => join(scratch(), name)) as [string, string];
    const options = ['--otlp', to.url, '--otlp-protocol', protocol, '--otlp-compression', compression];
    const header = ['--otlp-header', 'authorization=Bearer planted-header'];
    const result = await nettrace.run([
      'run',
      ...options,
      ...header,
      '-o',
      file,
      '-o',
      otlp,
      '--',
      node,
      requests,
      '3',
    ]);
    expect(result).toMatchObject({ code: 0, stdout: 'served 3\n' });
    expect(result.stderr).toContain(`nettrace: sent 12 spans to ${to.url}/v1/traces\n`);
    expect(result.stderr).not.toContain('planted-header');

    for (const { headers, path } of to.accepted) {
      expect(path).toBe('/v1/traces');
      expect(headers).toMatchObject({ 'content-type': type, authorization: 'Bearer planted-header' });
      expect(headers['content-encoding']).toBe(compression === 'gzip' ? 'gzip' : undefined);
    }
    const trace = JSON.parse(readFileSync(file, 'utf8')) as Trace;
    const begin = Date.parse(`${trace.beginTime.slice(0, 19)}Z`);
    const micros = BigInt(trace.beginTime.slice(20, 26));
    const nsOf = (us: number) => String(BigInt(begin) * 1_000_000n + (micros + BigInt(us)) * 1000n);
    const clients = to.spans.filter((s) => s.kind === 3);
    expect(clients).toHaveLength(3);
    for (const r of trace.requests) {
      const span = clients.find((s) => plain(s.attributes)['nettrace.record.id'] === r.id);
      expect(span).toMatchObject({
        name: r.method,
        startTimeUnixNano: nsOf(r.createdAt as number),
        endTimeUnixNano: nsOf(r.endAt as number),
      });
      const connection = trace.connections.find((c) => c.id === r.connection);
      expect(plain(span?.attributes ?? [])).toMatchObject({
        'http.request.method': r.method,
        'url.full': r.url,
        'http.response.status_code': r.response?.status,
        'network.protocol.version': '1.1',
        'network.peer.address': connection?.remote?.address,
        'network.peer.port': connection?.remote?.port,
        'code.file.path': requests,
        'code.line.number': r.callSite?.line,
      });
      expect(plain(span?.attributes ?? [])['url.full']).toMatch(/\?token=\*\*\*$/);
    }
    // The file has the same spans, under the same ids.
    const text = readFileSync(otlp, 'utf8');
    expect(otlpErrors(text)).toEqual([]);
    const idsOf = (spans: { traceId: string; spanId: string }[]) => spans.map((s) => s.traceId + s.spanId).sort();
    expect(idsOf(to.spans)).toEqual(idsOf(spansIn(text)));
    expect(resourcesIn(text)).toEqual(
      to.accepted.flatMap((a) => a.resources.map((r) => plain(r.attributes))).slice(0, 1),
    );
    expect(text).not.toContain('planted-secret');
  });

  test.each([
    ['values', { traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16) }],
    ['lengths', {}],
  ])(
    'at header level %s belongs to the trace of a traceparent only if its value was recorded',
    async (level, expected) => {
      const to = await receiver();
      const program = `
      const http = require('node:http');
      const traceparent = '00-${'a'.repeat(32)}-${'b'.repeat(16)}-01';
      const server = http.createServer((_, r) => r.end()).listen(0, '127.0.0.1', () => {
        const { port } = server.address();
        http.get({ host: '127.0.0.1', port, agent: false, headers: { traceparent } }, (r) => r.resume().on('end', () => server.close()));
      });
    `;
      await nettrace.run(['run', '--otlp', to.url, '--headers', level, '--', node, '-e', program]);
      const [span, ...others] = to.spans.filter((s) => s.kind === 3);
      expect(others).toEqual([]);
      expect(span).toMatchObject({ name: 'GET', ...expected });
      // The spans below it are in the same trace.
      expect(new Set(to.spans.map((s) => s.traceId)).size).toBe(1);
      if (level !== 'values') expect(span?.parentSpanId ?? '').toBe('');
    },
  );

  test('comes over TLS, where its authority is trusted', async () => {
    const to = await new Receiver(undefined, certificate('server')).start();
    started.push(to);
    const args = ['run', '--quiet', '--otlp', to.url, '--', node, requests, '1'];
    const stranger = await nettrace.run(args);
    expect(stranger).toMatchObject({ code: 0, stdout: 'served 1\n' });
    expect(stranger.stderr).toMatch(/sent 0 of 4 spans .*certificate/);
    expect(to.did).toEqual([]);
    const env = { NODE_EXTRA_CA_CERTS: certificate.root };
    expect(await nettrace.run(args, { env })).toMatchObject({ code: 0, stderr: '' });
    expect(to.spans).toHaveLength(4);
  });

  test('comes while the program runs', async () => {
    const to = await receiver();
    const result = await nettrace.run(['run', '--quiet', '--otlp', to.url, '--', node, join(programs, 'waits.cjs')], {
      on: ['ready', (child) => setTimeout(() => child.kill('SIGTERM'), 100)],
    });
    // It makes no request: nothing is sent, and nothing is said.
    expect(result).toMatchObject({ code: 5, stderr: '' });
    expect(to.did).toEqual([]);

    const program = `
      const http = require('node:http');
      const get = (path, then) => http.get({ host: '127.0.0.1', port: server.address().port, path, agent: false }, (r) => r.resume().on('end', then));
      const server = http.createServer((_, r) => r.end()).listen(0, '127.0.0.1', () => get('/first', () => console.log('first')));
      process.stdin.once('data', () => get('/second', () => process.exit()));
    `;
    let atFirst = 0;
    const late = await nettrace.run(['run', '--json', '--otlp', to.url, '--', node, '-e', program], {
      isInputOpen: true,
      on: [
        'first',
        async (child) => {
          while (to.spans.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
          atFirst = to.spans.filter((s) => s.kind === 3).length;
          child.stdin?.end('go');
        },
      ],
    });
    expect(atFirst).toBe(1);
    expect(late.code).toBe(0);
    expect(summaryIn(late.stderr).otlp).toMatchObject({ spans: 8, delivered: 8 });
    const clients = to.spans.filter((s) => s.kind === 3).map((s) => String(plain(s.attributes)['url.full']));
    expect(clients.map((url) => new URL(url).pathname)).toEqual(['/first', '/second']);
  });
});

describe('a receiver that', () => {
  test.each<[string, (n: number) => Behaviour, RegExp]>([
    ['stalls', () => 'stall', /12 failed \((?:no answer in time|Request timed out)\)/],
    ['refuses', () => 'refuse', /12 failed \(HTTP 400 Bad Request\)/],
    [
      'asks to come later, always',
      () => 'later',
      /12 failed \((?:the endpoint asked to try again later|no answer in time)\)/,
    ],
    ['cuts the connection', () => 'cut', /12 failed \(/],
  ])('%s changes nothing for the program, and that is said in one line', async (_, behave, message) => {
    const to = await receiver(behave);
    const args = ['run', '--quiet', '--otlp', `${to.url}/custom?key=planted-key`, '--', node, requests, '3'];
    const result = await nettrace.run(args);
    expect(result).toMatchObject({ code: 0, stdout: 'served 3\n' });
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect(result.stderr).toContain(`nettrace: sent 0 of 12 spans to ${to.url}/custom?key=***: `);
    expect(result.stderr).toMatch(message);
    expect(to.did.length).toBeGreaterThan(0);
    expect(nettrace.spools()).toEqual([]);
  });

  test('is not there: the exit code is the program’s, and --json says what was lost', async () => {
    const gone = await receiver();
    await gone.stop();
    const result = await nettrace.run(['run', '--json', '--otlp', gone.url, '--', node, '-e', failing]);
    expect(result.code).toBe(7);
    const { otlp } = summaryIn(result.stderr);
    expect(otlp).toMatchObject({ endpoint: `${gone.url}/v1/traces`, delivered: 0, failed: otlp.spans, dropped: 0 });
    expect(otlp.error).toContain('ECONNREFUSED');
    expect(otlp.spans).toBeGreaterThan(0);
  });

  test('asks to come later once, and restarts, gets all in the end', async () => {
    const to = await receiver((n) => (n === 0 ? 'later' : n === 1 ? 'cut' : 'take'));
    const result = await nettrace.run(['run', '--json', '--otlp', to.url, '--', node, requests, '2']);
    expect(summaryIn(result.stderr).otlp).toMatchObject({ spans: 8, delivered: 8, failed: 0, dropped: 0 });
    expect(to.did).toEqual(['later', 'cut', 'take']);
    expect(to.spans).toHaveLength(8);
  });
});

/** One request to a port where nobody listens, and an exit code of its own. */
const failing = `
  require('node:http').get('http://127.0.0.1:1/').on('error', () => { process.exitCode = 7; });
`;

test.each([
  ['--otlp', 'collector:4318', 'is not supported'],
  ['--otlp', 'nowhere', 'is not a URL'],
  ['--otlp-header', 'x=planted-header', '--otlp-header needs --otlp URL'],
])('%s %s is an error before the program starts', async (option, value, message) => {
  const result = await nettrace.run(['run', option, value, '--', node, '-e', 'console.log(1)']);
  expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
  expect(result.stderr).not.toContain('planted');
});

test('variables of OpenTelemetry start no export, and change none', async () => {
  const [other, to] = [await receiver(), await receiver()];
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: other.url,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: other.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-env=1',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
    OTEL_SERVICE_NAME: 'env',
  };
  expect(await nettrace.run(['run', '--quiet', '--', node, requests, '1'], { env })).toMatchObject({ code: 0 });
  expect(await nettrace.run(['run', '--otlp', to.url, '--', node, requests, '1'], { env })).toMatchObject({ code: 0 });
  expect(other.did).toEqual([]);
  const [one] = to.accepted;
  expect(one?.headers).toMatchObject({ 'content-encoding': 'gzip' });
  expect(one?.headers).not.toHaveProperty('x-env');
  expect(plain(one?.resources[0]?.attributes ?? [])['service.name']).toBe('requests.cjs');
});

test('a summary names a file that can be opened for what it has no room for', async () => {
  const [otlp, har] = ['a.otlp.json', 'b.har'].map((name) => join(scratch(), name)) as [string, string];
  const args = ['run', '--rows', '1', '-o', otlp, '-o', har, '--', node, requests, '3'];
  expect((await nettrace.run(args)).stderr).toContain(`nettrace show ${har}`);
  const alone = await nettrace.run(['run', '--rows', '1', '-o', otlp, '--', node, requests, '3']);
  expect(alone.stderr).toContain('--rows all lists them');
  expect(alone.stderr).not.toContain('nettrace show');
});

test('convert writes what cannot be read back, and says so', async () => {
  const golden = join(import.meta.dirname, '../../../src/model/golden/example.nettrace.json');
  const file = join(scratch(), 'x.otlp.json');
  expect(await nettrace.run(['convert', golden, file])).toMatchObject({ code: 0 });
  expect(otlpErrors(readFileSync(file, 'utf8'))).toEqual([]);
  const back = await nettrace.run(['show', file]);
  expect(back).toMatchObject({ code: 2, stdout: '' });
  expect(back.stderr).toContain('this is an OpenTelemetry file (OTLP), which Net Trace writes and does not read');
});

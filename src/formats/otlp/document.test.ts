import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { version } from '../../../package.json';
import type { Request, Trace } from '../../model/records';
import { anyTrace } from '../testing/arbitrary';
import { example, expectGolden, requestOf, socketOf, traceOf } from '../testing/example';
import { otlpErrors, plain, resourcesIn, spansIn } from '../testing/otlp';
import { otlpPieces } from './document';
import { schemaUrl } from './scope';

const textOf = (doc: Trace): string => [...otlpPieces(doc)].join('');
/** A line for each resource and span, as people read it; goldens outlive a release. */
const readable = (text: string): string =>
  text.replaceAll(`"version":"${version}"`, '"version":"0.0.0"').replace(/\{"(?:resource|traceId)":/g, '\n$&');

/** One trace of each kind. */
function kinds(): Record<string, Trace> {
  const { connection, dial } = socketOf();
  const tls = socketOf(
    { remote: { address: '192.0.2.7', port: 443 }, protocol: 'http/1.1' },
    { host: 'b.example', port: 443, lookup: '1-0-4' },
  );
  const lookup = {
    id: '1-0-4',
    thread: '1-0',
    dial: '1-0-2',
    call: 'lookup',
    hostname: 'b.example',
    beginAt: 2110,
    endAt: 2190,
    answeredBy: 'getaddrinfo',
    addresses: [{ address: '192.0.2.7', family: 4 }],
  };
  const tunnel = {
    id: '1-0-5',
    connection: '1-0-3',
    purpose: 'origin',
    beginAt: 2810,
    endAt: 2890,
    serverName: 'b.example',
    version: 'TLSv1.3',
    cipher: { name: 'TLS_AES_128_GCM_SHA256' },
    resumed: false,
    alpn: 'http/1.1',
  };
  const notFound = { phase: 'dns', code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'no.example' };
  const { response: _, responseBeginAt: __, ...cut } = requestOf();
  const h2 = { url: 'https://b.example/x', protocol: 'h2', api: 'http2' };
  return {
    http: traceOf({ requests: [requestOf()], connections: [connection], dials: [dial] }),
    https: traceOf(
      {
        requests: [requestOf({ url: 'https://b.example/x', dial: '1-0-2' })],
        connections: [tls.connection],
        dials: [tls.dial],
        tlsTunnels: [tunnel],
      },
      { lookups: [lookup] },
    ),
    'failed-dns': traceOf(
      {
        requests: [
          {
            id: '1-0-1',
            thread: '1-0',
            createdAt: 2000,
            method: 'GET',
            url: 'http://no.example/',
            dial: '1-0-2',
            endAt: 2500,
            outcome: 'failed',
            error: notFound,
          },
        ],
        dials: [
          {
            id: '1-0-2',
            thread: '1-0',
            request: '1-0-1',
            via: 'agent',
            host: 'no.example',
            port: 80,
            beginAt: 2100,
            endAt: 2450,
            lookup: '1-0-4',
            attempts: [],
            error: notFound,
          },
        ],
      },
      {
        lookups: [
          {
            id: '1-0-4',
            thread: '1-0',
            dial: '1-0-2',
            call: 'lookup',
            hostname: 'no.example',
            beginAt: 2110,
            endAt: 2440,
            addresses: [],
            error: notFound,
          },
        ],
      },
    ),
    http2: traceOf(
      {
        requests: [
          requestOf({ ...h2, dial: '1-0-2', streamId: 1 }),
          // Waited for the same setup.
          requestOf({ ...h2, id: '1-0-9', createdAt: 2150, dial: '1-0-2', streamId: 3, ordinal: 2 }),
        ],
        connections: [{ ...tls.connection, protocol: 'h2' }],
        dials: [tls.dial],
        tlsTunnels: [{ ...tunnel, alpn: 'h2' }],
      },
      { lookups: [lookup] },
    ),
    aborted: traceOf({
      requests: [{ ...cut, outcome: 'aborted', abort: { at: 10_000, reason: 'AbortError' } } as Request],
      connections: [connection],
      dials: [dial],
    }),
  };
}

describe('a document of one trace', () => {
  test.each(Object.entries(kinds()))('of kind %s is the reviewed one', async (name, doc) => {
    const text = textOf(doc);
    expect(otlpErrors(text)).toEqual([]);
    expect(text.indexOf('\n')).toBe(text.length - 1);
    await expectGolden(`${name}.otlp.json`, readable(text));
  });

  test('is the same for the same trace, and others for another trace', () => {
    const text = textOf(example());
    expect(textOf(example())).toBe(text);
    const other = new Set(
      spansIn(textOf({ ...example(), id: '22222222-2222-4333-8444-555555555555' })).map((s) => s.spanId),
    );
    expect(spansIn(text).filter((s) => other.has(s.spanId))).toEqual([]);
  });

  test('has a resource for each process, and nothing that was not recorded', () => {
    const [first, second, ...others] = resourcesIn(textOf(example()));
    expect(others).toEqual([]);
    expect(first).toMatchObject({ 'service.name': 'checkout.js', 'process.pid': 4711, 'host.arch': 'amd64' });
    expect(first).not.toHaveProperty('host.name');
    expect(second).toMatchObject({ 'service.name': 'probe.js', 'process.pid': 4720 });
    const doc = traceOf({ requests: [requestOf()] });
    const nameless = { ...doc, processes: doc.processes.map(({ entry: _, ...p }) => p) };
    expect(resourcesIn(textOf(nameless))).toMatchObject([{ 'service.name': 'unknown_service:node' }]);
    expect(resourcesIn(textOf({ ...doc, processes: [] }))).toMatchObject([{ 'service.name': 'unknown_service' }]);
  });

  test('names attributes as the conventions of its schema do', () => {
    const known = new Set<unknown>(Object.values(conventions));
    const texts = [example(), ...Object.values(kinds()), everything()].map(textOf);
    const keys = new Set(
      texts.flatMap((t) => [...spansIn(t).map((s) => plain(s.attributes)), ...resourcesIn(t)].flatMap(Object.keys)),
    );
    expect(keys.size).toBeGreaterThan(40);
    expect([...keys].filter((key) => !key.startsWith('nettrace.') && !known.has(key))).toEqual([]);
    // The package has the version of the conventions it was made from.
    expect(schemaUrl).toMatch(/\/1\.45\.0$/);
  });
});

/** A request with values for what the others lack. */
function everything(): Trace {
  const { connection, dial } = socketOf({ kind: 'unix', path: '/run/x.sock' });
  const headers = [
    { name: 'User-Agent', value: 'mine/1' },
    { name: 'traceparent', value: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` },
  ];
  const r = requestOf({
    method: 'PURGE',
    headers,
    body: { bytes: 7 },
    label: 'cart',
    retryOf: '1-0-0',
    attempt: 3,
    mocked: true,
  });
  return traceOf(
    { requests: [r], connections: [connection], dials: [dial] },
    { settings: { headerLevel: 'values' }, host: { name: 'me', arch: 'arm' } },
  );
}

describe('the span of a request', () => {
  const spanOf = (r: Partial<Request>, more: Partial<Trace> = {}) => {
    const [span] = spansIn(textOf(traceOf({ requests: [requestOf(r)] }, more)));
    if (!span) throw new Error('no span');
    return { ...span, attributes: plain(span.attributes) };
  };

  test('has a method that the conventions do not know as _OTHER', () => {
    expect(spanOf({ method: 'get' })).toMatchObject({
      name: 'HTTP',
      attributes: { 'http.request.method': '_OTHER', 'http.request.method_original': 'get' },
    });
    expect(spanOf({ method: 'PATCH' }).attributes).not.toHaveProperty('http.request.method_original');
  });

  test.each([
    ['http://[::1]/x', '::1', 80],
    ['https://a.example/', 'a.example', 443],
    ['wss://a.example:8443/', 'a.example', 8443],
    ['http://***@a.example/', 'a.example', 80],
  ])('names the server of %s', (url, address, port) => {
    expect(spanOf({ url }).attributes).toMatchObject({ 'server.address': address, 'server.port': port });
  });

  test.each<[string, Partial<Request>, string | undefined, number]>([
    ['a response', {}, undefined, 0],
    ['a redirect', { response: { status: 302 } }, undefined, 0],
    ['a client error', { response: { status: 404 } }, '404', 2],
    ['a server error', { response: { status: 503 } }, '503', 2],
    ['a failure with a code', { outcome: 'failed', error: { code: 'ECONNRESET' } }, 'ECONNRESET', 2],
    ['a failure with a class', { outcome: 'failed', error: { name: 'TypeError', message: 'x' } }, 'TypeError', 2],
    ['an abort', { outcome: 'aborted' }, 'aborted', 2],
    ['a timer', { outcome: 'aborted', timeout: { kind: 'signal' } }, 'timeout', 2],
    ['the end of the process', { outcome: 'processExit' }, 'process_exit', 2],
  ])('of %s has its error', (_, fields, type, code) => {
    const { attributes, status } = spanOf(fields);
    expect({ type: attributes['error.type'], code: status.code }).toEqual({ type, code });
  });

  test('masks URL and message again', () => {
    const secret = 'https://u:hunter2@a.example/?token=hunter2';
    const { attributes, status } = spanOf({
      url: secret,
      outcome: 'failed',
      error: { code: 'X', message: `at ${secret}` },
    });
    expect(JSON.stringify([attributes, status])).not.toContain('hunter2');
    expect(attributes['url.full']).toBe('https://***@a.example/?token=***');
  });

  test('has phases that sum to its length', () => {
    for (const s of spansIn(textOf(example())).filter((one) => one.kind === 3)) {
      const phases = Object.entries(plain(s.attributes)).filter(([key]) => key.startsWith('nettrace.phase.'));
      const sum = phases.reduce((n, [, us]) => n + Number(us), 0);
      expect(sum).toBe(Number(BigInt(s.endTimeUnixNano) - BigInt(s.startTimeUnixNano)) / 1000);
    }
  });

  test('is part of the trace that its traceparent names, where the value was recorded', () => {
    const headers = [{ name: 'Traceparent', value: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00` }];
    const values = { settings: { headerLevel: 'values' } };
    expect(spanOf({ headers }, values)).toMatchObject({
      traceId: 'a'.repeat(32),
      parentSpanId: 'b'.repeat(16),
      flags: 0x300,
    });
    expect(spanOf({ headers })).not.toHaveProperty('parentSpanId');
    expect(
      spanOf({ headers }, { settings: { ...values.settings, excludeHeaders: ['traceparent'] } }),
    ).not.toHaveProperty('parentSpanId');
    expect(spanOf({ headers: [...headers, ...headers] }, values)).not.toHaveProperty('parentSpanId');
  });

  test('counts what was sent before it in the same call', () => {
    const hops = traceOf({
      requests: [
        requestOf({ operation: '1-0-1' }),
        requestOf({ id: '1-0-6', createdAt: 11_000, operation: '1-0-1', redirectOf: '1-0-1' }),
        requestOf({ id: '1-0-7', createdAt: 12_000, operation: '1-0-1', retryOf: '1-0-6', attempt: 2 }),
      ],
    });
    const spans = spansIn(textOf(hops)).filter((s) => s.kind === 3);
    expect(spans.map((s) => plain(s.attributes)['http.request.resend_count'])).toEqual([undefined, 1, 2]);
    expect(new Set(spans.map((s) => s.traceId)).size).toBe(1);
  });

  test('has no more than 128 events, and says how many it lacks', () => {
    const informational = Array.from({ length: 200 }, (_, i) => ({ at: 4000 + i, status: 102 }));
    const [span] = spansIn(textOf(traceOf({ requests: [requestOf({ response: { status: 200, informational } })] })));
    expect(span?.events).toHaveLength(128);
    expect(span).toMatchObject({ droppedEventsCount: 75 });
  });
});

describe('any trace', () => {
  test('gives a valid document, the same each time, with half of a character nowhere', () => {
    let spans = 0;
    fc.assert(
      fc.property(anyTrace(), (doc) => {
        const text = textOf(doc);
        expect(otlpErrors(text)).toEqual([]);
        expect(text).not.toMatch(/NaN|Infinity|null|\\ud[89a-f]/);
        expect(textOf(structuredClone(doc))).toBe(text);
        spans += spansIn(text).length;
      }),
      { numRuns: 200 },
    );
    expect(spans).toBeGreaterThan(300);
  });
});

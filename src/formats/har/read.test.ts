import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { phasesOf } from '../../model/phases/phases';
import { Store } from '../../model/store/store';
import { FormatError } from '../file/error';
import { nativeText, parseNative } from '../native/format';
import { parseTrace } from '../read';
import { nanosecondsOf } from '../shared/time';
import { anyTrace } from '../testing/arbitrary';
import { example } from '../testing/example';
import { harErrors } from '../testing/harSchema';
import { harFrom } from '../testing/hars';
import type { HarEntry } from './types';
import { harText, toHar } from './write';

const read = (har: unknown) => parseTrace(JSON.stringify(har), { name: 'x.har' });
const again = (har: unknown) => toHar(read(har)).log.entries;

/** A timing to the µs; 0 and -1 of a setup are one: that it did not take place. */
const timing = (ms: number | null | undefined) =>
  ms === undefined || ms === null || ms <= 0 ? 0 : Math.round(ms * 1000);

interface Loose {
  startedDateTime: string;
  request: {
    method: string;
    url: string;
    httpVersion?: string;
    headers?: object[];
    headersSize?: number;
    bodySize?: number;
  };
  response: {
    status: number;
    statusText?: string;
    headers?: object[];
    bodySize?: number;
    content?: { size?: number; mimeType?: string };
  };
  timings: Partial<Record<keyof HarEntry['timings'], number | null>>;
  serverIPAddress?: string;
  connection?: string | number;
  pageref?: string;
  _initiator?: { stack?: { callFrames?: { url?: string; lineNumber?: number; functionName?: string }[] } };
}

/** What must be the same in an entry that was read and written again. */
function facts(entry: Loose) {
  const { request, response, timings: t } = entry;
  return {
    begin: Number((nanosecondsOf(entry.startedDateTime) ?? 0n) / 1000n),
    request: [request.method, request.url.replace(/#.*/, ''), request.headers ?? [], request.headersSize ?? -1],
    response: [Math.max(0, response.status), response.status > 0 ? response.statusText : '', response.headers ?? []],
    size: response.status > 0 ? (response.content?.size ?? -1) : 0,
    timings: [t.blocked, t.dns, t.connect, t.ssl, t.send, t.wait, t.receive].map(timing),
    address: (entry.serverIPAddress ?? '').replace(/^\[|\]$/g, ''),
    connection: entry.connection === undefined ? undefined : String(entry.connection),
    pageref: entry.pageref,
    frames: (entry._initiator?.stack?.callFrames ?? []).map((f) => [f.url, f.lineNumber, f.functionName]),
  };
}

describe('our own HAR', () => {
  test('comes back with every fact', () => {
    const har = JSON.parse(harText(example()));
    const { entries, ...log } = toHar(read(har)).log;
    const { entries: before, ...logBefore } = har.log;
    expect(log).toEqual(logBefore);
    // Which phase a pause was in is not in the file.
    expect(entries).toEqual(before.map(({ _pausedTime: _, ...e }: HarEntry) => e));
  });

  test('of any trace is read, and what is written of that is valid again', () => {
    fc.assert(
      fc.property(anyTrace(), (doc) => {
        const trace = read(JSON.parse(harText(doc)));
        expect(() => parseNative(nativeText(trace))).not.toThrow();
        expect(harErrors(JSON.parse(harText(trace)))).toEqual([]);
        expect(trace.requests).toHaveLength(doc.requests.filter((r) => r.direction !== 'in').length);
      }),
      { numRuns: 60 },
    );
  });
});

describe.each(['chrome', 'firefox', 'playwright', 'charles'] as const)('a HAR as %s writes it', (program) => {
  const har = harFrom(program);

  test('is written again with every fact', () => {
    expect(again(har).map((e) => facts(e))).toEqual(har.log.entries.map((e) => facts(e as Loose)));
  });

  test('is the same trace again after saving as native file', () => {
    const trace = read(har);
    expect(parseNative(nativeText(trace))).toEqual(trace);
    expect(toHar(parseNative(nativeText(trace)))).toEqual(toHar(trace));
  });

  test('has phases that sum to the time of each entry', () => {
    const store = Store.fromDocument(read(har));
    let seen = 0;
    for (const r of store.requests.values()) {
      const { phases, total } = phasesOf(r, store);
      expect(phases.reduce((n, p) => n + p.duration, 0)).toBeCloseTo(total as number, 3);
      expect(phases.filter((p) => p.duration < 0 || p.by !== 'import')).toEqual([]);
      seen += phases.length;
    }
    expect(seen).toBeGreaterThan(0);
  });
});

describe('bodies', () => {
  const entry = {
    startedDateTime: '2024-05-01T10:00:00.000Z',
    request: {
      method: 'POST',
      url: 'https://a.example/login',
      bodySize: 21,
      postData: { mimeType: 'application/json', text: '{"password":"p","a":1}' },
    },
    response: {
      status: 200,
      headers: [{ name: 'Content-Encoding', value: 'gzip' }],
      bodySize: 30,
      content: { size: 8, mimeType: 'text/plain; Charset=utf-8', text: 'grüß di' },
    },
    timings: { send: 1, wait: 2, receive: 3 },
  };
  const readOne = (part: { request?: object; response?: object }) => {
    const { request, response } = part;
    const e = { ...entry, request: { ...entry.request, ...request }, response: { ...entry.response, ...response } };
    const trace = read({ log: { entries: [e] } });
    const [written] = toHar(trace).log.entries;
    return { r: trace.requests[0], written };
  };

  test('are taken over, secrets masked', () => {
    const { r, written } = readOne({});
    expect(r?.body?.content).toEqual({
      text: '{"password":"***","a":1}',
      bytes: 21,
      contentType: 'application/json',
    });
    expect(r?.response?.content).toEqual({
      text: 'grüß di',
      bytes: 30,
      contentType: 'text/plain; charset=utf-8',
      contentEncoding: 'gzip',
    });
    expect(written?.request.postData).toEqual({ mimeType: 'application/json', text: '{"password":"***","a":1}' });
    expect(written?.response.content).toMatchObject({ text: 'grüß di', size: 8 });
  });

  test('in base64; forms that are given by their fields', () => {
    const params = [
      { name: 'user', value: 'ö&' },
      { name: 'token', value: 'x' },
    ];
    const { r, written } = readOne({
      request: { bodySize: -1, postData: { mimeType: 'application/x-www-form-urlencoded', params } },
      response: {
        bodySize: -1,
        headers: [],
        content: { size: 3, mimeType: 'image/png', text: 'AAEC', encoding: 'base64' },
      },
    });
    expect(r?.body?.content).toMatchObject({ text: 'user=%C3%B6%26&token=***', bytes: 22 });
    expect(r?.response?.content).toEqual({ text: 'AAEC', encoding: 'base64', bytes: 3, contentType: 'image/png' });
    expect(written?.response.content).toMatchObject({ text: 'AAEC', encoding: 'base64' });
  });

  test.each([
    ['left out by the writer', { size: 8, mimeType: 'text/plain', text: '' }, undefined],
    ['in an unknown encoding', { size: 8, text: 'x', encoding: 'rot13' }, undefined],
    [
      'text in base64',
      { size: 13, mimeType: 'application/json', text: btoa('{"token":"x"}'), encoding: 'base64' },
      { text: '{"token":"***"}', bytes: 13, contentType: 'application/json' },
    ],
    ['empty', { size: 0, text: '' }, { text: '', bytes: 0 }],
    ['too long', { text: 'x'.repeat(4_000_001) }, { bytes: 4_000_001, omitted: 'limit' }],
  ])('%s', (_, content, record) => {
    const { r } = readOne({ response: { bodySize: -1, headers: [], content } });
    expect(r?.response?.content).toEqual(record);
  });
});

describe('quirks', () => {
  test('Chrome: one connection, then reused; redirect hops linked; the call site', () => {
    const trace = read(harFrom('chrome'));
    expect(trace.connections.map((c) => [c.id, c.requestCount, c.protocol])).toEqual([['i-1234', 3, 'h2']]);
    expect(trace.requests.map((r) => [r.connection, r.ordinal])).toEqual([
      ['i-1234', 1],
      ['i-1234', 2],
      ['i-1234', 3],
      [undefined, undefined],
    ]);
    const [first, second] = trace.requests;
    expect([second?.redirectOf, second?.operation, first?.operation]).toEqual([first?.id, first?.id, first?.id]);
    expect(trace.requests[2]?.callSite).toMatchObject({
      file: 'https://a.example/app.js',
      line: 10,
      column: 5,
      kind: 'user',
    });
    expect(trace.requests[3]).toMatchObject({ outcome: 'failed', error: { message: 'net::ERR_NAME_NOT_RESOLVED' } });
    expect(trace.tlsTunnels).toMatchObject([{ connection: 'i-1234', alpn: 'h2' }]);
  });

  test('Firefox: `connection` is the port, zeros mean that no setup took place, timings may be missing', () => {
    const trace = read(harFrom('firefox'));
    expect(trace.connections.map((c) => [c.id, c.remote?.address, c.requestCount])).toEqual([
      ['i-443', '192.0.2.1', 2],
      ['i-443#2', '192.0.2.9', 1],
    ]);
    const store = Store.fromDocument(trace);
    const names = trace.requests.map((r) => phasesOf(r, store).phases.map((p) => p.name));
    expect(names[1]).toEqual(['queue', 'send', 'wait', 'download']);
    expect(names[3]).toEqual([]);
  });

  test('a connection of which the file has no setup, only requests that it carried, is counted', () => {
    const { log, ...rest } = harFrom('chrome');
    const later = log.entries.map((entry) => ({ ...entry, timings: { send: -1, wait: 5, receive: -1 } }));
    const trace = read({ ...rest, log: { ...log, entries: later } });
    expect(trace.connections.map((c) => [c.connect, c.requestCount])).toEqual([[undefined, 3]]);
    expect(trace.counts.connections).toBe(1);
  });

  test('Playwright: status -1, no `blocked`, no connection names', () => {
    const trace = read(harFrom('playwright'));
    expect(trace.requests.map((r) => [r.outcome, r.response?.status])).toEqual([
      ['complete', 200],
      ['failed', undefined],
    ]);
    expect(trace.connections[0]).toMatchObject({
      remote: { address: '::1', port: 8443 },
      missing: { id: 'notInFormat' },
    });
    expect(again(harFrom('playwright'))[0]).not.toHaveProperty('connection');
  });

  test('ssl above connect: connect is taken as without it, and that is said', () => {
    const har = harFrom('charles');
    const [entry] = har.log.entries;
    if (!entry) throw new Error('no entry');
    entry.timings = { ...entry.timings, connect: 20, ssl: 30 };
    const trace = read(har);
    expect(trace.tlsTunnels[0]).toMatchObject({ missing: { inConnect: 'sslAboveConnect' } });
    expect(again(har)[0]?.timings).toMatchObject({ connect: 50, ssl: 30 });
  });

  test('a body whose headers were taken out keeps its compression', () => {
    const har = harFrom('chrome');
    const [entry] = har.log.entries;
    Object.assign(entry?.response as object, {
      bodySize: 40,
      content: { size: 100, compression: 60, mimeType: 'text/html' },
    });
    expect(again(har)[0]?.response.content).toEqual({ size: 100, compression: 60, mimeType: 'text/html' });
  });

  test('figures that are none, a zone without colon, ids as numbers', () => {
    const har = harFrom('charles');
    Object.assign(har.log.entries[0] as object, {
      startedDateTime: '2026-01-02T03:04:05.500+0100',
      time: null,
      connection: 7,
      timings: { blocked: 1e300, dns: -5, connect: null, send: 1, wait: 2, receive: 3 },
    });
    const [entry] = again(har);
    expect(entry?.time).toBe(6);
    expect(entry?.connection).toBe('7');
  });

  test('secrets in it are masked as everywhere', () => {
    const har = harFrom('chrome');
    const request = har.log.entries[0]?.request as Loose['request'];
    request.url = 'https://u:hunter2@a.example/?token=hunter2';
    request.headers = [
      { name: 'cookie', value: 'hunter2' },
      { name: 'accept', value: '*/*' },
    ];
    const trace = read(har);
    expect(nativeText(trace)).not.toContain('hunter2');
    expect(trace.requests[0]?.headers).toEqual([
      { name: 'cookie', length: 7 },
      { name: 'accept', value: '*/*' },
    ]);
  });
});

describe('what is no HAR file', () => {
  const errorOf = (text: string): FormatError => {
    try {
      parseTrace(text, { name: 'x.har' });
    } catch (e) {
      if (e instanceof FormatError) return e;
      throw e;
    }
    throw new Error('was read');
  };
  const text = JSON.stringify(harFrom('chrome'), null, 2);

  test.each([
    ['{"log":{"entries":{}}}', 'log.entries (line 1, column 19) must be array'],
    [text.replace('"method": "GET"', '"method": 1'), 'log.entries[0].request.method (line 21'],
    [text.replace(/"startedDateTime": "2026/g, '"startedDateTime": "in 2026'), 'log.entries[0].startedDateTime (line '],
    [text.slice(0, 800), 'the file is cut off at byte 800'],
  ])('%#', (broken, message) => expect(errorOf(broken).message).toContain(message));

  test('whatever text is given, it is read or refused with a FormatError', () => {
    const damaged = fc.oneof(
      fc.nat(text.length).map((n) => text.slice(0, n)),
      fc
        .tuple(fc.nat(text.length), fc.string({ minLength: 1, maxLength: 4 }))
        .map(([n, s]) => text.slice(0, n) + s + text.slice(n + s.length)),
      fc.tuple(fc.nat(text.length), fc.nat(20)).map(([n, length]) => text.slice(0, n) + text.slice(n + length)),
      fc.json().map((s) => `{"log":{"entries":[${s}],"pages":${s}}}`),
      fc
        .dictionary(
          fc.constantFrom('blocked', 'dns', 'connect', 'ssl', 'send', 'wait', 'receive'),
          fc.double({ noNaN: true, noDefaultInfinity: true }),
        )
        .map((timings) =>
          JSON.stringify({
            ...harFrom('chrome'),
            log: { entries: harFrom('chrome').log.entries.map((e) => ({ ...e, timings })) },
          }),
        ),
    );
    const seen = { read: 0, refused: 0 };
    fc.assert(
      fc.property(damaged, (bad) => {
        try {
          const doc = parseTrace(bad, { name: 'x.har' });
          parseNative(nativeText(doc));
          expect(harErrors(JSON.parse(harText(doc))).filter((e) => !e.includes('/request/url'))).toEqual([]);
          seen.read++;
        } catch (e) {
          if (!(e instanceof FormatError)) throw e;
          seen.refused++;
        }
      }),
      { numRuns: 200 },
    );
    expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(0);
  });
});

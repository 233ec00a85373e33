/** HAR files with the habits of the programs that write them; only what a reader could trip over. */
export interface LooseEntry {
  startedDateTime: string;
  request: object;
  response: object;
  timings: Record<string, number | null>;
  [field: string]: unknown;
}
export interface LooseHar {
  log: { version: string; entries: LooseEntry[]; [field: string]: unknown };
}

const begin = Date.parse('2026-01-02T03:04:05.000Z');
const at = (ms: number) => new Date(begin + ms).toISOString();

interface Exchange {
  url: string;
  status?: number;
  httpVersion: string;
  size?: number;
  more?: { request?: object; response?: object };
}

function exchange({ url, status = 200, httpVersion, size = 12, more = {} }: Exchange) {
  return {
    request: {
      method: 'GET',
      url,
      httpVersion,
      cookies: [],
      headers: [{ name: 'accept', value: '*/*' }],
      queryString: [],
      headersSize: -1,
      bodySize: 0,
      ...more.request,
    },
    response: {
      status,
      statusText: status === 200 ? 'OK' : '',
      httpVersion: status > 0 ? httpVersion : 'unknown',
      cookies: [],
      headers: status > 0 ? [{ name: 'content-type', value: 'text/html' }] : [],
      content: { size, mimeType: status > 0 ? 'text/html' : 'x-unknown' },
      redirectURL: '',
      headersSize: -1,
      bodySize: status > 0 ? size : -1,
      ...more.response,
    },
    cache: {},
  };
}

/**
 * Queueing in fields that only Chrome writes, addresses in brackets, sizes of -1, status 0 with `_error`, hops as
 * entries.
 */
function chrome(): LooseHar {
  const none = {
    blocked: 1.2340000000003,
    dns: -1,
    connect: -1,
    ssl: -1,
    send: 0.10000000009,
    wait: 20.5,
    receive: 0.7,
  };
  const connection = {
    connection: '1234',
    serverIPAddress: '[2001:db8::1]',
    pageref: 'page_1',
    _resourceType: 'fetch',
  };
  const entries = [
    {
      ...exchange({
        url: 'https://a.example/old',
        status: 302,
        httpVersion: 'http/2.0',
        size: 0,
        more: { response: { redirectURL: 'https://a.example/new', _transferSize: 120, bodySize: -1 } },
      }),
      startedDateTime: at(10),
      time: 66.4,
      timings: {
        blocked: 2.5,
        dns: 10.001,
        connect: 30.25,
        ssl: 20.125,
        send: 0.2,
        wait: 15,
        receive: 8.5,
        _blocked_queueing: 1,
      },
      ...connection,
    },
    {
      ...exchange({ url: 'https://a.example/new', httpVersion: 'h2' }),
      startedDateTime: at(80),
      time: 22.5,
      timings: none,
      ...connection,
    },
    {
      ...exchange({ url: 'https://a.example/data#part', httpVersion: 'h2', more: { response: { bodySize: -1 } } }),
      startedDateTime: at(110),
      time: 22.5,
      timings: { ...none, receive: 1.0000000001 },
      _initiator: {
        type: 'script',
        stack: {
          callFrames: [
            { functionName: 'load', scriptId: '7', url: 'https://a.example/app.js', lineNumber: 9, columnNumber: 4 },
            { functionName: '', scriptId: '7', url: 'https://a.example/app.js', lineNumber: 20, columnNumber: 0 },
          ],
        },
      },
      _priority: 'High',
      ...connection,
    },
    {
      ...exchange({
        url: 'https://nosuch.example/',
        status: 0,
        httpVersion: '',
        size: 0,
        more: { response: { _error: 'net::ERR_NAME_NOT_RESOLVED' } },
      }),
      startedDateTime: at(150),
      time: 31,
      timings: { blocked: 31, dns: -1, connect: -1, ssl: -1, send: 0, wait: 0, receive: 0 },
      serverIPAddress: '',
      pageref: 'page_1',
    },
  ];
  const pages = [{ startedDateTime: at(0), id: 'page_1', title: 'https://a.example/', pageTimings: { onLoad: 300 } }];
  return { log: { version: '1.2', creator: { name: 'WebInspector', version: '537.36' }, pages, entries } };
}

/**
 * Whole ms, a local time zone, the port as connection, zeros for a setup that did not take place, entries without
 * timings.
 */
function firefox(): LooseHar {
  const zone = (ms: number) => at(ms + 3_600_000).replace('Z', '+01:00');
  const base = { pageref: 'page_1', connection: '443' };
  const zeros = { blocked: 1, dns: 0, connect: 0, ssl: 0, send: 0, wait: 30, receive: 2 };
  const set = { blocked: 3, dns: 8, connect: 25, ssl: 14, send: 1, wait: 30, receive: 2 };
  const entries = [
    {
      ...exchange({ url: 'https://a.example/', httpVersion: 'HTTP/2' }),
      startedDateTime: zone(0),
      time: 69,
      timings: set,
      serverIPAddress: '192.0.2.1',
      ...base,
    },
    {
      ...exchange({ url: 'https://a.example/b', httpVersion: 'HTTP/2' }),
      startedDateTime: zone(90),
      time: 33,
      timings: zeros,
      serverIPAddress: '192.0.2.1',
      ...base,
    },
    {
      ...exchange({ url: 'https://b.example/', httpVersion: 'HTTP/1.1' }),
      startedDateTime: zone(95),
      time: 69,
      timings: set,
      serverIPAddress: '192.0.2.9',
      ...base,
    },
    {
      ...exchange({ url: 'https://ads.example/', status: 0, httpVersion: 'HTTP/1.1', size: 0 }),
      startedDateTime: zone(99),
      time: -1,
      timings: {},
      pageref: 'page_1',
    },
  ];
  const pages = [{ startedDateTime: zone(0), id: 'page_1', title: 'A', pageTimings: { onContentLoad: 1, onLoad: 2 } }];
  return {
    log: {
      version: '1.2',
      creator: { name: 'Firefox', version: '140' },
      browser: { name: 'Firefox', version: '140' },
      pages,
      entries,
    },
  };
}

/** No names of connections, the port apart, no `blocked`, -1 as status and time of what never ended. */
function playwright(): LooseHar {
  const entries = [
    {
      ...exchange({ url: 'https://localhost:8443/', httpVersion: 'HTTP/1.1' }),
      startedDateTime: at(0),
      time: 12.3,
      timings: { dns: 0.012, connect: 3.214, ssl: 2.1, send: 0, wait: 8.012, receive: 1.062 },
      serverIPAddress: '[::1]',
      _serverPort: 8443,
      _securityDetails: { protocol: 'TLS 1.3', subjectName: 'localhost', issuer: 'ca', validFrom: 1, validTo: 2 },
    },
    {
      ...exchange({ url: 'https://localhost:8444/', status: -1, httpVersion: 'HTTP/1.1', size: -1 }),
      startedDateTime: at(20),
      time: -1,
      timings: { send: -1, wait: -1, receive: -1 },
      _failureText: 'net::ERR_CONNECTION_REFUSED',
    },
  ];
  return {
    log: {
      version: '1.2',
      creator: { name: 'Playwright', version: '1.50' },
      browser: { name: 'chromium', version: '130' },
      entries,
    },
  };
}

/** No pages; times of every entry set up again. */
function charles(): LooseHar {
  const timings = { dns: 4, connect: 50, blocked: -1, ssl: 30, send: 1, wait: 20, receive: 2 };
  const entries = [0, 100].map((ms) => ({
    ...exchange({ url: 'https://a.example/', httpVersion: 'HTTP/1.1' }),
    startedDateTime: at(ms),
    time: 77,
    timings,
    serverIPAddress: '192.0.2.1',
    _charlesStatus: 'COMPLETE',
  }));
  return { log: { version: '1.2', creator: { name: 'Charles Proxy', version: '4.6' }, entries } };
}

const programs = { chrome, firefox, playwright, charles };

export const harFrom = (program: keyof typeof programs): LooseHar => programs[program]();

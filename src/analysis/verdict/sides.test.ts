/** Whose fault a failure is: the side that the records name, and its near miss. */
import { describe, expect, test } from 'vitest';
import type { Connection, ErrorInfo, Finding, Request } from '../../model/records';
import { findingOf, ms, type Records, storeOf } from '../testing/store';
import { computed, fresh, one, unmade } from '../testing/verdictRecords';
import { verdictOf } from './verdict';

const verdict = (records: Records): ReturnType<typeof verdictOf> => {
  const store = storeOf(records);
  return verdictOf(store.requests.get('1-0-1') as Request, store, 5000 * ms);
};

const none = undefined as never;
const failed = (error: ErrorInfo, more: Partial<Request> = {}): Partial<Request> => ({
  outcome: 'failed',
  responseBeginAt: none,
  response: none,
  endAt: 54 * ms,
  error,
  ...more,
});

describe('a connection that ended before the response did', () => {
  const waiting = (closedBy: Connection['closedBy'], code = 'ECONNRESET') =>
    one(failed({ phase: 'wait', code, message: 'socket hang up' }, { ordinal: 1 }), { closedBy });
  const inBody = (closedBy: Connection['closedBy']) =>
    one(
      failed(
        { phase: 'download', code: 'ECONNRESET', message: 'aborted' },
        { ordinal: 1, responseBeginAt: 10 * ms, response: { status: 200, declaredBytes: 1000, bodyBytes: 100 } },
      ),
      { closedBy },
    );

  test.each(['local', 'localReset'] as const)('closed here (%s): the program did, not the server', (by) => {
    for (const records of [waiting(by), waiting(by, 'UND_ERR_SOCKET'), inBody(by)])
      expect(verdict(records)).toMatchObject({ rule: 'closedByProgram', fault: 'yourCode', certainty: 'likely' });
    expect(verdict(waiting(by)).text).toBe(
      'The program itself closed the connection after 54 ms, waiting for the server.',
    );
    expect(findingOf(inBody(by), 'reset-in-body')).toBeUndefined();
  });
  test.each(['peer', 'peerReset', undefined] as const)('closed by %s: the server is named', (by) => {
    expect(verdict(waiting(by))).toMatchObject({ rule: 'closedUnanswered', fault: 'server' });
    expect(verdict(inBody(by)).fault).toBe('server');
    expect(findingOf(inBody(by), 'reset-in-body')).toMatchObject({ fault: 'server' });
  });
  test('a response that is not HTTP is no body that broke off, though Node closes the connection for it', () => {
    const records = one(
      failed(
        { phase: 'download', code: 'HPE_INVALID_CONSTANT' },
        { responseBeginAt: 10 * ms, response: { status: 200 } },
      ),
      { closedBy: 'local' },
    );
    expect(verdict(records)).toMatchObject({ rule: 'badResponse' });
    expect(findingOf(records, 'reset-in-body')).toBeUndefined();
  });
  test.each(['HPE_HEADER_OVERFLOW', 'UND_ERR_HEADERS_OVERFLOW'])('%s: valid HTTP, but longer than allowed', (code) =>
    expect(verdict(one(failed({ phase: 'wait', code }), { closedBy: 'local' }))).toMatchObject({
      rule: 'headTooLong',
      fault: 'unclear',
      text: `The head of the response is longer than the client accepts: ${code}.`,
      advice: expect.stringContaining('maxHeaderSize'),
    }),
  );
  test.each([
    ['UND_ERR_DESTROYED', 'destroyed'],
    ['UND_ERR_CLOSED', 'closed'],
  ])('%s: the program had %s its dispatcher', (code, word) =>
    expect(verdict(one(failed({ code, name: 'ClientDestroyedError' })))).toMatchObject({
      fault: 'yourCode',
      certainty: 'sure',
      text: `The program had ${word} its dispatcher: the request failed after 54 ms.`,
    }),
  );
});

describe('a lookup that failed', () => {
  const lookup = (error: ErrorInfo, call: string): Records => {
    const records = unmade(error.code ?? '', 'dns', 21, 'svc.test');
    return {
      ...records,
      requests: [{ ...(records.requests?.[0] as Request), error: { phase: 'dns', ...error } }],
      lookups: [{ ...(records.lookups?.[0] as { id: string }), call, error }],
    };
  };
  test.each([{ code: 'EMYDNS', message: 'my resolver broke' }, { message: 'my resolver broke' }])(
    'in a function of the program’s own is the program’s: %o',
    (error) => {
      const what = error.code ?? error.message;
      expect(verdict(lookup(error, 'custom'))).toMatchObject({
        fault: 'yourCode',
        certainty: 'sure',
        text: `The program’s own lookup function failed for svc.test after 21 ms: ${what}.`,
      });
      expect(findingOf(lookup(error, 'custom'), 'failed-lookups')).toMatchObject({
        fault: 'yourCode',
        text: `1 request to svc.test failed: the program’s own lookup function failed (${what}).`,
      });
    },
  );
  test('in the resolver below such a function is the resolver’s', () => {
    const error = { code: 'EAI_AGAIN', syscall: 'getaddrinfo', hostname: 'svc.test' };
    for (const call of ['custom', 'lookup'])
      expect(verdict(lookup(error, call))).toMatchObject({ rule: 'dnsFailed', fault: 'dns' });
    expect(findingOf(lookup(error, 'custom'), 'failed-lookups')).toMatchObject({ fault: 'dns' });
  });
});

describe('an unencrypted request', () => {
  const sent = (address: string, more: Partial<Request> = {}): Finding | undefined => {
    const records = fresh({ bytesSent: 90, ...more }, { host: 'svc.test' });
    const remote = { address, port: 80 };
    return findingOf(
      { ...records, connections: records.connections?.map((c) => ({ ...c, remote })) ?? [] },
      'plain-http',
    );
  };
  test('to a name of this machine stays here', () => {
    expect(sent('127.0.0.1')).toBeUndefined();
    expect(sent('::1')).toBeUndefined();
  });
  test('to an address of the own network is a note, to any other a warning', () => {
    expect(sent('10.1.2.3')?.severity).toBe('info');
    expect(sent('192.0.2.7')?.severity).toBe('warning');
  });
  test('through a proxy of this machine does not stay here', () =>
    expect(sent('127.0.0.1', { proxy: { url: 'http://127.0.0.1:3128/', mode: 'forward' } })?.severity).toBe('warning'));
});

describe('a tunnel that the proxy refused', () => {
  const refused = (status: number): Records => ({
    requests: [
      {
        id: '1-0-1',
        createdAt: 0,
        method: 'GET',
        url: 'https://deny.test/e',
        dial: 'd',
        endAt: 9 * ms,
        outcome: 'failed',
        error: { phase: 'proxy', code: 'UND_ERR_ABORTED', message: 'Proxy response !== 200 when HTTP Tunneling' },
      },
      { id: '1-0-2', createdAt: 0, method: 'CONNECT', url: 'http://deny.test:443', response: { status } },
    ],
    dials: [{ id: 'd', request: '1-0-2', purpose: 'proxy', host: '127.0.0.1', port: 3128 }],
  });
  test('is named with its status, and the user and password are asked for only at 407', () => {
    expect(verdict(refused(407))).toMatchObject({
      fault: 'proxy',
      text: 'The proxy 127.0.0.1:3128 refused the tunnel: 407.',
      advice: 'Give the user and password of the proxy.',
    });
    expect(verdict(refused(502)).text).toBe('The proxy 127.0.0.1:3128 refused the tunnel: 502.');
    expect(verdict(refused(502)).advice).not.toContain('password');
  });
});

describe('alerts of TLS', () => {
  const openSsl = (words: string): string =>
    `write EPROTO 80:error:0A00042E:SSL routines:ssl3_read_bytes:${words}:a.c:1:`;
  const shaken = (error: ErrorInfo): Records => ({
    ...one(failed({ phase: 'tls', ...error })),
    tunnels: [{ id: 't', connection: 'c', error: { phase: 'tls', ...error } as never }],
  });
  test.each([
    ['tlsv1 alert protocol version', 'tlsVersion', 'unclear'],
    ['unsupported protocol', 'tlsVersion', 'unclear'],
    ['tlsv1 alert no application protocol', 'tlsAlpn', 'unclear'],
    ['tlsv13 alert certificate required', 'tlsClientCertificate', 'yourCode'],
    ['sslv3 alert bad certificate', 'tlsClientCertificate', 'unclear'],
    ['tlsv1 alert unknown ca', 'tlsClientCertificate', 'unclear'],
    ['tlsv1 unrecognized name', 'tlsServerName', 'yourCode'],
    ['unsafe legacy renegotiation disabled', 'tlsLegacy', 'server'],
    ['dh key too small', 'tlsWeakKey', 'server'],
    ['sslv3 alert handshake failure', 'tlsRefused', 'unclear'],
  ])('%s', (words, rule, fault) => {
    const byMessage = { code: 'EPROTO', message: openSsl(words) };
    const byCode = { code: `ERR_SSL_${words.toUpperCase().replaceAll(' ', '_')}` };
    for (const error of [byMessage, byCode]) expect(verdict(shaken(error))).toMatchObject({ rule, fault });
    expect(findingOf(shaken(byMessage), 'tls-certificate')).toMatchObject({ fault, severity: 'error' });
    expect(verdict(shaken(byMessage)).evidence).toContainEqual(expect.objectContaining({ what: 'TLS', value: words }));
  });
  test('that come after the handshake are on the connection, whatever the client’s own error says', () => {
    const error = { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' };
    const records = {
      ...one(failed({ phase: 'wait', code: 'UND_ERR_SOCKET', message: 'other side closed' }), {
        closedBy: 'peer',
        error,
      }),
      tunnels: [{ id: 't', connection: 'c' }],
    } satisfies Records;
    expect(verdict(records)).toMatchObject({ rule: 'tlsClientCertificate', certainty: 'sure' });
    expect(findingOf(records, 'tls-certificate')).toMatchObject({ subjects: ['1-0-1'] });
  });
  test('an unknown one is quoted, and nobody is blamed', () =>
    expect(verdict(shaken({ code: 'EPROTO', message: openSsl('tlsv1 alert internal error') }))).toMatchObject({
      rule: 'unknown',
      fault: 'unclear',
    }));
});

describe('what was given wrongly', () => {
  test.each([
    [{ code: 'ERR_INVALID_CHAR', name: 'TypeError', message: 'Invalid character in header content ["a"]' }],
    [{ name: 'TypeError', message: 'unknown scheme' }],
    [{ code: 'UND_ERR_INVALID_ARG', name: 'InvalidArgumentError', message: 'invalid method' }],
  ])('a call that was refused before anything was sent: %o', (error) => {
    const refused = one(
      failed({ phase: 'queue', ...error }, { assignedAt: none, sendBeginAt: none, connection: none }),
    );
    expect(verdict(refused)).toMatchObject({
      fault: 'yourCode',
      certainty: 'sure',
      text: `The call was refused before anything was sent: ${error.message}.`,
    });
    // The same error later is not of the call.
    expect(verdict(one(failed({ phase: 'wait', ...error }))).rule).toBe('unknown');
  });

  test('an address to connect from that this machine does not have is no unreachable destination', () => {
    const records = unmade('EADDRNOTAVAIL', 'tcp', 1);
    const [request] = records.requests ?? [];
    const error = { phase: 'tcp', code: 'EADDRNOTAVAIL', syscall: 'bind', address: '10.99.99.99' };
    expect(verdict({ ...records, requests: [{ ...(request as Request), error }] })).toMatchObject({
      fault: 'yourCode',
      text: 'This machine has no address 10.99.99.99 to connect from (`localAddress`).',
    });
    expect(verdict(records)).toMatchObject({ rule: 'unreachable' });
  });
});

describe('the socket timeout of an Agent', () => {
  const timedOut = (limit: number) =>
    one(failed({ code: 'ECONNRESET', phase: 'wait' }, { timeout: { kind: 'agent', limit: limit * ms } }));
  test('is the program’s, whatever it is', () =>
    expect(verdict(timedOut(60))).toMatchObject({
      fault: 'yourCode',
      advice: expect.stringContaining('of the Agent'),
    }));
  test('but for the limit that Node gives its own', () =>
    expect(verdict(timedOut(5000))).toMatchObject({ fault: 'node', advice: expect.stringContaining('globalAgent') }));
});

describe('a request during most of which the program computed', () => {
  const busy = (duration: number) =>
    one({
      wait: 425,
      url: 'http://127.0.0.1/',
      endAt: 429 * ms,
      loopBusyDuration: duration * ms,
      ...computed(duration),
    });
  test('is not said to have waited for the server, though it is no slow one', () =>
    expect(verdict(busy(411))).toMatchObject({
      level: 'slow',
      rule: 'busyLoop',
      fault: 'yourCode',
      certainty: 'likely',
      text: 'Your program was busy for 411 of 429 ms and could not take a response; when it arrived was not measured.',
    }));
  test('less than half of it says nothing', () => expect(verdict(busy(200)).level).toBe('ok'));
});

describe('a whole response that fetch refused', () => {
  const refused = (status: number, cause: ErrorInfo, more: Partial<Request> = {}): Records =>
    one(
      failed(
        { name: 'TypeError', message: 'fetch failed', causes: [cause] },
        { api: 'fetch', responseBeginAt: 10 * ms, response: { status, wireBytes: 5 }, ...more },
      ),
    );
  test.each([
    [
      'unexpected redirect',
      302,
      'yourCode',
      "fetch refused the redirect (status 302): the call has redirect: 'error'.",
    ],
    [
      'redirect count exceeded',
      307,
      'unclear',
      'fetch gave up: this was one redirect more than the 20 that it follows.',
    ],
    [
      'URL scheme must be a HTTP(S) scheme',
      301,
      'unclear',
      'fetch refused the redirect (status 301): URL scheme must be a HTTP(S) scheme.',
    ],
    [
      'integrity mismatch',
      200,
      'unclear',
      'The response arrived whole, and is not what the `integrity` of the call says.',
    ],
  ])('%s', (message, status, fault, text) => {
    const records = refused(status, { message });
    expect(verdict(records)).toMatchObject({ rule: 'refusedResponse', fault, text });
    expect(findingOf(records, 'reset-in-body')).toBeUndefined();
  });
  test('without a word the body’s stream is only probable, and named where there is a body', () => {
    expect(verdict(refused(302, {}, { body: { bytes: 1 } }))).toMatchObject({ fault: 'yourCode', certainty: 'likely' });
    expect(verdict(refused(302, {})).text).toBe('fetch refused the redirect (status 302): no reason given.');
  });
  test('a redirect whose body broke off is none', () => {
    const records = refused(302, { code: 'UND_ERR_SOCKET', message: 'other side closed' });
    expect(verdict(records).rule).not.toBe('refusedResponse');
    expect(findingOf(records, 'reset-in-body')).toMatchObject({ fault: 'server' });
  });
});

describe('an error status through a proxy', () => {
  const answered = (status: number, proxy: Request['proxy'], more: Partial<Request> = {}) =>
    verdict(one({ response: { status }, ...(proxy === undefined ? {} : { proxy }), ...more }));

  test('one that gets the whole request may have answered for the server; one that only passes bytes on has not', () => {
    expect(answered(502, { mode: 'forward' })).toMatchObject({ rule: 'status', fault: 'unclear' });
    expect(answered(500, { mode: 'forward' })).toMatchObject({ rule: 'status', fault: 'server' });
    expect(answered(502, { mode: 'tunnel' })).toMatchObject({ rule: 'status', fault: 'server' });
    expect(answered(407, { mode: 'forward' })).toMatchObject({ rule: 'status', fault: 'proxy' });
    expect(answered(404, { mode: 'forward' })).not.toHaveProperty('fault');
  });
  test.each([
    [407, 'warning', /user and password/],
    [502, 'error', /address of the proxy/],
  ] as const)(
    '%i to the CONNECT is the proxy’s, for the request that wanted the tunnel as well',
    (status, level, advice) => {
      const said = {
        level,
        rule: 'proxyFailed',
        fault: 'proxy',
        certainty: 'sure',
        advice: expect.stringMatching(advice),
      };
      expect(answered(status, { mode: 'tunnel', refusedTunnel: true })).toMatchObject(said);
      expect(answered(status, undefined, { method: 'CONNECT', protocol: 'http/1.1' })).toMatchObject(said);
      // A WebSocket over HTTP/2: the server’s own answer.
      expect(answered(status, undefined, { method: 'CONNECT', protocol: 'h2' }).rule).toBe('status');
    },
  );
});

/** What a file of another program does not hold is not known: it is absent, and never 0. */
import { expect, test } from 'vitest';
import { toHar } from '../formats/har';
import { parseTrace } from '../formats/read';
import { phasesOf } from '../model/phases';
import { Store } from '../model/store';
import { headline } from './summary';

const entry = (more: object) => ({
  startedDateTime: '2026-01-01T00:00:00.000Z',
  time: 12,
  request: {
    method: 'GET',
    url: 'https://a.example/x',
    httpVersion: 'HTTP/1.1',
    headers: [],
    bodySize: 0,
    headersSize: -1,
  },
  response: {
    status: 200,
    statusText: 'OK',
    headers: [],
    content: { size: 5 },
    bodySize: 5,
    headersSize: 20,
    _transferSize: 25,
  },
  timings: { blocked: 1, dns: -1, connect: -1, ssl: -1, send: 1, wait: 9, receive: 1 },
  ...more,
});
const har = (...entries: object[]) =>
  JSON.stringify({ log: { version: '1.2', creator: { name: 'x', version: '1' }, entries } });
const phases = (text: string) => {
  const store = Store.fromDocument(parseTrace(text));
  return [...store.requests.values()].map((r) => phasesOf(r, store, 0).phases.map((p) => p.name));
};

test('bytes sent, which HAR does not keep', () => {
  const store = Store.fromDocument(parseTrace(har(entry({}))));
  expect(headline(store, 0)).toContain('25 B received');
  expect(headline(store, 0)).not.toContain('sent');
});

test('no set-up of a connection that failed earlier', () => {
  const failed = { status: 0, headers: [], content: { size: 0 }, _error: 'net::ERR_CONNECTION_REFUSED' };
  const none = { dns: -1, connect: -1, ssl: -1 };
  const first = entry({
    connection: '7',
    response: failed,
    timings: { blocked: 1, dns: 2, connect: 3, ssl: -1, send: -1, wait: -1, receive: -1 },
  });
  const later = entry({
    startedDateTime: '2026-01-01T00:00:05.000Z',
    connection: '7',
    response: failed,
    timings: { blocked: 4, ...none, send: 0, wait: 0, receive: 0 },
  });
  const [, second] = phases(har(first, later));
  for (const name of ['dns', 'tcp', 'tls']) expect(second).not.toContain(name);
});

test.each([
  ['net::ERR_CONNECTION_REFUSED', 'tcp'],
  ['net::ERR_NAME_NOT_RESOLVED', 'dns'],
  ['net::ERR_CERT_DATE_INVALID', 'tls'],
  ['net::ERR_EMPTY_RESPONSE', undefined],
])('an error of Chrome names its phase: %s', (_error, phase) => {
  const { requests } = parseTrace(har(entry({ response: { status: 0, headers: [], content: {} }, _error })));
  expect(requests[0]?.error?.phase).toBe(phase);
});

test('an aborted request says so to other programs, and is the same when read again', () => {
  const native = parseTrace(
    har(entry({ response: { status: 0, headers: [], content: {} }, _state: 'aborted', _error: 'aborted: too slow' })),
  );
  expect(native.requests[0]).toMatchObject({ outcome: 'aborted', abort: { reason: 'too slow' } });
  expect(native.requests[0]?.error).toBeUndefined();
  const again = toHar(native);
  expect(again.log.entries[0]).toMatchObject({ _state: 'aborted', _error: 'aborted: too slow' });
  expect(parseTrace(JSON.stringify(again)).requests[0]).toMatchObject({
    outcome: 'aborted',
    abort: { reason: 'too slow' },
  });
});

import { describe, expect, test } from 'vitest';
import { connectionLines, foldLines } from '../testing/store';

const req = { k: 'req', id: 1, createdAt: 10, api: 'http', method: 'GET', url: 'http://127.0.0.1/' };
const folded = (...lines: object[]) => foldLines(lines).requests.get('1-0-1');

describe('short forms', () => {
  test('give what the long ones give', () => {
    const short = { ...req, t: [1, 2, 3, 4, 5], s: 200, b: [65, 129, 5, 6, 7, 8], ka: [5000000, 100] };
    const response = {
      status: 200,
      statusText: 'OK',
      declaredBytes: 5,
      wireBytes: 6,
      bodyBytes: 7,
      readBytes: 8,
      keepAlive: { timeout: 5000000, max: 100 },
    };
    const long = { ...req, t: [1, 2, 3, 4, 5], protocol: 'http/1.1', bytesSent: 65, bytesReceived: 129, response };
    const outcome = { outcome: 'complete' };
    expect(folded({ ...short, ...outcome })).toEqual(folded({ ...long, ...outcome }));
    expect(folded({ ...short, ...outcome })?.response).toEqual(response);
  });

  test('only status 200 has a default text, which an empty text in the line overrides', () => {
    expect(folded({ ...req, s: 404 })?.response).toEqual({ status: 404 });
    expect(folded({ ...req, s: 200, response: { statusText: '' } })?.response).toEqual({ status: 200, statusText: '' });
  });

  test('null and what is left off are unknown, and take nothing away', () => {
    const r = folded(req, { k: 'head', id: 1, s: 200, b: [null, null, 5] }, { k: 'end', id: 1, b: [65, 129, null, 6] });
    expect(r).toMatchObject({ bytesSent: 65, bytesReceived: 129 });
    expect(r?.response).toEqual({ status: 200, statusText: 'OK', declaredBytes: 5, wireBytes: 6 });
    expect(folded({ ...req, b: [null, null, null, null] })).toEqual(folded(req));
  });

  test('bytes given to a tool’s own socket were not sent if the real one could not be connected', () => {
    const error = { phase: 'tcp', code: 'ECONNREFUSED', message: 'refused' };
    const end = { k: 'end', id: 1, endAt: 20, outcome: 'failed', error };
    for (const lines of [
      [{ ...req, assignedAt: 11, sendBeginAt: 12, sendEndAt: 13 }, end],
      [{ ...req, ...end, k: 'req', assignedAt: 11, sendBeginAt: 12, sendEndAt: 13 }],
    ]) {
      const r = folded(...lines);
      expect(r).toMatchObject({ endAt: 20, outcome: 'failed', error });
      for (const instant of ['assignedAt', 'sendBeginAt', 'sendEndAt']) expect(r).not.toHaveProperty(instant);
    }
    const reset = { ...end, error: { ...error, phase: 'wait' } };
    expect(folded({ ...req, sendBeginAt: 12 }, reset)).toHaveProperty('sendBeginAt', 12);
  });

  test('the end that is reported first stays; a whole response that its client refused has failed all the same', () => {
    const end = { k: 'end', id: 1, t: [1, 2, 3, 4, 5], s: 302 };
    const error = { name: 'TypeError', message: 'fetch failed' };
    const store = foldLines([
      req,
      { ...end, outcome: 'complete' },
      { ...end, t: [1, 2, 3, 4, 9], outcome: 'failed', error },
    ]);
    const created = store.requests.get('1-0-1')?.createdAt as number;
    expect(store.requests.get('1-0-1')).toMatchObject({ outcome: 'failed', error, endAt: created + 5 });
    expect(store.counts.failed).toBe(1);
    expect(folded(req, { ...end, outcome: 'aborted' }, { ...end, outcome: 'complete' })?.outcome).toBe('aborted');
  });

  test('a request that a tool answered has no connection, though one was given to it', () => {
    const given = { ...req, t: [1, 2, 3], connection: 91, ordinal: 2, idleDuration: 5 };
    const end = { k: 'end', id: 1, t: [1, 2, 3, 4, 5], outcome: 'complete', mocked: true };
    const store = foldLines([...connectionLines(9, 1, 2), given, end]);
    expect(store.connections.get('1-0-91')?.requestCount).toBe(0);
    const r = store.requests.get('1-0-1');
    expect(r).toMatchObject({ mocked: true, outcome: 'complete' });
    for (const key of ['connection', 'ordinal', 'idleDuration']) expect(r).not.toHaveProperty(key);
  });

  test('the long form wins', () => {
    const r = folded({ ...req, s: 200, b: [1, 2, 3], bytesSent: 4, protocol: 'h2', response: { declaredBytes: 5 } });
    expect(r).toMatchObject({ bytesSent: 4, bytesReceived: 2, protocol: 'h2', response: { declaredBytes: 5 } });
  });
});

/** One meaning of failed: counts, states and queries are asked about the same requests. */
import { describe, expect, test } from 'vitest';
import { statusOf } from '../../extension/details/view';
import { rowFields } from '../query/rowFields';
import type { Request } from '../records';
import { rowOf } from '../rows/row';
import { connectionLines, emptyStore, foldLines } from '../testing/store';

const base: Request = {
  id: '1-0-1',
  thread: '1-0',
  method: 'GET',
  url: 'http://a.example/',
  createdAt: 0,
  assignedAt: 0,
  sendBeginAt: 0,
  sendEndAt: 0,
  endAt: 50_000,
};
const answered = { responseBeginAt: 10_000 };

type End = 'failed' | 'serverErrors' | 'clientErrors' | 'aborted' | 'interrupted' | 'none';
const table: [string, Partial<Request>, End, string][] = [
  ['refused', { outcome: 'failed', error: { phase: 'tcp', code: 'ECONNREFUSED' } }, 'failed', 'TCP refused'],
  ['name not found', { outcome: 'failed', error: { phase: 'dns', code: 'ENOTFOUND' } }, 'failed', 'DNS not found'],
  [
    'AbortSignal.timeout, which ends it as an abort',
    { outcome: 'aborted', timeout: { kind: 'signal', limit: 50_000 } },
    'failed',
    'wait timed out',
  ],
  [
    'a signal’s timer known by its reason only',
    { outcome: 'aborted', abort: { reason: 'TimeoutError: The operation was aborted due to timeout' } },
    'failed',
    'wait timed out',
  ],
  [
    'destroyed at the socket’s timeout',
    { outcome: 'failed', timeout: { kind: 'socket', limit: 50_000 }, error: { code: 'ECONNRESET' } },
    'failed',
    'wait timed out',
  ],
  ['headersTimeout', { outcome: 'failed', error: { code: 'UND_ERR_HEADERS_TIMEOUT' } }, 'failed', 'wait timed out'],
  ['the program’s own abort', { outcome: 'aborted', abort: { at: 50_000 } }, 'aborted', 'aborted 50 ms'],
  ['503', { ...answered, outcome: 'complete', response: { status: 503 } }, 'serverErrors', '503'],
  ['503 nobody read', { ...answered, outcome: 'notRead', response: { status: 503 } }, 'serverErrors', '503 not read'],
  [
    '503 cut off in its body',
    { ...answered, outcome: 'failed', response: { status: 503 }, error: { phase: 'download', code: 'UND_ERR_SOCKET' } },
    'failed',
    'body cut off',
  ],
  ['404', { ...answered, outcome: 'complete', response: { status: 404 } }, 'clientErrors', '404'],
  ['200', { ...answered, outcome: 'complete', response: { status: 200 } }, 'none', '200'],
  ['the program ended', { outcome: 'processExit' }, 'interrupted', 'interrupted'],
];

describe.each(table)('%s', (_name, end, expected, text) => {
  const store = emptyStore();
  store.setRequest({ ...base, ...end });
  const row = rowOf(store.requests.get('1-0-1') as Request, store, 60_000);

  test('counts once, as what it is', () => {
    const { serverErrors, clientErrors, aborted, interrupted } = store.live;
    const counted = Object.entries({ serverErrors, clientErrors, aborted, interrupted }).filter(([, n]) => n > 0);
    expect(counted).toEqual(expected === 'failed' || expected === 'none' ? [] : [[expected, 1]]);
  });

  test('has the state, and is found by it', () => {
    expect(row.stateText).toBe(text);
    const found = (['failed', 'server-error', 'aborted', 'interrupted'] as const).filter((name) =>
      rowFields[name]?.(row),
    );
    const names = { failed: 'failed', serverErrors: 'server-error', aborted: 'aborted', interrupted: 'interrupted' };
    expect(found).toEqual(expected in names ? [names[expected as keyof typeof names]] : []);
  });
});

test('a status that is seen first and a body cut off later leave one failure, not two', () => {
  const store = emptyStore();
  const { endAt: _, ...running } = base;
  store.setRequest({ ...running, ...answered, response: { status: 503 } });
  expect(store.live.serverErrors).toBe(1);
  store.setRequest({ ...base, ...answered, outcome: 'failed', response: { status: 503 } });
  expect(store.live.serverErrors).toBe(0);
  expect(statusOf([store], { recording: false })).toMatchObject({ serverErrors: 0 });
});

test('an empty response that nobody read is complete when the program ends; one with a body is not', () => {
  const of = (b: (number | null)[], extra: object = {}) => {
    const req = { k: 'req', id: 1, createdAt: 0, api: 'http', method: 'GET', url: 'http://127.0.0.1/', ...extra };
    const head = { k: 'head', id: 1, t: [1, 2, 3, 4], s: 302, b };
    const store = foldLines([req, ...connectionLines(1, 1, 2), head, { k: 'exit', at: 900, code: 0 }]);
    const { outcome, endAt } = store.requests.get('1-0-1') ?? {};
    return { outcome, endAt };
  };
  expect(of([null, null, 0])).toEqual({ outcome: 'complete', endAt: 4 });
  expect(of([null, null, 7], { method: 'HEAD' })).toEqual({ outcome: 'complete', endAt: 4 });
  expect(of([null, null, 7])).toEqual({ outcome: 'notRead', endAt: 900 });
});

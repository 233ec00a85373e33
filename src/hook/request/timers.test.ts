import { describe, expect, test } from 'vitest';
import type { RequestRecord } from '../records/request';
import { isAbortReason, nameTimer, reasonGiven } from './timers';

interface Named {
  timeoutKind: string;
  timeoutLimit: number;
  timeoutAt: number;
}

/** What the error of a request says of a timer. */
function named(error: unknown, fields: object = {}): Named {
  const r = { timeoutKind: '', timeoutLimit: 0, timeoutAt: 0, timerLimit: () => 0, ...fields };
  nameTimer(r as unknown as RequestRecord, error, 5);
  return { timeoutKind: r.timeoutKind, timeoutLimit: r.timeoutLimit, timeoutAt: r.timeoutAt };
}

const error = (fields: object): Error => Object.assign(new Error('x'), fields);
const timeout = new DOMException('The operation was aborted due to timeout', 'TimeoutError');

describe('the timer that an error reports', () => {
  test.each([
    ['AbortSignal.timeout', timeout, 'signal', 0],
    ['the same, as Node wraps it', error({ name: 'AbortError', cause: timeout }), 'signal', 0],
    [
      'the same, as axios wraps it',
      error({ code: 'ERR_CANCELED', config: { signal: { reason: timeout } } }),
      'signal',
      0,
    ],
    ['connect of undici', error({ code: 'UND_ERR_CONNECT_TIMEOUT', message: 'x (timeout: 80ms)' }), 'connect', 80],
    ['headers of undici', error({ code: 'UND_ERR_HEADERS_TIMEOUT' }), 'headers', 0],
    ['body of undici', error({ code: 'UND_ERR_BODY_TIMEOUT' }), 'body', 0],
    [
      'lookup of got',
      error({ name: 'TimeoutError', code: 'ETIMEDOUT', event: 'lookup', message: "Timeout awaiting 'lookup' for 7ms" }),
      'lookup',
      7,
    ],
    ['axios', error({ name: 'AxiosError', code: 'ECONNABORTED', message: 'timeout of 90ms exceeded' }), 'request', 90],
    ['a resolver', error({ code: 'ETIMEOUT', syscall: 'queryA' }), 'lookup', 0],
  ])('%s', (_, e, timeoutKind, timeoutLimit) => {
    expect(named(e)).toEqual({ timeoutKind, timeoutLimit, timeoutAt: 5 });
  });

  test('Happy Eyeballs: an address was given up, and no other connected', () => {
    const attempts = [
      { result: 'timedOut', endAt: 3 },
      { result: 'failed', endAt: 4 },
    ];
    const dial = { attempts, connectedAt: 0, attemptLimit: 250_000 };
    expect(named(error({ code: 'ETIMEDOUT' }), { dial })).toEqual({
      timeoutKind: 'attempt',
      timeoutLimit: 250,
      timeoutAt: 3,
    });
    // The kernel's own: no timer of the program's.
    const alone = { ...dial, attempts: [{ result: 'failed', endAt: 4 }] };
    expect(named(error({ code: 'ETIMEDOUT' }), { dial: alone }).timeoutKind).toBe('');
  });

  test.each([
    ['an abort', error({ name: 'AbortError' })],
    ['a reset', error({ code: 'ECONNRESET' })],
    ['an error of the same name, of the program', error({ name: 'TimeoutError' })],
    ['a text', 'TimeoutError'],
    ['nothing', undefined],
  ])('%s: none', (_, e) => {
    expect(named(e).timeoutKind).toBe('');
  });

  test('a timeout of the socket that was seen before stays', () => {
    const e = error({ name: 'AxiosError', message: 'timeout of 90ms exceeded' });
    expect(named(e, { timeoutKind: 'socket', timeoutLimit: 90, timeoutAt: 2 }).timeoutKind).toBe('socket');
  });
});

test('outside of an abort no reason is the program’s', () => {
  const e = error({ name: 'AbortError' });
  expect(reasonGiven(e)).toBe(e);
  expect(isAbortReason(e)).toBe(false);
});

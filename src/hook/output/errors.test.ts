import { describe, expect, test } from 'vitest';
import { errorInfo, reasonOf } from './errors';

const refused = (port: number) =>
  Object.assign(new Error(`connect ECONNREFUSED 127.0.0.1:${port}`), {
    code: 'ECONNREFUSED',
    syscall: 'connect',
    address: '127.0.0.1',
    port,
  });

describe('errors as structure', () => {
  test('fields of a system error', () => {
    expect(errorInfo(refused(1), 'tcp')).toEqual({
      phase: 'tcp',
      code: 'ECONNREFUSED',
      message: 'connect ECONNREFUSED 127.0.0.1:1',
      syscall: 'connect',
      address: '127.0.0.1',
      port: 1,
    });
  });

  test('members of an AggregateError and causes are nested; a circle ends', () => {
    const all = new AggregateError([refused(1), refused(2)], 'all failed', { cause: refused(3) });
    expect(errorInfo(all)).toMatchObject({ name: 'AggregateError', causes: [{ port: 1 }, { port: 2 }, { port: 3 }] });
    const a = new Error('a');
    const b = new Error('b', { cause: a });
    Object.assign(a, { cause: b });
    expect(errorInfo(a)).toEqual({ message: 'a', causes: [{ message: 'b' }] });
    let deep = new Error('0');
    for (let i = 1; i < 50; i++) deep = new Error(String(i), { cause: deep });
    let depth = 0;
    for (let e = errorInfo(deep); e.causes?.[0]; e = e.causes[0]) depth++;
    expect(depth).toBe(7);
  });

  test('anything may be thrown', () => {
    expect(errorInfo('text with ?token=abc http://h/?token=abc')).toEqual({
      message: 'text with ?token=*** http://h/?token=***',
    });
    expect(errorInfo(null)).toEqual({ message: 'null' });
    expect(errorInfo(undefined)).toEqual({});
    expect(errorInfo({ message: 5, code: 20, port: '1' })).toEqual({});
    const secret = Object.assign(new Error('GET http://u:p@h/?password=x failed'), { code: 'E' });
    expect(errorInfo(secret).message).toBe('GET http://***@h/?password=*** failed');
  });

  test('the reason of an abort: what was given, else the name', () => {
    expect(reasonOf(undefined)).toBeUndefined();
    expect(reasonOf('enough')).toBe('enough');
    expect(reasonOf(new Error('too slow'))).toBe('too slow');
    expect(reasonOf(Object.assign(new Error('aborted'), { cause: new Error('user left') }))).toBe('user left');
    expect(reasonOf({ name: 'AbortError' })).toBe('AbortError');
  });
});

import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { watchEmit, wrap } from './wrap';

describe('wrap', () => {
  test('the replacement looks like the original', () => {
    const symbol = Symbol('own');
    const method = (_a: number, _b: number) => 0;
    const object = { method: Object.assign(method, { [symbol]: 1 }) };
    Object.defineProperty(object, 'method', { enumerable: false });
    const original = object.method;
    wrap(
      object,
      'method',
      (f) =>
        function (this: unknown, ...args: unknown[]) {
          return (f.apply(this, args) as number) + 1;
        },
    );
    expect(object.method).not.toBe(original);
    expect(object.method(1, 2)).toBe(1);
    expect([object.method.name, object.method.length]).toEqual(['method', 2]);
    expect(Object.getOwnPropertySymbols(object.method)).toEqual([symbol]);
    expect(Object.keys(object)).toEqual([]);
  });

  test('the replacement reads as the original', () => {
    const object = { method: (a: number) => a + 1 };
    const text = String(object.method);
    wrap(object, 'method', () => () => 0);
    expect(object.method(1)).toBe(0);
    expect(String(object.method)).toBe(text);
    expect(Reflect.ownKeys(object.method)).not.toContain('toString');
    expect(object.method).toBeInstanceOf(Function);
  });

  test('what is frozen or no function stays', () => {
    const frozen = Object.freeze({ f: () => 1 });
    wrap(frozen, 'f', () => () => 2);
    expect(frozen.f()).toBe(1);
    const none = { x: 1 };
    wrap(none, 'x', () => () => 2);
    wrap(none, 'missing', () => () => 2);
    expect(none).toEqual({ x: 1 });
  });
});

describe('watchEmit', () => {
  class Emitter extends EventEmitter {
    loud = false;
  }
  const seen: unknown[][] = [];
  const watched: string[] = [];
  watchEmit(
    Emitter.prototype,
    ((e: Emitter) => {
      watched.push('read');
      return e.loud;
    }) as never,
    ((_: Emitter, args: IArguments) => seen.push([...args])) as never,
  );

  test('keys of the prototype stay, emissions are noticed, arguments only when asked for', () => {
    expect(Reflect.ownKeys(Emitter.prototype)).toEqual(['constructor']);
    const e = new Emitter();
    const got: unknown[][] = [];
    e.on('x', (...args) => got.push(args));
    e.emit('x', 1);
    e.loud = true;
    e.emit('x', 2);
    expect(got).toEqual([[1], [2]]);
    expect(seen).toEqual([['x', 2]]);
    expect(watched.length).toBeGreaterThanOrEqual(2);
    expect(Reflect.ownKeys(e)).not.toContain('emit');
  });

  test('nothing of ours is on the stack of a listener when not loud', () => {
    const e = new Emitter();
    let stack = '';
    e.on('x', () => {
      stack = new Error('here').stack ?? '';
    });
    e.emit('x');
    expect(stack).not.toMatch(/wrap\.ts/);
  });

  test('who replaces emit gets what a plain property would give', () => {
    const e = new Emitter();
    const original = e.emit;
    const calls: unknown[] = [];
    e.emit = function (this: Emitter, ...args: Parameters<typeof original>) {
      calls.push(args[0]);
      return original.apply(this, args);
    };
    e.emit('y');
    expect(calls).toEqual(['y']);
    expect(Object.getOwnPropertyDescriptor(e, 'emit')).toMatchObject({ enumerable: true, writable: true });
  });
});

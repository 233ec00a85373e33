import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { applyPatches, removePatches } from './patches';
import { shimAbove, watchEmit, wrap } from './wrap';

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

  test('a frozen property and one that is no function stay unchanged', () => {
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

  test('a quiet wrapper adds no frame to the stack of a listener', () => {
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

describe('removal', () => {
  const plus =
    (n: number) =>
    (f: (x: number) => number) =>
    (x: number): number =>
      f(x) + n;

  test('removal restores own and inherited properties, and patching again adds no second wrapper', () => {
    class Above {
      inherited(x: number): number {
        return x;
      }
    }
    class Below extends Above {
      own(x: number): number {
        return x;
      }
    }
    const prototype = Below.prototype;
    const before = Object.getOwnPropertyDescriptors(prototype);
    wrap(prototype, 'own', plus(1) as never);
    wrap(prototype, 'own', plus(10) as never);
    wrap(prototype, 'inherited', plus(1) as never);
    wrap(shimAbove(prototype), 'inherited', plus(100) as never);
    for (let i = 0; i < 3; i++) {
      expect([new Below().own(0), new Below().inherited(0)]).toEqual([11, 1]);
      removePatches();
      expect(Object.getOwnPropertyDescriptors(prototype)).toEqual(before);
      expect(Object.getPrototypeOf(prototype)).toBe(Above.prototype);
      expect([new Below().own(0), new Below().inherited(0)]).toEqual([0, 0]);
      applyPatches();
    }
  });

  test('under a patch of somebody else ours stays, once; without it, it is put on again', () => {
    const object = { f: (x: number) => x };
    const original = object.f;
    wrap(object, 'f', plus(1) as never);
    const ours = object.f;
    object.f = (x) => ours(x) + 10;
    removePatches();
    applyPatches();
    expect(object.f(0)).toBe(11);
    removePatches();
    object.f = original;
    applyPatches();
    expect(object.f(0)).toBe(1);
    expect(object.f).toBe(ours);
  });

  test('over what was patched in between ours is made again', () => {
    const object = { f: (x: number) => x };
    wrap(object, 'f', plus(1) as never);
    removePatches();
    const theirs = object.f;
    object.f = (x) => theirs(x) * 2;
    const put = object.f;
    applyPatches();
    expect(object.f(3)).toBe(7);
    removePatches();
    expect(object.f).toBe(put);
    applyPatches();
    expect(object.f(3)).toBe(7);
  });

  test('an accessor of emit goes with the removal', () => {
    class Emitter extends EventEmitter {}
    let seen = 0;
    watchEmit(Emitter.prototype, (() => seen++ < 0) as never, () => {});
    removePatches();
    seen = 0;
    expect(Object.getPrototypeOf(Emitter.prototype)).toBe(EventEmitter.prototype);
    new Emitter().emit('x');
    expect(seen).toBe(0);
    applyPatches();
    new Emitter().emit('x');
    expect(seen).toBe(1);
  });
});

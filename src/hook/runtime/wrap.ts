/** Replacing functions of the program's world so that the replacement looks and acts like the original. */
import { apply } from './builtins';
import { insertAbove, patchProperty } from './patches';
import { frameGone, roomForFrame } from './stackLimit';

// biome-ignore lint/suspicious/noExplicitAny: the wrapped functions take and return anything
export type AnyFunction = (this: any, ...args: any[]) => any;

const skipped = new Set<PropertyKey>(['prototype', 'arguments', 'caller']);

/**
 * Replaces a method, keeping its name, length, own symbols (util.promisify reads one from dns.lookup) and the flags of
 * the property. What is no function or cannot be redefined stays as it is.
 */
export function wrap(object: object, name: string | symbol, make: (original: AnyFunction) => AnyFunction): void {
  patchProperty(object, name, (own) => {
    const original: unknown = own ? own.value : (object as Record<PropertyKey, unknown>)[name];
    if (typeof original !== 'function') return undefined;
    const flags = own ?? { writable: true, enumerable: false, configurable: true };
    return { ...flags, value: likeOriginal(make(original as AnyFunction), original as AnyFunction) };
  });
}

/**
 * Replaces a method by `act` and then the method itself. For what is not called for each request: all replacements made
 * here are one function to V8, which makes them slower than one written in its place.
 */
export function observe<T>(object: object, name: string, act: (self: T, args: unknown[]) => void): void {
  wrap(
    object,
    name,
    (original) =>
      // A method, as it has no `prototype`: `likeOriginal` adds one where the original has it.
      ({
        call(this: T, ...args: unknown[]): unknown {
          act(this, args);
          const room = roomForFrame();
          try {
            return apply(original, this, args);
          } finally {
            if (room !== 0) frameGone(room);
          }
        },
      }).call,
  );
}

export function likeOriginal(wrapped: AnyFunction, original: AnyFunction): AnyFunction {
  for (const key of Reflect.ownKeys(original)) {
    if (skipped.has(key)) continue;
    const property = Object.getOwnPropertyDescriptor(original, key);
    try {
      if (property) Object.defineProperty(wrapped, key, property);
    } catch {
      // A property that cannot be copied is not worth failing for.
    }
  }
  // Methods and arrow functions have none, plain functions do: a replacement made as a method gets one if it must.
  if (Object.hasOwn(original, 'prototype') && !Object.hasOwn(wrapped, 'prototype')) {
    Object.defineProperty(wrapped, 'prototype', { value: {}, writable: true });
  }
  showAs(wrapped, original);
  return wrapped;
}

const { toString: textOf } = Function.prototype;

/** The original of each wrapper, also where one wraps another: what a wrapped function pretends to be. */
const originals = new WeakMap<AnyFunction, AnyFunction>();

/** Lets `String(wrapped)` give the original's text; from above, so that the own keys stay as they are. */
function showAs(wrapped: AnyFunction, original: AnyFunction): void {
  const shown = originals.get(original) ?? original;
  originals.set(wrapped, shown);
  const holder = {
    toString(this: unknown): string {
      return apply(textOf, this === wrapped ? shown : (this as AnyFunction), []) as string;
    },
  };
  const above = Object.create(Object.getPrototypeOf(original) as object) as object;
  Object.defineProperty(above, 'toString', { value: holder.toString, writable: true, configurable: true });
  Object.setPrototypeOf(wrapped, above);
}

/**
 * An object put between a prototype and the one above it: what is defined there is inherited like the original, while
 * the own keys of both stay as they are. One for each prototype.
 */
const shims = new Map<object, object>();
export function shimAbove(prototype: object): object {
  let shim = shims.get(prototype);
  if (shim === undefined) {
    shim = Object.create(Object.getPrototypeOf(prototype) as object) as object;
    insertAbove(prototype, shim);
    shims.set(prototype, shim);
  }
  return shim;
}

/**
 * Watches `emit` of one prototype without standing on the stack of the program's listeners, and without a listener of
 * our own. In the shim above it `emit` is an accessor: reading it, which each emission does, calls `watch` with the
 * emitter, and the value is the inherited `emit` itself. Where the event's arguments are needed, `watch` returns true,
 * and only this one emission goes through `onEvent`. Whoever replaces `emit`, on an instance or on the prototype, gets
 * what he would get from a plain property.
 */
export function watchEmit(
  prototype: object,
  watch: (emitter: never) => boolean | undefined,
  onEvent: (emitter: never, args: IArguments) => void,
  /** For what must happen after the listeners: makes the emission itself. */
  around?: (emitter: object, args: IArguments) => unknown,
): void {
  if (Object.hasOwn(prototype, 'emit')) return;
  const shim = shimAbove(prototype);
  const above = Object.getPrototypeOf(shim) as { emit: AnyFunction };
  const loud = {
    emit(this: object, _event: unknown): unknown {
      // biome-ignore lint/complexity/noArguments: passed on untouched
      const args = arguments;
      const room = roomForFrame();
      const more = around ? roomForFrame() : 0;
      try {
        if (around) return around(this, args);
        onEvent(this as never, args);
        return apply(above.emit, this, args);
      } finally {
        if (more !== 0) frameGone(more);
        if (room !== 0) frameGone(room);
      }
    },
  }.emit;
  Object.defineProperty(loud, 'prototype', { value: {}, writable: true });
  showAs(loud, above.emit);
  patchAccessor(shim, 'emit', function (this: object) {
    return watch(this as never) === true || this === prototype ? loud : above.emit;
  });
}

/**
 * A property of a shim that is read through `get`; setting it on an inheriting object defines a plain property there.
 */
export function patchAccessor(shim: object, name: string, get: (this: never) => unknown): void {
  const accessor = {
    configurable: true,
    enumerable: false,
    get: get as () => unknown,
    set(this: object, value: unknown) {
      Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
    },
  };
  patchProperty(shim, name, () => accessor);
}

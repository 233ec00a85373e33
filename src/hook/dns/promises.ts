/**
 * Observes how the promises of c-ares calls settle, without a promise in between: that would settle one job later,
 * after the jobs of other answers that arrived at the same time. Node keeps the resolve and reject functions on the
 * request object that it passes to the native handle; they are replaced there.
 */
import { apply } from '../runtime/builtins';
import { guarded, parts } from '../runtime/guard';
import { type AnyFunction, wrap } from '../runtime/wrap';

const part = parts.dns;

export type Settled = (error: unknown, value: unknown) => void;

interface Pending {
  resolve?: unknown;
  reject?: unknown;
}

/** The call that is being made; `taken`: its request was seen. */
let asking: { settled: Settled; taken: boolean } | undefined;
const patched = new WeakSet<object>();

/** Makes a call; true with the result: `settled` will be called, false: it must be watched. */
export function askTaken(handle: unknown, settled: Settled, call: () => unknown): [boolean, unknown] {
  if (!isPatched(handle)) return [false, call()];
  const outer = asking;
  const own = { settled, taken: false };
  asking = own;
  try {
    const result = call();
    return [own.taken, result];
  } finally {
    asking = outer;
  }
}

/** `handle`: of a Resolver; all have one prototype. */
const isPatched = guarded(part, 'dns.handle', (handle: unknown): boolean => {
  if (typeof handle !== 'object' || handle === null) return false;
  const prototype = Object.getPrototypeOf(handle) as object;
  if (patched.has(prototype)) return true;
  patched.add(prototype);
  for (const name of Object.getOwnPropertyNames(prototype)) {
    if (name.startsWith('query') || name === 'getHostByAddr') wrap(prototype, name, asks);
  }
  return true;
});

const asks = (original: AnyFunction): AnyFunction =>
  ({
    ask(this: unknown, ...args: unknown[]): unknown {
      const own = asking;
      asking = undefined;
      const result: unknown = apply(original, this, args);
      // Anything but 0 is an error at once: Node settles the promise by itself.
      if (own !== undefined && result === 0) take(args[0] as Pending, own);
      return result;
    },
  }).ask;

const take = guarded(part, 'dns.take', (request: Pending, own: { settled: Settled; taken: boolean }): void => {
  const { resolve, reject } = request;
  if (typeof resolve !== 'function' || typeof reject !== 'function') return;
  const { settled } = own;
  own.taken = true;
  request.resolve = (value: unknown) => {
    settled(undefined, value);
    return apply(resolve, undefined, [value]) as unknown;
  };
  request.reject = (error: unknown) => {
    settled(error, undefined);
    return apply(reject, undefined, [error]) as unknown;
  };
});

/**
 * Copies of undici that the program loads, from the moment on when they are loaded: what a copy refuses before it makes a
 * request is on none of its channels, so its functions are wrapped before the program has them. Each copy names its
 * channels while it loads, and Node sets `loaded` of its module right before the program gets it.
 */
import module from 'node:module';
import { plainly } from '../request/refused';
import { apply, nodeModule } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { type AnyFunction, wrap } from '../runtime/wrap';
import { type Entered, entered, entry } from '../sites/callSite';
import { framesHere } from '../sites/prepareStackTrace';
import { clientIn } from './copies';
import { originOf } from './pools';
import { failUndispatched, hasNothingToSend, type Undispatched, watchUndispatched } from './undispatched';

const part = parts.undici;
const cache = (module as unknown as { _cache: Record<string, { exports?: unknown; loaded?: unknown } | undefined> })
  ._cache;

interface Exports {
  Request?: unknown;
  Dispatcher?: { prototype?: object };
}

interface Copy {
  readonly exports: Exports;
  readonly root: string;
}

/** Those that return a promise, or throw. */
const methods = ['request', 'stream', 'connect', 'upgrade'] as const;

export function watchLoading(): void {
  const channels = nodeModule('node:diagnostics_channel') as typeof import('node:diagnostics_channel');
  wrap(
    channels,
    'channel',
    (original) =>
      function channel(this: unknown, ...args: unknown[]) {
        if (args[0] === 'undici:request:create') onLoading();
        return apply(original, this, args);
      },
  );
}

const onLoading = guarded(part, 'undici.loading', () => {
  for (const frame of framesHere(10)) {
    const root = /^(.*[\\/])lib[\\/]core[\\/](?:request|diagnostics)\.js$/.exec(frame.getFileName() ?? '')?.[1];
    if (root === undefined) continue;
    const loading = cache[`${root}index.js`];
    if (loading?.loaded === false) whenLoaded(loading, root);
    return;
  }
});

function whenLoaded(loading: { exports?: unknown; loaded?: unknown }, root: string): void {
  Object.defineProperty(loading, 'loaded', {
    configurable: true,
    enumerable: true,
    get: () => false,
    set(value: unknown) {
      Object.defineProperty(loading, 'loaded', { value, configurable: true, enumerable: true, writable: true });
      onLoaded({ exports: loading.exports as Exports, root });
    },
  });
}

const onLoaded = guarded(part, 'undici.loaded', (copy: Copy) => {
  const { exports } = copy;
  if (typeof exports !== 'object' || exports === null) return;
  wrap(exports, 'fetch', (original) => watched(original, (args) => describeFetch(copy, args)));
  for (const name of methods)
    wrap(exports, name, (original) =>
      watched(
        original,
        (args) => describeCall(copy, name, args),
        (args) => errorOf(original, args),
      ),
    );
  const prototype = exports.Dispatcher?.prototype;
  if (prototype === undefined) return;
  for (const name of methods)
    wrap(prototype, name, (original) =>
      watched(original, (args, dispatcher) => describeMethod(copy, name, args, dispatcher)),
    );
});

type Describe = (args: readonly unknown[], self: unknown) => Undispatched | undefined;

function watched(original: AnyFunction, describe: Describe, errorOf?: (args: unknown[]) => unknown): AnyFunction {
  return entry(
    original,
    false,
    (result, by, args, self) => {
      by.promise = result;
      if (by.made === undefined && part.on) watchUndispatched(by, result, () => describe(args, self));
    },
    errorOf && ((by, args) => onThrow(by, describe(args, undefined), () => errorOf(args))),
  );
}

const onThrow = guarded(part, 'undici.throw', (by: Entered, call: Undispatched | undefined, error: () => unknown) => {
  if (by.made === undefined && call !== undefined) failUndispatched(by, call, error() as object | undefined, now());
});

/** The error itself is not caught (see `http1/thrown.ts`): the copy checks the same call again, and nothing takes it. */
function errorOf(original: AnyFunction, [url, options]: readonly unknown[]): unknown {
  const isUrl = typeof url !== 'object' || url instanceof URL;
  const given = options === undefined || options === null || typeof options === 'function' ? {} : plainly(options);
  const target = isUrl ? url : plainly(url);
  if (given === undefined || target === undefined) return undefined;
  const { signal: _, ...rest } = isUrl ? given : { ...target, ...given };
  const outer = entered.by;
  entered.by = undefined;
  try {
    const nowhere = { dispatch: () => true };
    apply(original, undefined, [target, { ...rest, dispatcher: nowhere }, () => {}]);
    return undefined;
  } catch (e) {
    return e;
  } finally {
    entered.by = outer;
  }
}

function describeFetch({ exports, root }: Copy, args: readonly unknown[]): Undispatched | undefined {
  const [input] = args;
  const { Request } = exports;
  const isRequest = typeof Request === 'function' && input instanceof Request;
  const url = isRequest ? (input as unknown as { url: string }).url : textOf(input);
  if (url === undefined || hasNothingToSend(url)) return undefined;
  const given = isRequest ? (input as unknown as { method: string }).method : undefined;
  const own = plainly(args[1])?.method;
  const method = typeof own === 'string' ? own.toUpperCase() : (given ?? 'GET');
  const signal = isRequest ? (input as unknown as { signal: AbortSignal }).signal : undefined;
  return { api: 'fetch', method, url, signal: signalIn(args[1]) ?? signal, client: clientIn(root) };
}

/** `request(url, options)`, or options with the URL's parts. */
function describeCall({ root }: Copy, name: string, args: readonly unknown[]): Undispatched | undefined {
  const [target, given] = args;
  const url = textOf(target);
  const parts = url === undefined ? plainly(target) : undefined;
  const options = plainly(given) ?? parts;
  const own = url ?? textOf(parts?.origin);
  if (own === undefined) return undefined;
  return {
    api: 'undici',
    method: methodOf(name, options),
    url: withPath(own, options?.path ?? parts?.pathname),
    signal: signalIn(options),
    client: clientIn(root),
  };
}

/** `client.request(options)`: a client has its origin, an agent is given one. */
function describeMethod(
  { root }: Copy,
  name: string,
  [given]: readonly unknown[],
  dispatcher: unknown,
): Undispatched | undefined {
  const options = plainly(given);
  const origin = textOf(options?.origin) ?? originOf(dispatcher as object)?.origin;
  if (options === undefined || origin === undefined) return undefined;
  return {
    api: 'undici',
    method: methodOf(name, options),
    url: withPath(origin, options.path),
    signal: signalIn(options),
    client: clientIn(root),
  };
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : value instanceof URL ? value.href : undefined;

const withPath = (url: string, path: unknown): string =>
  typeof path !== 'string'
    ? url
    : `${/^\w+:\/\/[^/?#]*/.exec(url)?.[0] ?? url}${path.startsWith('/') ? '' : '/'}${path}`;

function methodOf(name: string, options: Record<PropertyKey, unknown> | undefined): string {
  if (name === 'connect') return 'CONNECT';
  const method = options?.method;
  if (typeof method === 'string') return method.toUpperCase();
  return name !== 'upgrade' && options?.body ? 'PUT' : 'GET';
}

function signalIn(options: unknown): AbortSignal | undefined {
  const signal = plainly(options)?.signal;
  return signal instanceof AbortSignal ? signal : undefined;
}

/**
 * Modules of Node's own are patched when the program loads them, not before: to load `http` and what it needs takes up to 22 ms
 * of processor time at the start, which a program that makes no request should not pay.
 *
 * Node appends the name of each to `process.moduleLoadList` right after its code has run, and before whoever asked for it
 * gets it: `require`, `import`, `process.getBuiltinModule` and Node's own code alike. So the list gets a prototype that sees
 * the new entry. No frame of the hook is on the stack when the program goes on.
 */
import { nodeMajor, syncExports } from './builtins';
import { fault, parts } from './guard';
import { whenLeft } from './patches';

const { getPrototypeOf, setPrototypeOf } = Object;
const prefix = 'NativeModule ';

const list = (process as unknown as { moduleLoadList?: string[] }).moduleLoadList;
const waiting = new Map<string, (() => void)[]>();
const replacing = new WeakSet<() => void>();
let above: object | undefined;

/** Of the list, as far as it was read: to be asked while requests are made. */
const known = new Set<string>();
let read = 0;

export function isLoaded(name: string): boolean {
  if (list === undefined) return true;
  while (read < list.length) known.add(list[read++] as string);
  return known.has(prefix + name);
}

/**
 * Runs `f` once, as soon as the module is loaded: now if it is. `name` as in the list: `http`, `internal/dns/promises`. `f`
 * replaces what that module exports.
 */
export function whenLoaded(name: string, f: () => void): void {
  if (isLoaded(name)) return f();
  replacing.add(f);
  whenSeen(name, f);
}

/**
 * Likewise, but `f` replaces nothing that a module exports. To bring imports up to date reads every export of Node's modules,
 * and some are loaded when they are read: within such a reading, which may be what loads the module, V8 ends the process.
 */
export function whenSeen(name: string, f: () => void): void {
  if (isLoaded(name)) return f();
  const others = waiting.get(name);
  if (others !== undefined) others.push(f);
  else waiting.set(name, [f]);
  watch();
}

export const fetchModule = 'internal/deps/undici/undici';

/** Node's own undici, with its Request and the like. */
export const isFetchLoaded = (): boolean => isLoaded(fetchModule);

/**
 * The class, where the program may have objects of it. To ask for it, even for its descriptor, would load `fetch`, whose
 * dispatcher older copies of undici then take; on Node 20 it would put a value in the place of the accessor, which on Node 18
 * stays.
 */
export function loadedRequest(): typeof Request | undefined {
  if (!isLoaded(fetchModule)) return undefined;
  const own = Object.getOwnPropertyDescriptor(globalThis, 'Request');
  if (own?.get === undefined) return own?.value as typeof Request | undefined;
  return nodeMajor < 20 ? globalThis.Request : undefined;
}

function watch(): void {
  if (above !== undefined || list === undefined) return;
  above = getPrototypeOf(list) as object;
  // `instanceof Array` holds: the target has the prototype that the list had.
  setPrototypeOf(list, new Proxy(Object.create(above) as object, { set: onSet }));
}

/** The list has no such index yet, so that the assignment comes to its prototype. */
function onSet(_: object, key: PropertyKey, value: unknown, receiver: object): boolean {
  const isSet = Reflect.defineProperty(receiver, key, { value, configurable: true, enumerable: true, writable: true });
  if (typeof value === 'string' && value.startsWith(prefix)) onLoaded(value.slice(prefix.length));
  return isSet;
}

function onLoaded(name: string): void {
  const due = waiting.get(name);
  if (due === undefined) return;
  waiting.delete(name);
  for (const f of due) {
    try {
      f();
    } catch (e) {
      fault(parts.loading, e);
    }
  }
  if (waiting.size === 0) stop();
  if (due.some((f) => replacing.has(f))) syncExports();
}

function stop(): void {
  if (above === undefined || list === undefined) return;
  setPrototypeOf(list, above);
  above = undefined;
}

whenLeft(() => {
  waiting.clear();
  stop();
});

const warns = '--pending-deprecation';

/** A binding, as `process.binding` still gives it. Undefined where Node refuses it (permission model), has it no longer, or would warn. */
export function bindingOf(name: string): object | undefined {
  const { env, execArgv } = process;
  if (env.NODE_PENDING_DEPRECATION === '1' || execArgv.includes(warns) || env.NODE_OPTIONS?.includes(warns)) return;
  try {
    return (process as unknown as { binding(name: string): object }).binding(name);
  } catch {
    return undefined;
  }
}

/**
 * Copies of undici in the program: the one inside Node and those it brings. Each has its own Request class, by which
 * the origin of a request is recognised; other facts of a copy are determined once, at its first request.
 */
import { parse, readFileSync, stringify } from '../runtime/builtins';
import { entered } from '../sites/callSite';
import { framesHere } from '../sites/prepareStackTrace';
import { watchPools } from './pools';
import type { UndiciRecord, UndiciRequest } from './record';

export interface Copy {
  /** `"client":{…},` */
  text(): string;
  apiOf(request: UndiciRequest): 'fetch' | 'undici' | 'websocket';
  /** Of the call that made the request: what it does with the response. */
  handlerOf(request: UndiciRequest): { res?: unknown; body?: unknown } | undefined;
  /** The request that a call will become, as far as it is known. */
  asRequest(handler: unknown, options: UndiciRequest): UndiciRequest;
  /** Every piece of the body is seen. */
  countsBody: boolean;
}

const copies = new Map<unknown, Copy>();
let sending: ((prototype: object) => void) | undefined;

/** Watches the requests of every copy, those known and those to come. */
export function watchSending(watch: (prototype: object) => void): void {
  if (sending !== undefined) return;
  sending = watch;
  for (const kind of copies.keys()) watch((kind as { prototype: object }).prototype);
}

/** What no channel of the copy reports is to be watched at its prototype. */
export interface Watches {
  /** Pieces of bodies, in both directions. */
  pieces(prototype: object): void;
  upgrades(prototype: object): void;
  /** A call that a pool keeps. */
  begin(r: UndiciRecord): void;
}

export function copyOf(request: UndiciRequest, inGlobalFetch: boolean, watches: Watches): Copy {
  const kind = request.constructor;
  let copy = copies.get(kind);
  if (copy === undefined) {
    copy = discover(request, inGlobalFetch, watches);
    copies.set(kind, copy);
    sending?.(kind.prototype as object);
  }
  return copy;
}

function discover(request: UndiciRequest, inGlobalFetch: boolean, watches: Watches): Copy {
  const prototype = Object.getPrototypeOf(request) as { onData?: unknown; onResponseData?: unknown };
  const file = creator();
  // Node's fetch goes through the program's own copy where that has made its dispatcher the global one.
  const bundled = file === '' ? inGlobalFetch : file.startsWith('node:');
  const handler = Object.getOwnPropertySymbols(request).find((s) => s.description === 'handler');
  if (!bundled) watchPools(file, { copy: () => copies.get(request.constructor), begin: watches.begin });
  const piece = prototype.onData ?? prototype.onResponseData;
  const hasChannel =
    typeof piece === 'function' && Function.prototype.toString.call(piece).includes('bodyChunkReceived');
  if (!hasChannel && typeof prototype.onData === 'function') watches.pieces(prototype);
  watches.upgrades(prototype);
  let text: string | undefined;
  return {
    countsBody: hasChannel || typeof prototype.onData === 'function',
    text() {
      if (text === undefined) {
        text = clientText(bundled ? process.versions.undici : versionBeside(file), bundled);
      }
      return text;
    },
    asRequest: (h, options) => (handler === undefined ? options : Object.assign(options, { [handler]: h })),
    handlerOf: (r) =>
      handler === undefined ? undefined : (r as unknown as Record<symbol, { res?: unknown }>)[handler],
    apiOf(r) {
      if (r.upgrade === 'websocket') return 'websocket';
      if (bundled && entered.by?.fetch) return 'fetch';
      const h = handler && (r as unknown as Record<symbol, { onResponseStarted?: unknown } | undefined>)[handler];
      // Calls of another copy go through the dispatcher of this one, once fetch has made it the global one.
      if (bundled) return h && Object.getPrototypeOf(h) !== Object.prototype ? 'undici' : 'fetch';
      // Only the handler of fetch asks when the response starts, for its timing entry.
      if (typeof h?.onResponseStarted !== 'function') return 'undici';
      // An interceptor is in between: its handler proves nothing, the headers of fetch do.
      return h.constructor?.name !== 'UnwrapHandler' || isFetch(r.headers) ? 'fetch' : 'undici';
    },
  };
}

/** Header block, names and values in turn, or an object. */
function isFetch(headers: unknown): boolean {
  if (typeof headers === 'string') return /^sec-fetch-mode:/im.test(headers);
  if (Array.isArray(headers)) return headers.some((h) => typeof h === 'string' && h.toLowerCase() === 'sec-fetch-mode');
  return typeof headers === 'object' && headers !== null && 'sec-fetch-mode' in headers;
}

/** File of the Request constructor that is running now, or '' when the stack does not show it. */
function creator(): string {
  for (const f of framesHere(20)) {
    const file = f.getFileName();
    if (file && file !== __filename && file !== 'node:diagnostics_channel') return file;
  }
  return '';
}

const clientText = (version: string | undefined, bundled: boolean): string =>
  `"client":${stringify({ name: 'undici', version, bundled })},`;

/** Of a copy in this folder. */
export const clientIn = (root: string): string => clientText(versionIn(root), false);

function versionBeside(file: string): string | undefined {
  const root = /^(.*[\\/])lib[\\/]core[\\/]request\.js$/.exec(file.replace(/^file:\/\//, ''))?.[1];
  return root === undefined ? undefined : versionIn(root);
}

function versionIn(root: string): string | undefined {
  try {
    const { name, version } = parse(readFileSync(`${root}package.json`, 'utf8')) as {
      name?: unknown;
      version?: unknown;
    };
    return name === 'undici' && typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

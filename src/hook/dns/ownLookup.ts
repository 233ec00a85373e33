/** `dns.lookup` by the hook's own resolver, where that was asked for: same results, order, errors and timing rules. */

import { cutText, line } from '../output/json';
import { push } from '../output/queue';
import { Exchange } from '../records/dns/exchange';
import type { Lookup } from '../records/dns/lookup';
import {
  apply,
  clearTimer,
  ErrorClass,
  nextTick,
  nodeModule,
  PromiseClass,
  promiseThen,
  readFileSync,
  setSoon,
  setTimer,
  statSync,
} from '../runtime/builtins';
import { now, us } from '../runtime/clock';
import { fault, guarded, parts } from '../runtime/guard';
import { unseen } from '../runtime/ownSockets';
import type { ResolverFiles } from '../runtime/settings';
import type { AnyFunction } from '../runtime/wrap';
import type { Found, Host, Outcome, Request, Resolver } from './resolver/host';

const part = parts.dns;
type Dns = typeof import('node:dns');
type Order = 'verbatim' | 'ipv4first' | 'ipv6first';

let resolver: Resolver | undefined;
let dns: Dns;
let AsyncResource: typeof import('node:async_hooks').AsyncResource;
const said = new Set<string>();

/** Loads the resolver, a file next to the hook. */
export function loadResolver(files: ResolverFiles | undefined): void {
  try {
    dns = nodeModule('node:dns') as Dns;
    ({ AsyncResource } = nodeModule('node:async_hooks') as typeof import('node:async_hooks'));
    const { join } = nodeModule('node:path') as typeof import('node:path');
    const file = join(__dirname, 'resolver.cjs');
    const { createResolver } = require(file) as typeof import('./resolver/index');
    // As the hook itself: nobody shall meet it among the modules.
    delete require.cache[file];
    resolver = createResolver({
      now,
      unseen,
      exchange,
      failed: (error) => fault(part, error),
      setTimer: (f, ms) => setTimer(f, ms),
      clearTimer: (timer) => clearTimer(timer as NodeJS.Timeout),
      soon: (f) => void setSoon(f),
      read: (name) => readFileSync(name, 'utf8'),
      changed: (name) => statSync(name, { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN,
      files: files ?? {},
    });
  } catch (e) {
    left(`it cannot be loaded: ${String((e as Error)?.message)}`);
  }
}

const exchange = guarded(
  part,
  'dns.exchange',
  (transport: 'udp' | 'tcp', address: string, port: number) => new Exchange(transport, address, port, now(), true),
) as Host['exchange'];

/** Said once for each reason: lookups for which the system was asked have no messages. */
function left(why: string): void {
  if (said.has(why) || said.size >= 8) return;
  said.add(why);
  push(line({ k: 'ctl', at: us(now()), reason: 'resolver', message: cutText(why, 256) }));
}

const families: readonly unknown[] = [undefined, 0, 4, 6, 'IPv4', 'IPv6'];
const orders: readonly unknown[] = [undefined, 'verbatim', 'ipv4first', 'ipv6first'];
const flags: readonly unknown[] = [undefined, true, false];

interface Options {
  request: Request;
  all: boolean;
  order: Order;
}

/** What a call asks for; undefined: not what it should be, and `dns` itself will say so. */
function optionsOf(hostname: string, given: unknown): Options | undefined {
  const o = (typeof given === 'object' ? (given ?? {}) : { family: given }) as Record<string, unknown>;
  if (typeof given === 'number' && given !== 0 && given !== 4 && given !== 6) return undefined;
  const { family, all, order, verbatim, hints } = o;
  if (!families.includes(family) || !orders.includes(order) || !flags.includes(all) || !flags.includes(verbatim))
    return undefined;
  // Mapped addresses are the system's affair.
  if (hints !== undefined && hints !== 0 && hints !== dns.ADDRCONFIG) return undefined;
  const usual = (dns as { getDefaultResultOrder?: () => Order }).getDefaultResultOrder?.() ?? 'verbatim';
  const old = verbatim === undefined ? usual : verbatim ? 'verbatim' : 'ipv4first';
  return {
    request: {
      hostname,
      family: family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : ((family as number | undefined) ?? 0),
      addressConfig: hints === dns.ADDRCONFIG,
    },
    all: all === true,
    order: (order as Order | undefined) ?? old,
  };
}

/**
 * Looks up, and gives what `dns.lookup` would give its callback. False: not begun, the system is to be asked. `note` is
 * filled before. `again`: asks the system after all.
 */
export function ownLookup(note: Lookup, given: unknown, callback: AnyFunction, again: () => void): boolean {
  return resolver !== undefined && begin(note, given, { callback, again }) === true;
}

interface Asker {
  callback: AnyFunction;
  again: () => void;
}

const begin = guarded(part, 'dns.own', (note: Lookup, given: unknown, { callback, again }: Asker): boolean => {
  const options = optionsOf(note.hostname, given);
  if (options === undefined || resolver === undefined) return false;
  // The program's context is that of the call, as it is round the system's lookup.
  const resource = new AsyncResource('GETADDRINFOREQWRAP');
  const why = resolver.lookup(options.request, (outcome) => {
    // Apart from ours: what the program's callback throws is its own.
    nextTick(() => {
      if (outcome === undefined) return resource.runInAsyncScope(again);
      fill(note, outcome);
      resource.runInAsyncScope(callback, undefined, ...resultsOf(outcome, note.hostname, options));
    });
  });
  if (why === undefined) return true;
  left(why);
  return false;
});

const fill = guarded(part, 'dns.outcome', (note: Lookup, o: Outcome) => {
  note.answeredBy = o.answeredBy;
  note.rcode = o.rcode;
  if (o.servers.length > 0) note.servers = o.servers;
  if (o.skipped.length > 0) note.skippedServers = o.skipped;
  note.exchanges = o.exchanges;
  note.timesToLive = new Map(o.addresses.flatMap((f) => (f.ttl === undefined ? [] : [[f.address, f.ttl]])));
});

function resultsOf(o: Outcome, hostname: string, { all, order }: Options): unknown[] {
  if (o.code !== '') return [errorOf(o.code, hostname)];
  const found = inOrder(o.addresses, order).map(({ address, family }) => ({ address, family }));
  const [first] = found;
  return all ? [null, found] : [null, first?.address, first?.family];
}

function inOrder(found: readonly Found[], order: Order): readonly Found[] {
  if (order === 'verbatim') return found;
  const early = order === 'ipv4first' ? 4 : 6;
  return [...found.filter((f) => f.family === early), ...found.filter((f) => f.family !== early)];
}

const numbers = { ENOTFOUND: -3008, EAI_AGAIN: -3001 };

/** As Node makes it from what getaddrinfo says. */
function errorOf(code: 'ENOTFOUND' | 'EAI_AGAIN', hostname: string): Error {
  const limit = ErrorClass.stackTraceLimit;
  let error: Error;
  try {
    ErrorClass.stackTraceLimit = 0;
  } catch {
    // Frozen: our frames stay.
  }
  try {
    error = new ErrorClass(`getaddrinfo ${code} ${hostname}`);
  } finally {
    try {
      ErrorClass.stackTraceLimit = limit;
    } catch {
      // Frozen.
    }
  }
  return Object.assign(error, { errno: numbers[code], code, syscall: 'getaddrinfo', hostname });
}

/** The promise form. Undefined: not begun. */
export function ownLookupPromised(
  note: Lookup,
  given: unknown,
  answered: (results: unknown[]) => void,
  again: () => Promise<unknown>,
): Promise<unknown> | undefined {
  let resolve: (value: unknown) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const answer = (...results: unknown[]): void => {
    answered(results);
    const [error, value, family] = results;
    if (error) reject(error);
    else resolve(Array.isArray(value) ? value : { address: value, family });
  };
  // It settles its promise itself.
  const byTheSystem = (): void => {
    apply(promiseThen, again(), [
      (value: Found | Found[]) =>
        Array.isArray(value) ? answer(null, value) : answer(null, value.address, value.family),
      (error: unknown) => answer(error),
    ]);
  };
  if (!ownLookup(note, given, answer, byTheSystem)) return undefined;
  return new PromiseClass((yes, no) => {
    resolve = yes;
    reject = no;
  });
}

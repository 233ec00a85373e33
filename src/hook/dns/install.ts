/**
 * `dns.lookup`: for a socket that is dialling (net reads it at each call), or called by the program itself, with a
 * callback or as a promise. The other calls of the module are in `dnsresolve`.
 */

import { push } from '../output/queue';
import { dialling } from '../records/currentDial';
import { type Address, Lookup, running, watched } from '../records/dns/lookup';
import type { Wire } from '../records/wire';
import { apply, nodeModule } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { whenLoaded } from '../runtime/nodeModules';
import type { Settings } from '../runtime/settings';
import { frameGone, roomForFrame, roomy } from '../runtime/stackLimit';
import { type AnyFunction, wrap } from '../runtime/wrap';
import { beginJobOf, endJobOf } from '../sites/promiseParents';
import { loadResolver, ownLookup, ownLookupPromised } from './ownLookup';
import { installResolve, installResolvePromises } from './resolve';
import { isReplaced, measurePool, setUpPool } from './threadPool';

const part = parts.dns;

let isIP: (text: string) => number;
let defaultOrder: (() => unknown) | undefined;

type Dns = typeof import('node:dns');

export function installDns(settings: Settings): void {
  whenLoaded('dns', () => watchCallbacks(nodeModule('node:dns') as Dns, settings));
  whenLoaded('internal/dns/promises', () => watchPromises((nodeModule('node:dns') as Dns).promises));
}

function watchCallbacks(dns: Dns, settings: Settings): void {
  if (settings.dnsResolver) loadResolver(settings.resolverFiles);
  defaultOrder = (dns as { getDefaultResultOrder?: () => unknown }).getDefaultResultOrder;
  isIP = (nodeModule('node:net') as typeof import('node:net')).isIP;
  wrap(dns, 'lookup', (original) => {
    setUpPool(original);
    return function lookup(this: unknown, ...args: unknown[]) {
      const callback = args.length > 0 ? args[args.length - 1] : undefined;
      const wire = dialling.wire;
      const note = typeof callback === 'function' && asks(args[0]) ? begin(args) : undefined;
      if (note === undefined) return roomy(original, this, args);
      const room = roomForFrame();
      args[args.length - 1] = function (this: unknown, ...results: unknown[]) {
        running.count--;
        const asker = note.stack;
        end(note, results, wire);
        if (asker === undefined || wire !== undefined) return roomy(callback as AnyFunction, this, results);
        // undici's interceptor `dns` makes the request here.
        const outer = beginJobOf(asker);
        try {
          return roomy(callback as AnyFunction, this, results);
        } finally {
          endJobOf(outer);
        }
      };
      running.count++;
      let asked = false;
      try {
        let result: unknown = {};
        const options = args.length > 2 ? args[1] : undefined;
        const system = (): unknown => {
          measurePool(note);
          return apply(original, this, args);
        };
        if (isReplaced() || !ownLookup(note, options, args[args.length - 1] as AnyFunction, system)) {
          measurePool(note);
          result = apply(original, this, args);
        }
        asked = true;
        begun(note, wire);
        return result;
      } finally {
        // Wrong arguments: it threw, and there was no lookup.
        if (!asked) running.count--;
        if (room !== 0) frameGone(room);
      }
    };
  });
  installResolve(dns);
}

function watchPromises(promises: Dns['promises']): void {
  wrap(
    promises,
    'lookup',
    (original) =>
      function lookup(this: unknown, ...args: unknown[]) {
        const note = asks(args[0]) ? begin(args) : undefined;
        if (note === undefined) return roomy(original, this, args);
        const system = (): Promise<unknown> => {
          measurePool(note);
          return roomy(original, this, args) as Promise<unknown>;
        };
        const settled = (results: unknown[]): void => {
          running.count--;
          end(note, results, undefined);
        };
        const own =
          (isReplaced() ? undefined : ownLookupPromised(note, args[1], settled, system)) ??
          watched(system(), (error, answer) => end(note, answersOf(error, answer), undefined));
        running.count++;
        begun(note, undefined);
        return own;
      },
  );
  installResolvePromises(promises);
}

/** Whether a call asks for a name: a literal is not looked up, servers that listen ask for one; nor is nothing. */
const asks = (hostname: unknown): boolean => typeof hostname === 'string' && hostname !== '' && isIP(hostname) === 0;

/** The results of a promise as those of a callback. */
function answersOf(error: unknown, answer: unknown): unknown[] {
  if (error !== undefined || Array.isArray(answer)) return [error, answer];
  const one = answer as Address | undefined;
  return [undefined, one?.address, one?.family];
}

const begin = guarded(part, 'dns.lookup', (args: unknown[]): Lookup => {
  const o = (typeof args[1] === 'object' && args[1] !== null ? args[1] : {}) as Record<string, unknown>;
  const options: Record<string, unknown> = {};
  const family = typeof args[1] === 'number' ? args[1] : o.family;
  if (family === 'IPv4') options.family = 4;
  else if (family === 'IPv6') options.family = 6;
  else if (typeof family === 'number' && family !== 0) options.family = family;
  if (o.all === true) options.all = true;
  if (typeof o.order === 'string') options.order = o.order;
  else if (o.verbatim === true) options.order = 'verbatim';
  else if (o.verbatim === false) options.order = 'ipv4first';
  else {
    // By a flag of Node, or by the program for all of its lookups.
    const order = defaultOrder?.();
    if (typeof order === 'string' && order !== 'verbatim') options.order = order;
  }
  if (typeof o.hints === 'number' && o.hints !== 0) options.hints = o.hints;
  return new Lookup('lookup', String(args[0]), options, now(), running.count);
});

/** The dial is known before the answer, so that a request that waits in DNS shows it. */
const attach = guarded(part, 'dns.attach', (wire: Wire, note: Lookup) => {
  if (wire.lookup === undefined || wire.lookup.endAt === 0) wire.lookup = note;
});

const begun = guarded(part, 'dns.begun', (note: Lookup, wire: Wire | undefined) => {
  if (wire) return attach(wire, note);
  note.announce();
});

const end = guarded(part, 'dns.answer', (note: Lookup, results: unknown[], wire: Wire | undefined) => {
  note.endAt = now();
  const [error, answer, family] = results;
  if (error) note.error = error;
  else if (Array.isArray(answer)) {
    note.addresses = (answer as Address[]).map(({ address, family }) => withTtl(note, address, family));
  } else if (typeof answer === 'string') note.addresses = [withTtl(note, answer, family === 6 ? 6 : 4)];
  if (!error) note.answeredBy ||= 'getaddrinfo';
  if (wire === undefined) note.ended();
  else {
    attach(wire, note);
    if (wire.wanted) push(wire);
  }
});

function withTtl(note: Lookup, address: string, family: number): Address {
  const ttl = note.timesToLive?.get(address);
  return ttl === undefined ? { address, family } : { address, family, ttl };
}

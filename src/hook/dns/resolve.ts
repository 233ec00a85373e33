/**
 * `dns.resolve*`, `reverse` and `lookupService`, of the module and of its Resolvers, with callbacks and as promises: they
 * ask name servers by themselves (c-ares), or in the case of lookupService the system. What is recorded is what was given
 * to the program.
 */

import { cutText } from '../output/json';
import { Lookup, running, watched } from '../records/dns/lookup';
import { apply } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { roomy } from '../runtime/stackLimit';
import { type AnyFunction, wrap } from '../runtime/wrap';
import { askTaken } from './promises';
import { recordsOf } from './records';

const part = parts.dns;
type Dns = typeof import('node:dns');

/** Record types by the name of the call. */
const types: Readonly<Record<string, string>> = {
  resolve: '',
  resolve4: 'A',
  resolve6: 'AAAA',
  resolveAny: 'ANY',
  resolveCaa: 'CAA',
  resolveCname: 'CNAME',
  resolveMx: 'MX',
  resolveNaptr: 'NAPTR',
  resolveNs: 'NS',
  resolvePtr: 'PTR',
  resolveSoa: 'SOA',
  resolveSrv: 'SRV',
  resolveTlsa: 'TLSA',
  resolveTxt: 'TXT',
  reverse: 'PTR',
};

/** What a server's answer is called; c-ares gives the code alone. Codes without one: no server has answered. */
const rcodes: Readonly<Record<string, string>> = {
  ENODATA: 'no-error',
  EFORMERR: 'format-error',
  ESERVFAIL: 'server-fail',
  ENOTFOUND: 'non-existent-domain',
  ENOTIMP: 'not-implemented',
  EREFUSED: 'query-refused',
};

interface WithServers {
  getServers?: () => string[];
}

export function installResolve(dns: Dns): void {
  for (const name of Object.keys(types)) {
    wrap(dns, name, (original) => withCallback(name, original, dns));
    // The module's own functions are bound to these as they were; after `setServers` to these as they are.
    wrap(dns.Resolver.prototype, name, (original) => withCallback(name, original));
  }
  wrap(dns, 'lookupService', (original) => withCallback('lookupService', original));
}

export function installResolvePromises(promises: Dns['promises']): void {
  for (const name of Object.keys(types)) {
    wrap(promises, name, (original) => asPromise(name, original, promises));
    wrap(promises.Resolver.prototype, name, (original) => asPromise(name, original));
  }
  wrap(promises, 'lookupService', (original) => asPromise('lookupService', original));
}

function withCallback(name: string, original: AnyFunction, of?: WithServers): AnyFunction {
  const call = {
    call(this: unknown, ...args: unknown[]): unknown {
      const at = args.length > 2 ? 2 : 1;
      const callback = args[at];
      const note = typeof callback === 'function' ? begin(name, args, of ?? this) : undefined;
      if (note === undefined) return roomy(original, this, args);
      args[at] = function (this: unknown, ...results: unknown[]) {
        running.count--;
        end(note, results[0], note.service ? { hostname: results[1], service: results[2] } : results[1]);
        return roomy(callback as AnyFunction, this, results);
      };
      const result: unknown = roomy(original, this, args);
      running.count++;
      begun(note);
      return result;
    },
  };
  return call.call;
}

function asPromise(name: string, original: AnyFunction, of?: Dns['promises']): AnyFunction {
  const call = {
    call(this: unknown, ...args: unknown[]): unknown {
      const note = begin(name, args, of ?? this);
      if (note === undefined) return roomy(original, this, args);
      const settled = (error: unknown, answer: unknown): void => {
        running.count--;
        end(note, error, answer);
      };
      const [taken, result] = askTaken(handleOf(of, this), settled, () => roomy(original, this, args));
      if (!(result instanceof Promise)) return result;
      running.count++;
      begun(note);
      return taken ? result : watched(result, (error, answer) => end(note, error, answer));
    },
  };
  return call.call;
}

let sample: object | undefined;

/** The native handle that a call asks, or one like it: the module's own is out of reach. */
const handleOf = guarded(part, 'dns.channel', (of: Dns['promises'] | undefined, resolver: unknown): unknown => {
  if (of === undefined) return (resolver as { _handle?: unknown } | undefined)?._handle;
  sample ??= new of.Resolver();
  return (sample as { _handle?: unknown })._handle;
});

const begin = guarded(part, 'dns.resolve', (name: string, args: unknown[], of: unknown): Lookup | undefined => {
  if (typeof args[0] !== 'string') return undefined;
  const options: Record<string, unknown> = {};
  const type = types[name];
  if (type !== undefined) options.type = type || (typeof args[1] === 'string' ? args[1].slice(0, 16) : 'A');
  const note = new Lookup(name, args[0], options, now(), running.count);
  if (type === undefined) note.service = { port: typeof args[1] === 'number' ? args[1] : undefined };
  // By the prototype's own method, or the program's.
  const { getServers } = (of ?? {}) as WithServers;
  if (type !== undefined && getServers) note.servers = apply(getServers, of, []) as string[];
  return note;
});

const begun = guarded(part, 'dns.asked', (note: Lookup) => {
  note.announce();
});

const end = guarded(part, 'dns.resolved', (note: Lookup, error: unknown, answer: unknown) => {
  note.endAt = now();
  const type = (note.options as { type?: string }).type;
  if (error) {
    note.error = error;
    if (type !== undefined) note.rcode = rcodes[String((error as { code?: unknown }).code)] ?? '';
  } else if (type !== undefined) {
    note.rcode = 'no-error';
    note.records = recordsOf(type, note.hostname, answer);
    for (const r of note.records) {
      if (r.type !== 'A' && r.type !== 'AAAA') continue;
      note.addresses.push({
        address: r.value,
        family: r.type === 'A' ? 4 : 6,
        ...(r.ttl === undefined ? {} : { ttl: r.ttl }),
      });
    }
  }
  if (note.service !== undefined && !error) {
    const { hostname, service } = answer as { hostname: string; service: string };
    note.service = { ...note.service, hostname: cutText(hostname, 256), name: cutText(service, 64) };
  }
  // An answer to `reverse` may be the hosts file's; what failed without a code nobody has answered.
  if (note.rcode !== '' && note.call !== 'reverse') note.answeredBy = 'network';
  else if (note.call === 'reverse') note.rcode = '';
  note.ended();
});

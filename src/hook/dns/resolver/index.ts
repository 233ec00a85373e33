/**
 * The hook's own resolver, for those who want to see DNS messages: it does what the system's library does for
 * `dns.lookup` - the hosts file first, then the servers of `/etc/resolv.conf` - by itself. What it cannot do that way it
 * leaves to the system, and says so. A separate file: loaded only in programs that are traced with this option.
 */
import { hostname as ownHostname } from 'node:os';
import { parseHosts } from '../../../model/base/hosts';
import { parseResolvConf, parseSwitch, Watched } from './config';
import type { Found, Host, Outcome, Request, Resolver } from './host';
import { familiesOf, ordered } from './order';
import { candidatesOf, Search } from './search';

const printable = /^[\x21-\x7e]+$/;

/** @public Called by the hook, which loads this file by its path. */
export function createResolver(host: Host): Resolver {
  const { files } = host;
  const rules = new Watched(host, files.nsswitch ?? '/etc/nsswitch.conf', parseSwitch);
  const hosts = new Watched(host, files.hosts ?? '/etc/hosts', parseHosts);
  const servers = new Watched(host, files.resolvConf ?? '/etc/resolv.conf', (text) =>
    parseResolvConf(text, process.env.RES_OPTIONS),
  );

  return {
    lookup(request: Request, done: (outcome: Outcome | undefined) => void): string | undefined {
      if (process.platform !== 'linux') return `not on ${process.platform}`;
      if (process.env.LOCALDOMAIN !== undefined) return 'LOCALDOMAIN is set';
      const rule = rules.get() ?? parseSwitch('');
      if (rule.foreign !== '') return `/etc/nsswitch.conf: ${rule.foreign}`;
      const name = request.hostname.toLowerCase();
      if (!printable.test(name)) return 'a name that is not ASCII';
      const known = rule.files ? (hosts.get()?.get(name.replace(/\.$/, '')) ?? []) : [];
      const wanted = known.filter((f) => request.family === 0 || f.family === request.family);
      if (wanted.length > 0) {
        const outcome = fromHosts(wanted);
        host.soon(() => done(outcome));
        return undefined;
      }
      if (/\.local\.?$/.test(name)) return 'a name of .local';
      if (rule.ownName && (name === ownHostname().toLowerCase() || /^(.*\.)?localhost$|^_/.test(name)))
        return 'the name of this machine';
      const config = servers.get();
      if (config === undefined) return 'no /etc/resolv.conf';
      const names = candidatesOf(request.hostname, config);
      if (names.length === 0) return 'not a name of DNS';
      const types = typesOf(request, config.noAaaa);
      if (types.length === 0) return 'no family to ask for';
      new Search(host, config, types, (outcome) =>
        done(outcome && { ...outcome, addresses: ordered(distinct(outcome.addresses)) }),
      ).begin(names);
      return undefined;
    },
  };
}

function fromHosts(found: Found[]): Outcome {
  return {
    answeredBy: 'hosts',
    addresses: ordered(found),
    code: '',
    rcode: '',
    servers: [],
    skipped: [],
    exchanges: [],
  };
}

function typesOf({ family, addressConfig }: Request, noAaaa: boolean): ('A' | 'AAAA')[] {
  const has = addressConfig && family === 0 ? familiesOf(false) : { v4: true, v6: true };
  // A machine with loopback alone asks for both.
  const all = !has.v4 && !has.v6;
  const types: ('A' | 'AAAA')[] = [];
  if (family !== 6 && (all || has.v4)) types.push('A');
  if (family !== 4 && (all || has.v6) && !noAaaa) types.push('AAAA');
  return types;
}

const distinct = (found: readonly Found[]): Found[] =>
  found.filter((f, i) => found.findIndex((g) => g.address === f.address) === i);

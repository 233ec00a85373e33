/** What the system's own resolver is configured with: `/etc/resolv.conf`, `/etc/nsswitch.conf`, `/etc/hosts`. */
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { Host } from './host';

export interface ServerConfig {
  servers: string[];
  search: string[];
  ndots: number;
  timeoutMs: number;
  attempts: number;
  rotate: boolean;
  /** Payload size to offer; 0: no OPT record. */
  optSize: number;
  /** TCP from the start. */
  useTcp: boolean;
  /** IPv6 addresses are not asked for. */
  noAaaa: boolean;
}

/** As glibc reads it; `options` come again in the environment. */
export function parseResolvConf(text: string, environment = '', own = hostname()): ServerConfig {
  const domain = own.includes('.') ? own.slice(own.indexOf('.') + 1) : '';
  const c: ServerConfig = {
    servers: [],
    search: domain === '' ? [] : [domain],
    ndots: 1,
    timeoutMs: 5000,
    attempts: 2,
    rotate: false,
    optSize: 0,
    useTcp: false,
    noAaaa: false,
  };
  for (const one of text.split('\n')) {
    const [key, ...words] = one
      .replace(/[;#].*$/, '')
      .trim()
      .split(/\s+/);
    const [first] = words;
    if (first === undefined) continue;
    if (key === 'nameserver' && isIP(first) !== 0 && c.servers.length < 3) c.servers.push(first);
    else if (key === 'domain') c.search = [first];
    else if (key === 'search') c.search = words.filter((w) => w !== '.').slice(0, 32);
    else if (key === 'options') options(c, words);
  }
  options(c, environment.split(/\s+/));
  if (c.servers.length === 0) c.servers.push('127.0.0.1');
  return c;
}

function options(c: ServerConfig, words: readonly string[]): void {
  for (const word of words) {
    const [name, value] = word.split(':');
    const n = Number.parseInt(value ?? '', 10);
    if (name === 'ndots' && n >= 0) c.ndots = Math.min(n, 15);
    else if (name === 'timeout' && n >= 1) c.timeoutMs = Math.min(n, 30) * 1000;
    else if (name === 'attempts' && n >= 1) c.attempts = Math.min(n, 5);
    else if (name === 'rotate') c.rotate = true;
    else if (name === 'edns0') c.optSize = 1200;
    else if (name === 'use-vc') c.useTcp = true;
    else if (name === 'no-aaaa') c.noAaaa = true;
  }
}

export interface Switch {
  files: boolean;
  /** Answers for the machine's own name. */
  ownName: boolean;
  /** Why the lookup cannot be ours; '': it can. */
  foreign: string;
}

const served = new Set(['files', 'dns', 'resolve', 'myhostname', 'mymachines', 'mdns_minimal', 'mdns', 'mdns4']);
for (const name of ['mdns4_minimal', 'mdns6_minimal', 'mdns6']) served.add(name);

/** The line `hosts:`; without one it is files, then dns. */
export function parseSwitch(text: string): Switch {
  const said = /^[ \t]*hosts:(.*)$/m.exec(text)?.[1] ?? 'files dns';
  const sources = said
    .replace(/#.*$/, '')
    .replace(/\[[^[\]]*\]/g, ' ')
    .trim()
    .split(/\s+/);
  const other = sources.find((s) => !served.has(s));
  const asks = sources.includes('dns') || sources.includes('resolve');
  return {
    files: sources.includes('files'),
    ownName: sources.includes('myhostname'),
    foreign:
      other !== undefined ? `names come from ${other.slice(0, 32)} too` : asks ? '' : 'names do not come from DNS',
  };
}

/** A file as last parsed, read again when it was changed. */
export class Watched<T> {
  private at = Number.NaN;
  private value: T | undefined;

  constructor(
    private readonly host: Host,
    private readonly file: string,
    private readonly parse: (text: string) => T,
  ) {}

  /** Undefined: there is no such file, or it cannot be read. */
  get(): T | undefined {
    const at = this.host.changed(this.file);
    if (Number.isNaN(at)) return undefined;
    if (at !== this.at) {
      this.value = this.parse(this.host.read(this.file));
      this.at = at;
    }
    return this.value;
  }
}

/**
 * Source of a lookup's answer. The system's lookup does not report it, but names in the hosts file are not looked up
 * anywhere else.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type HostsEntry, parseHosts } from '../../model/base/hosts';
import type { Lookup } from '../../model/records';

/** A file that blocks half of the world's advertising has this size. */
const maxBytes = 8 * 1024 * 1024;

export const hostsFile =
  process.platform === 'win32'
    ? join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'drivers', 'etc', 'hosts')
    : '/etc/hosts';

export class Hosts {
  #names = new Map<string, HostsEntry[]>();
  #at = Number.NaN;
  #lookedAt = Number.NEGATIVE_INFINITY;

  readonly #file: string;

  constructor(file = hostsFile) {
    this.#file = file;
  }

  /** The lookup, with the hosts file named as its origin where name and addresses are those of the file. */
  placed(l: Lookup): Lookup {
    if (l.answeredBy !== 'getaddrinfo' || l.hostname === undefined || !l.addresses?.length) return l;
    this.#refresh();
    const known = this.#names.get(l.hostname.toLowerCase().replace(/\.$/, ''));
    if (!known || !l.addresses.every(({ address }) => known.some((k) => k.address === address))) return l;
    return { ...l, answeredBy: 'hosts', by: { ...l.by, answeredBy: 'analysis' } };
  }

  /** Read at the first lookup, and again when it was changed; looked at once a second. */
  #refresh(): void {
    const now = performance.now();
    if (now - this.#lookedAt < 1000) return;
    this.#lookedAt = now;
    try {
      const { mtimeMs, size } = statSync(this.#file);
      if (mtimeMs === this.#at) return;
      this.#at = mtimeMs;
      this.#names = size > maxBytes ? new Map() : parseHosts(readFileSync(this.#file, 'utf8'));
    } catch {
      this.#names = new Map(); // none: everything was asked for
    }
  }
}

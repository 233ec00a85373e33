/**
 * The name servers that the system asks, by resolv.conf: what goes to others is not this program's doing, but perhaps
 * that of a resolver on this machine which asks on.
 */
import { readFileSync, statSync } from 'node:fs';
import { addressDigits } from '../decode';

const maxBytes = 64 * 1024;

export class DnsServers {
  #servers: ReadonlySet<string> = new Set();
  #lookedAt = Number.NEGATIVE_INFINITY;

  readonly #file: string;

  constructor(file = '/etc/resolv.conf') {
    this.#file = file;
  }

  /** `53@7f000001` of each; looked at once a second. */
  get(): ReadonlySet<string> {
    const now = performance.now();
    if (now - this.#lookedAt < 1000) return this.#servers;
    this.#lookedAt = now;
    this.#servers = new Set(this.#read().flatMap((s) => placeOf(s) ?? []));
    return this.#servers;
  }

  /** Their addresses, as written in the file. */
  addresses(): { address: string; port: number }[] {
    return this.#read().map((address) => ({ address, port: 53 }));
  }

  #read(): string[] {
    try {
      if (statSync(this.#file).size > maxBytes) return [];
      const found = [...readFileSync(this.#file, 'utf8').matchAll(/^nameserver[ \t]+(\S+)/gm)].map(
        (m) => m[1] as string,
      );
      return found.length > 0 ? found : ['127.0.0.1'];
    } catch {
      return ['127.0.0.1']; // none: the library asks this machine
    }
  }
}

/** `192.0.2.1`, `192.0.2.1:5353`, `[2001:db8::1]:5353` as port and address; undefined: none of these. */
export function placeOf(server: string): string | undefined {
  const m = /^\[(.+)\](?::(\d{1,5}))?$/.exec(server) ?? /^([\d.]+)(?::(\d{1,5}))?$/.exec(server);
  const digits = addressDigits(m?.[1] ?? server);
  return digits === undefined ? undefined : `${m?.[2] ?? 53}@${digits}`;
}

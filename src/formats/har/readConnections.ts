/**
 * Dials, lookups, connections and TLS tunnels of HAR entries. `connection` names a connection only in some writers'
 * files; in Firefox's it is the port, in others it is missing. So connections are kept apart by it, the server's address
 * and the origin together, and an entry with its own setup begins a new one; one without takes the latest.
 */
import type { Connection, Dial, Lookup, TlsTunnel } from '../../model/records';
import { urlParts } from '../../model/rows/row';
import { byImport, importedId, present, protocolOf } from '../shared/imported';
import type { HarEntryInput } from './input';
import type { EntryTimes } from './readTimes';

interface Known {
  connection: Connection;
  requests: number;
  readyAt: number | undefined;
}

export interface Underlying {
  connection?: string;
  dial?: string;
  ordinal?: number;
}

export class HarConnections {
  readonly #latest = new Map<string, Known>();
  readonly #numbers = new Map<string, number>();
  readonly #all: Known[] = [];
  readonly #dials: Dial[] = [];
  readonly #lookups: Lookup[] = [];
  readonly #tunnels: TlsTunnel[] = [];

  records() {
    const connections = this.#all.map(({ connection, requests }) =>
      requests > 0 ? { ...connection, requestCount: requests } : connection,
    );
    return { dials: this.#dials, lookups: this.#lookups, connections, tlsTunnels: this.#tunnels };
  }

  /** The records below the entry's request; called for the entries in order of their begin. */
  of(entry: HarEntryInput, times: EntryTimes, id: string, thread: string): Underlying {
    const { connection } = entry;
    const label = connection === undefined || connection === null || connection === '' ? undefined : String(connection);
    const address = (entry.serverIPAddress ?? '').replace(/^\[|\]$/g, '');
    const { scheme, host } = urlParts(entry.request.url);
    if (times.readyAt === undefined && label === undefined && address === '') return {};
    const key = JSON.stringify([label ?? id, label === undefined ? '' : address, scheme, host]);
    const latest = this.#latest.get(key);
    const isNew = times.readyAt !== undefined && !isSame(latest?.readyAt, times.readyAt);
    const known = latest && !isNew ? latest : this.#made(entry, times, { id, thread, label, address });
    this.#latest.set(key, known);
    // Only who dialled it failed with it: what failed later on the same name has no times of a setup.
    if (known.connection.connect?.result === 'failed') return isNew ? { dial: known.connection.dial as string } : {};
    known.requests++;
    return present({
      connection: known.connection.id,
      ordinal: known.requests,
      dial: isNew ? known.connection.dial : undefined,
    });
  }

  #made(
    entry: HarEntryInput,
    times: EntryTimes,
    { id, thread, label, address }: { id: string; thread: string; label: string | undefined; address: string },
  ): Known {
    const own = this.#idOf(label ?? `${id}.connection`);
    const { hostname, port } = target(entry.request.url);
    const protocol = protocolOf(entry.response?.httpVersion || entry.request.httpVersion || undefined);
    const dial = times.readyAt === undefined ? undefined : `${own}.dial`;
    const failed = times.sendBeginAt === undefined;
    const connection: Connection = present({
      id: own,
      thread,
      dial,
      kind: 'tcp',
      direction: 'out',
      remote: address === '' ? undefined : { address, port: entry._serverPort ?? port },
      connect: dial && times.tcp ? connectOf(times, failed && !times.tls) : undefined,
      protocol: protocol === 'http/1.0' ? 'http/1.1' : protocol,
      // The way through the proxy is part of connect there: it was over when TLS began.
      tunnel: entry._proxy && times.tls ? { host: hostname, port, establishedAt: times.tls[0] } : undefined,
      // The file names no connection: none is named when it is written again.
      missing: label === undefined ? { id: 'notInFormat' } : undefined,
      by: byImport,
    });
    const known: Known = { connection, requests: 0, readyAt: times.readyAt };
    this.#all.push(known);
    if (dial !== undefined) this.#setUp(connection, times, { id, thread, hostname, port, failed });
    return known;
  }

  /** Labels come again for other connections: the second one has `#2` behind it. */
  #idOf(label: string): string {
    const n = (this.#numbers.get(label) ?? 0) + 1;
    this.#numbers.set(label, n);
    return importedId(n === 1 ? label : `${label}#${n}`);
  }

  #setUp(
    c: Connection,
    times: EntryTimes,
    of: { id: string; thread: string; hostname: string; port: number; failed: boolean },
  ): void {
    const dial = `${c.id}.dial`;
    const lookup = times.dns ? `${c.id}.lookup` : undefined;
    const { dns, tcp, tls } = times;
    if (lookup !== undefined && dns) {
      this.#lookups.push(
        present({
          id: lookup,
          thread: of.thread,
          dial,
          hostname: of.hostname || undefined,
          beginAt: dns[0],
          endAt: of.failed && !tcp ? undefined : dns[1],
          by: byImport,
        }),
      );
    }
    const tcpFailed = of.failed && tcp !== undefined && tls === undefined;
    this.#dials.push(
      present({
        id: dial,
        thread: of.thread,
        request: of.id,
        host: of.hostname || undefined,
        port: of.port,
        beginAt: (dns ?? tcp ?? tls)?.[0],
        endAt: of.failed && !tcp ? undefined : (tcp ?? dns)?.[1],
        lookup,
        attempts: tcp ? [c.id] : undefined,
        connection: tcpFailed || (of.failed && !tcp) ? undefined : c.id,
        error: tcpFailed ? { phase: 'tcp' } : undefined,
        by: byImport,
      }),
    );
    if (!tls) return;
    this.#tunnels.push(
      present({
        id: `${c.id}.tls`,
        connection: c.id,
        purpose: 'origin',
        beginAt: tls[0],
        endAt: tls[1],
        error: of.failed ? { phase: 'tls' } : undefined,
        alpn: c.protocol === 'h2' ? 'h2' : undefined,
        missing: times.sslApart ? { inConnect: 'sslAboveConnect' } : undefined,
        by: byImport,
      }),
    );
  }
}

function connectOf(times: EntryTimes, failed: boolean): NonNullable<Connection['connect']> {
  const [beginAt, endAt] = times.tcp as [number, number];
  return { beginAt, endAt, result: failed ? 'failed' : 'connected' };
}

/** The same setup reported by two entries: streams of one connection that waited for it together. */
const isSame = (a: number | undefined, b: number): boolean => a !== undefined && Math.abs(a - b) < 2;

function target(url: string): { hostname: string; port: number } {
  if (!URL.canParse(url)) return { hostname: '', port: 0 };
  const { hostname, port, protocol } = new URL(url);
  const secure = protocol === 'https:' || protocol === 'wss:';
  return { hostname: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (secure ? 443 : 80)) };
}

/** Makes exchanges of the messages that were heard, for one lookup after the other. */
import type { Message } from '../../../model/dnsMessage/decode';
import type { Connection, DnsExchange, Lookup } from '../../../model/records';
import type { Store } from '../../../model/store/store';
import { addressText } from '../decode';
import type { Arrived } from '../waiting';

export interface Heard {
  /** Conversation. */
  key: string;
  arrived: Arrived;
  /** Its packets; of TCP none: they are kept with the conversation. */
  packets: Arrived[];
  message: Message;
  /** `53@7f000001`. */
  server: string;
  transport: 'udp' | 'tcp';
  /** µs since the trace began. */
  at: number;
}

export interface Joined {
  id: string;
  key: string;
  connection: string;
  heard: Heard[];
}

/** Two clocks are compared, µs. */
const slack = 1000;
/** Failures after which the next server is asked. */
const failures: ReadonlySet<string> = new Set(['server-fail', 'not-implemented', 'query-refused', 'format-error']);
const types: Readonly<Record<string, string>> = {
  resolve4: 'A',
  resolve6: 'AAAA',
  resolveCname: 'CNAME',
  resolveMx: 'MX',
  resolveNs: 'NS',
  resolveTxt: 'TXT',
  resolveSrv: 'SRV',
  resolveSoa: 'SOA',
  resolvePtr: 'PTR',
};

export class DnsJoin {
  #number = 0;
  /** By conversation and message id, for replies that come late. */
  readonly #made = new Map<string, string>();

  readonly #store: Store;

  constructor(
    store: Store,
    readonly instant: (ns: bigint, section: number) => number,
  ) {
    this.#store = store;
  }

  /** The exchanges of a lookup among what was heard; the store has them then. */
  find(heard: readonly Heard[], l: Lookup, servers: ReadonlySet<string>): Joined[] {
    const queries = heard.filter((h) => !h.message.isReply && servers.has(h.server) && this.#isOf(h, l));
    const flows = new Map<string, Heard[]>();
    for (const q of queries) flows.set(q.key, [...(flows.get(q.key) ?? []), q]);
    // What the hook has seen of the messages itself stays as it is; the packets go with it.
    const known = [...this.#store.dnsExchanges.values()].filter((x) => x.lookup === l.id && x.queries?.length);
    const joined = [...flows].map(([key, asked]) => this.#join(key, asked, heard, l, known));
    if (known.length === 0) this.#report(l, joined);
    return joined;
  }

  #join(key: string, asked: Heard[], heard: readonly Heard[], l: Lookup, known: readonly DnsExchange[]): Joined {
    const ids = new Set(asked.map((q) => q.message.id));
    const from = asked[0]?.at ?? 0;
    const replies = heard.filter((h) => h.key === key && h.message.isReply && ids.has(h.message.id) && h.at >= from);
    const all = [...asked, ...replies];
    const same = known.find((x) => x.queries?.some((q) => ids.has(q.id)));
    if (same) return { id: same.id, key, connection: same.connection ?? `k-${same.id}`, heard: all };
    const id = `x-${++this.#number}`;
    const connection = `k-dns-${this.#number}`;
    const exchange = exchangeOf(id, connection, l, asked, replies);
    this.#store.setConnection(socketOf(connection, l, asked, replies));
    this.#store.setExchange(exchange);
    for (const q of asked) this.#made.set(`${key}/${q.message.id}`, id);
    return { id, key, connection, heard: all };
  }

  /** A reply after the lookup has ended; true: it was added to its exchange. */
  late(h: Heard): boolean {
    const id = this.exchangeOf(h);
    const x = id === undefined ? undefined : this.#store.dnsExchanges.get(id);
    if (!x || !h.message.isReply) return false;
    // Given up already: it came too late to be of use.
    const end = x.error ? {} : { endAt: h.at };
    this.#store.setExchange({ ...x, ...end, replies: [...(x.replies ?? []), replyOf(h)] });
    return true;
  }

  exchangeOf(h: Heard): string | undefined {
    return this.#made.get(`${h.key}/${h.message.id}`);
  }

  /** A query for the lookup's name while it went on, and not rather of another lookup that began later. */
  #isOf(h: Heard, l: Lookup): boolean {
    if (!asksFor(h, l)) return false;
    for (const other of this.#store.lookups.values()) {
      if (other.id !== l.id && (other.beginAt ?? 0) > (l.beginAt ?? 0) && asksFor(h, other)) return false;
    }
    return true;
  }

  /** Servers in the order tried, those passed over, and that the answer came from the network. */
  #report(before: Lookup, joined: readonly Joined[]): void {
    const exchanges = joined
      .flatMap((j) => this.#store.dnsExchanges.get(j.id) ?? [])
      .sort((a, b) => (a.beginAt ?? 0) - (b.beginAt ?? 0));
    if (exchanges.length === 0) return;
    this.#linkTruncated(exchanges);
    this.#endSilent(exchanges, before);
    const l = { ...before, by: { ...before.by } };
    const tried = [...new Set(exchanges.flatMap((x) => nameOf(x) ?? []))];
    if (l.servers === undefined) {
      l.servers = tried;
      l.by.servers = 'capture';
    }
    const last = exchanges.findLast((x) => x.replies?.length)?.beginAt ?? Number.POSITIVE_INFINITY;
    const skipped = tried.flatMap((server, i) => {
      if (i === tried.length - 1 && exchanges.some((x) => nameOf(x) === server && x.replies?.length)) return [];
      const its = exchanges.filter((x) => nameOf(x) === server);
      const failed = its.flatMap((x) => x.replies ?? []).find((r) => failures.has(r.rcode));
      const answered = its.some((x) => x.replies?.some((r) => !failures.has(r.rcode)));
      if (answered || its.every((x) => (x.beginAt ?? 0) >= last)) return [];
      return [{ server, why: failed?.rcode ?? 'timeout' }];
    });
    if (skipped.length > 0 && l.skippedServers === undefined) {
      l.skippedServers = skipped;
      l.by.skippedServers = 'capture';
    }
    if (l.answeredBy === 'getaddrinfo' && exchanges.some((x) => x.replies?.length)) {
      l.answeredBy = 'network';
      l.by.answeredBy = 'capture';
    }
    this.#store.setLookup(l);
  }

  /** A server that said nothing was given up when the next was asked, or with the lookup. */
  #endSilent(exchanges: readonly DnsExchange[], l: Lookup): void {
    for (const x of exchanges) {
      if (x.replies?.length) continue;
      const next = exchanges.find(
        (o) => (o.beginAt ?? 0) > (x.beginAt ?? 0) && o.server?.address !== x.server?.address,
      );
      const endAt = next?.beginAt ?? l.endAt;
      if (endAt === undefined) continue;
      const error = { phase: 'dns' as const, code: 'ETIMEOUT', message: 'no reply was seen' };
      this.#store.setExchange({ ...(this.#store.dnsExchanges.get(x.id) ?? x), endAt, error });
    }
  }

  /** A reply that was cut off, and the same question over TCP after it. */
  #linkTruncated(exchanges: readonly DnsExchange[]): void {
    for (const x of exchanges) {
      if (x.transport !== 'tcp') continue;
      const cut = exchanges.findLast(
        (o) =>
          o.transport === 'udp' &&
          (o.beginAt ?? 0) < (x.beginAt ?? 0) &&
          o.server?.address === x.server?.address &&
          o.replies?.some((r) => r.truncated) &&
          o.queries?.some((q) => q.questions[0]?.type === x.queries?.[0]?.questions[0]?.type),
      );
      if (cut) this.#store.setExchange({ ...x, followUpOf: cut.id });
    }
  }
}

function asksFor(h: Heard, l: Lookup): boolean {
  const [q] = h.message.questions;
  if (!q || l.hostname === undefined || l.beginAt === undefined) return false;
  if (h.at < l.beginAt - slack || h.at > (l.endAt ?? Number.POSITIVE_INFINITY) + slack) return false;
  const type = types[l.call ?? ''] ?? l.options?.type;
  if (type !== undefined && type !== q.type && type !== 'ANY') return false;
  const [name, asked] = [q.name, l.hostname].map((n) => n.toLowerCase().replace(/\.$/, '')) as [string, string];
  // A name may be tried with the domains of the search list behind it.
  return name === asked || name.startsWith(`${asked}.`);
}

function exchangeOf(id: string, connection: string, l: Lookup, asked: Heard[], replies: Heard[]): DnsExchange {
  const [first] = asked as [Heard];
  const end = replies.at(-1)?.at;
  return {
    id,
    lookup: l.id,
    connection,
    server: endOf(first.server),
    transport: first.transport,
    beginAt: first.at,
    ...(end === undefined ? {} : { endAt: end }),
    queries: asked.slice(0, 64).map(({ at, message: m }) => ({
      at,
      id: m.id,
      recursionDesired: m.recursionDesired,
      truncated: m.truncated,
      size: m.size,
      ...(m.optUdpPayloadSize === undefined ? {} : { optUdpPayloadSize: m.optUdpPayloadSize }),
      questions: m.questions,
    })),
    replies: replies.slice(0, 64).map(replyOf),
    by: { '*': 'capture' },
  };
}

function replyOf({ at, message: m }: Heard): NonNullable<DnsExchange['replies']>[number] {
  return {
    at,
    id: m.id,
    authoritative: m.authoritative,
    recursionAvailable: m.recursionAvailable,
    truncated: m.truncated,
    size: m.size,
    ...(m.optUdpPayloadSize === undefined ? {} : { optUdpPayloadSize: m.optUdpPayloadSize }),
    rcode: m.rcode,
    answers: m.answers,
  };
}

/** The resolver's socket, as far as packets report. */
function socketOf(id: string, l: Lookup, asked: Heard[], replies: Heard[]): Connection {
  const [first] = asked as [Heard];
  const { decoded: d } = first.arrived;
  return {
    id,
    ...(l.dial === undefined ? {} : { dial: l.dial }),
    kind: first.transport,
    direction: 'out',
    local: { address: addressText(d.source ?? ''), port: d.sourcePort ?? 0 },
    remote: endOf(first.server),
    createdAt: first.at,
    protocol: 'dns',
    ...(first.transport === 'udp' ? { datagramsSent: asked.length, datagramsReceived: replies.length } : {}),
    fromResolver: true,
    by: { '*': 'capture' },
  };
}

function endOf(place: string): { address: string; port: number } {
  const [port, digits] = place.split('@');
  return { address: addressText(digits ?? ''), port: Number(port) };
}

const nameOf = ({ server: s }: DnsExchange): string | undefined =>
  s && (s.port === 53 ? s.address : s.address.includes(':') ? `[${s.address}]:${s.port}` : `${s.address}:${s.port}`);

/** Conversations with name servers in an EVE file: resolver's dials and messages are joined by the socket they used. */

import type { DnsExchange, Lookup } from '../../model/records';
import { errorOfText } from '../shared/errorText';
import { hostPortOf } from '../shared/hostPort';
import { byImport, importedId, noThread, present } from '../shared/imported';
import type { EveDialInput, EveDnsInput, EveInput } from './input';
import { nameOfEve, valueOfEve } from './names';
import type { Times } from './times';

type ResolverDial = NonNullable<EveDialInput['resolverDials']>[number];

const classes: Readonly<Record<number, string>> = { 1: 'IN', 2: 'CS', 3: 'CH', 4: 'HS', 254: 'NONE', 255: 'ANY' };

const classOf = (n: number): string => classes[n] ?? `CLASS${n}`;

export class EveExchanges {
  /** Conversations with messages, by the socket they used; those with a resolver's dial get it from `lookupOf`. */
  readonly #byConnection = new Map<string, DnsExchange>();
  readonly #ofDial = new Map<string, DnsExchange[]>();
  readonly #all: DnsExchange[] = [];

  readonly #times: Times;

  constructor(eve: EveInput, times: Times) {
    this.#times = times;

    for (const q of eve.dnsQueries ?? []) {
      const exchange = this.#exchange(q);
      this.#all.push(exchange);
      if (q.connection && !this.#byConnection.has(q.connection)) this.#byConnection.set(q.connection, exchange);
      if (q.fromDial) this.#ofDial.set(q.fromDial, [...(this.#ofDial.get(q.fromDial) ?? []), exchange]);
    }
  }

  all(): DnsExchange[] {
    return this.#all;
  }

  /** The lookup of a dial, with all that its resolver did; undefined: nothing is known of one. */
  lookupOf(d: EveDialInput): Lookup | undefined {
    const mine = [...(this.#ofDial.get(d.traceID ?? '') ?? [])];
    const dials = d.resolverDials ?? [];
    const skipped = d.skippedNameservers ?? [];
    if (mine.length === 0 && dials.length === 0 && skipped.length === 0) return undefined;
    const id = `${importedId(d.traceID ?? '')}-lookup`;
    dials.forEach((dial, i) => {
      const known = this.#byConnection.get(dial.establishedConn ?? '');
      const free = known && known.server === undefined && (known.lookup === undefined || mine.includes(known));
      const exchange = free ? known : this.#bare(`${id}-${i + 1}`);
      Object.assign(exchange, this.#resolverDial(dial));
      if (!mine.includes(exchange)) mine.push(exchange);
    });
    for (const exchange of mine) exchange.lookup = id;
    return this.#lookup(id, d, mine, skipped);
  }

  #bare(id: string): DnsExchange {
    const exchange: DnsExchange = { id, by: byImport };
    this.#all.push(exchange);
    return exchange;
  }

  #resolverDial(dial: ResolverDial): Partial<DnsExchange> {
    const { host, port } = hostPortOf(dial.nameserver ?? '');
    return present({
      server: { address: host, port: port ?? 0 },
      connection: dial.establishedConn ? importedId(dial.establishedConn) : undefined,
      beginAt: this.#times.at(dial.dialBeginAt),
      endAt: this.#times.at(dial.dialEndAt),
      error: dial.dialErr ? errorOfText(dial.dialErr) : undefined,
    });
  }

  #lookup(id: string, d: EveDialInput, mine: DnsExchange[], skipped: readonly string[]): Lookup {
    const replies = mine.flatMap((x) => x.replies ?? []);
    const begins = mine.flatMap((x) => [x.beginAt, ...(x.queries ?? []).map((m) => m.at)]);
    const answers = replies.flatMap((m) => m.answers);
    const addresses = answers.flatMap(({ type, value, ttl }) =>
      value && (type === 'A' || type === 'AAAA')
        ? [present({ address: value, family: type === 'A' ? 4 : 6, ttl })]
        : [],
    );
    const servers = [...new Set(mine.flatMap((x) => x.server?.address || []))];
    const { host } = hostPortOf(d.dstAddress ?? '');
    return present({
      id,
      thread: noThread,
      dial: importedId(d.traceID ?? ''),
      call: 'own',
      hostname: host || undefined,
      beginAt: extreme(begins, Math.min) ?? this.#times.at(d.dialBeginAt),
      // The last answer; without messages the format does not report.
      endAt: extreme(
        replies.map((m) => m.at),
        Math.max,
      ),
      answeredBy: replies.length > 0 ? 'network' : undefined,
      addresses: addresses.length > 0 ? addresses : undefined,
      servers: servers.length > 0 ? servers : undefined,
      skippedServers: skipped.length > 0 ? skipped.map((server) => ({ server, why: 'notInFormat' })) : undefined,
      by: byImport,
    });
  }

  #exchange(q: EveDnsInput): DnsExchange {
    return present({
      id: importedId(q.traceID ?? ''),
      connection: q.connection ? importedId(q.connection) : undefined,
      queries: (q.dnsQueryMsgs ?? []).map((m) =>
        present({
          at: this.#times.at(m.sentAt) ?? 0,
          id: m.id ?? 0,
          recursionDesired: m.recursionDesired === true,
          truncated: m.truncated === true,
          size: m.size ?? 0,
          optUdpPayloadSize: m.optUDPPayloadSize || undefined,
          questions: (m.questions ?? []).map((x) => ({
            name: nameOfEve(x.name ?? ''),
            type: x.type || 'unrecognized-type',
            class: classOf(x.class ?? 0),
          })),
        }),
      ),
      replies: (q.dnsReplyMsgs ?? []).map((m) =>
        present({
          at: this.#times.at(m.recvAt) ?? 0,
          id: m.id ?? 0,
          authoritative: m.authoritative === true,
          recursionAvailable: m.recursionAvailable === true,
          truncated: m.truncated === true,
          size: m.size ?? 0,
          rcode: m.rCode || 'unrecognized-rcode',
          answers: (m.answers ?? []).map((a) =>
            present({
              name: nameOfEve(a.name ?? ''),
              type: a.type || 'unrecognized-type',
              class: classOf(a.class ?? 0),
              ttl: a.ttl ?? 0,
              value: valueOfEve(a.type ?? '', a.resolvedVal ?? '') || undefined,
            }),
          ),
        }),
      ),
      by: byImport,
    });
  }
}

function extreme(values: readonly (number | undefined)[], pick: (...n: number[]) => number): number | undefined {
  const known = values.filter((v) => v !== undefined);
  return known.length === 0 ? undefined : known.reduce((a, b) => pick(a, b));
}

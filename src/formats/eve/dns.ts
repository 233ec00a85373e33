/** DNS messages in EVE's form. A lookup by getaddrinfo has no messages, and so no entry. */
import type { Trace } from '../../model/records';
import { errorText, hostPort } from '../shared/words';
import { eveName, eveValue } from './names';
import type { EveDnsQuery, EveDnsQueryMsg, EveDnsReplyMsg, EveResolverDial } from './types';
import {
  eveClass,
  eveRecordType,
  eveResponseCode,
  eveTime,
  listOf,
  type Open,
  objectOf,
  textOf,
  uint16,
  uint32,
} from './values';

export class Exchanges {
  readonly #byLookup = new Map<string, Open[]>();

  readonly #doc: Trace;
  /** Ids of the connections that the file holds. */
  readonly #connections: ReadonlySet<string>;
  /** Likewise of the dials. */
  readonly #dials: ReadonlySet<string>;

  constructor(doc: Trace, connections: ReadonlySet<string>, dials: ReadonlySet<string>) {
    this.#doc = doc;
    this.#connections = connections;
    this.#dials = dials;

    for (const x of doc.dnsExchanges ?? []) {
      const list = this.#byLookup.get(textOf(x.lookup));
      if (list) list.push(x);
      else this.#byLookup.set(textOf(x.lookup), [x]);
    }
  }

  queries(): EveDnsQuery[] {
    const dialOf = new Map(this.#doc.lookups.map((l) => [l.id, l.dial]));
    return (this.#doc.dnsExchanges ?? []).filter(hasMessages).map((x, i) => ({
      traceID: textOf(x.id) || `dns-${i + 1}`,
      fromDial: this.#dial(dialOf.get(textOf(x.lookup))),
      connection: this.#connection(x) ?? '',
      dnsQueryMsgs: listOf(x.queries).map((m) => this.#query(m)),
      dnsReplyMsgs: listOf(x.replies).map((m) => this.#reply(m)),
    }));
  }

  /** The resolver's dials for a lookup. */
  dialsOf(lookup: string | undefined): EveResolverDial[] {
    return (this.#byLookup.get(lookup ?? '') ?? []).filter(isDialled).map((x) => {
      const server = objectOf(x.server);
      const connection = this.#connection(x);
      return {
        dialBeginAt: this.#time(x.beginAt),
        dialEndAt: this.#time(x.endAt),
        ...(x.error === undefined ? {} : { dialErr: errorText(objectOf(x.error)) }),
        nameserver: hostPort(textOf(server.address), uint16(server.port) || undefined),
        ...(connection === undefined ? {} : { establishedConn: connection }),
      };
    });
  }

  /** Whether a server was asked for this lookup. */
  wasAsked(lookup: string | undefined, server: string): boolean {
    return (this.#byLookup.get(lookup ?? '') ?? []).some((x) => textOf(objectOf(x.server).address) === server);
  }

  #connection(x: Open): string | undefined {
    const id = textOf(x.connection);
    return this.#connections.has(id) ? id : undefined;
  }

  #dial(id: string | undefined): string {
    return id !== undefined && this.#dials.has(id) ? id : '';
  }

  #query(m: Open): EveDnsQueryMsg {
    const size = uint16(m.optUdpPayloadSize);
    return {
      sentAt: this.#time(m.at),
      id: uint16(m.id),
      recursionDesired: m.recursionDesired === true,
      truncated: m.truncated === true,
      size: uint32(m.size),
      questions: listOf(m.questions).map((q) => ({
        name: eveName(textOf(q.name)),
        type: eveRecordType(q.type),
        class: eveClass(q.class),
      })),
      ...(size === 0 ? {} : { optUDPPayloadSize: size }),
    };
  }

  #reply(m: Open): EveDnsReplyMsg {
    return {
      recvAt: this.#time(m.at),
      id: uint16(m.id),
      authoritative: m.authoritative === true,
      recursionAvailable: m.recursionAvailable === true,
      truncated: m.truncated === true,
      size: uint32(m.size),
      rCode: eveResponseCode(m.rcode),
      answers: listOf(m.answers).map((a) => ({
        name: eveName(textOf(a.name)),
        type: eveRecordType(a.type),
        class: eveClass(a.class),
        ttl: uint32(a.ttl),
        ...(textOf(a.value) === '' ? {} : { resolvedVal: eveValue(textOf(a.type), textOf(a.value)) }),
      })),
    };
  }

  #time(us: unknown): string {
    return eveTime(this.#doc.beginTime, us);
  }
}

/** The messages were recorded, be they none; absent where a file that was read reported only the way to the server. */
const hasMessages = (x: Open): boolean => x.queries !== undefined || x.replies !== undefined;

/** Something is known of the way to the server. */
const isDialled = (x: Open): boolean => x.server !== undefined || x.beginAt !== undefined || x.endAt !== undefined;

/**
 * DNS messages among the packets. The system's lookup does not report which sockets it asks with, so its messages are
 * found by what they say: a query for the name, to a server that the program's lookups go to, while the lookup went on.
 * Until a lookup claims them they wait here, apart from other packets, as a server that is silent is waited for long.
 */
import { decodeMessage, type Message } from '../../../model/dnsMessage/decode';
import type { Lookup } from '../../../model/records';
import type { Store } from '../../../model/store/store';
import type { Flow, Keeper } from '../keeper';
import type { Arrived } from '../waiting';
import { DnsJoin, type Heard } from './join';
import { DnsServers, placeOf } from './servers';
import { DnsStream } from './stream';

const maxWaiting = 8192;
const maxAge = 150_000_000_000n;
/** Lines about a lookup come after its end, and those of one that went on beside it later still. */
const settleAfter = 500_000;

export class DnsWatch {
  readonly #heard: Heard[] = [];
  readonly #streams = new Map<string, { client: DnsStream; server: DnsStream; packets: Arrived[] }>();
  readonly #lookups = new Map<string, Lookup>();
  readonly #servers = new DnsServers();
  /** Servers at other ports than 53, seen by their messages. */
  readonly #others = new Set<string>();
  /** Conversations that a lookup has claimed. */
  readonly #claimed = new Map<string, Flow>();
  readonly #join: DnsJoin;

  readonly #store: Store;
  readonly #keeper: Keeper;

  constructor(store: Store, keeper: Keeper, instant: (ns: bigint, section: number) => number) {
    this.#store = store;
    this.#keeper = keeper;

    this.#join = new DnsJoin(store, instant);
  }

  /** Takes what may be DNS; false: it is not. */
  takes(key: string, a: Arrived): boolean {
    const { decoded: d } = a;
    const to = `${d.destinationPort}@${d.destination}`;
    const from = `${d.sourcePort}@${d.source}`;
    const [asks, answers] = [
      d.destinationPort === 53 || this.#others.has(to),
      d.sourcePort === 53 || this.#others.has(from),
    ];
    if (d.kind === 'tcp') {
      if (!asks && !answers) return false;
      this.#stream(key, a, asks);
      return true;
    }
    if (d.kind !== 'udp') return false;
    const message = decodeMessage(a.packet.data.subarray(d.payload, d.payload + d.payloadLength));
    if (message?.opcode !== 0) return asks || answers;
    if (!asks && !answers) {
      // Elsewhere than at the port of DNS it must be a query to the last byte.
      if (message.isReply || !message.whole || message.questions.length !== 1) return false;
      if (this.#others.size < 64) this.#others.add(to);
    }
    this.#hear(key, [a], message, message.isReply ? from : to);
    return true;
  }

  #stream(key: string, a: Arrived, asks: boolean): void {
    let s = this.#streams.get(key);
    if (!s) {
      s = { client: new DnsStream(), server: new DnsStream(), packets: [] };
      this.#streams.set(key, s);
      if (this.#streams.size > 256) this.#streams.delete(this.#streams.keys().next().value ?? '');
    }
    const flow = this.#claimed.get(key);
    if (flow) this.#keeper.keep(a, flow);
    else if (s.packets.length < 256) s.packets.push(a);
    const { decoded: d } = a;
    const messages = (asks ? s.client : s.server).push(
      d.tcp?.sequence ?? 0,
      (d.tcp?.flags ?? 0) & 7,
      a.packet.data.subarray(d.payload, d.payload + d.payloadLength),
    );
    const place = asks ? `${d.destinationPort}@${d.destination}` : `${d.sourcePort}@${d.source}`;
    for (const bytes of messages) {
      const message = decodeMessage(bytes);
      if (message && message.opcode === 0) this.#hear(key, [], message, place, a);
    }
  }

  #hear(key: string, packets: Arrived[], message: Message, server: string, a = packets[0] as Arrived): void {
    // A reply to a query that was claimed already: the lookup gave up before it came.
    const flow = this.#claimed.get(key);
    const { section, ns } = { section: this.#keeper.section(a.packet.ns), ns: a.packet.ns };
    const h: Heard = {
      key,
      arrived: a,
      packets,
      message,
      server,
      transport: a.decoded.kind === 'tcp' ? 'tcp' : 'udp',
      at: this.#join.instant(ns, section),
    };
    if (flow && this.#join.late(h)) {
      for (const p of packets) this.#keep(p, flow, this.#join.exchangeOf(h));
      return;
    }
    this.#heard.push(h);
    while (this.#heard.length > maxWaiting || a.at - (this.#heard[0]?.arrived.at ?? a.at) > maxAge) this.#heard.shift();
  }

  lookup(l: Lookup): void {
    if (l.hostname !== undefined && l.beginAt !== undefined && l.endAt !== undefined) this.#lookups.set(l.id, l);
  }

  /** Joins what was heard to the lookups that have ended; `last`: no more will come. */
  settle(now: number, last: boolean): void {
    for (const l of [...this.#lookups.values()]) {
      if (!last && (l.endAt ?? 0) + settleAfter > now) continue;
      this.#lookups.delete(l.id);
      const servers = l.servers?.length ? new Set(l.servers.flatMap((s) => placeOf(s) ?? [])) : this.#servers.get();
      const found = this.#join.find(this.#heard, this.#store.lookups.get(l.id) ?? l, servers);
      for (const exchange of found) {
        const flow = this.#keeper.flow(exchange.key);
        flow.connections.add(exchange.connection);
        this.#claimed.set(exchange.key, flow);
        for (const h of exchange.heard) {
          this.#heard.splice(this.#heard.indexOf(h), 1);
          for (const p of h.packets) this.#keep(p, flow, exchange.id, h);
        }
        const stream = this.#streams.get(exchange.key);
        for (const p of stream?.packets.splice(0) ?? []) this.#keep(p, flow, exchange.id);
      }
    }
  }

  #keep(p: Arrived, flow: Flow, exchange: string | undefined, h?: Heard): void {
    const kept = this.#keeper.keep(p, flow);
    if (!kept) return;
    if (exchange !== undefined) kept.exchange = exchange;
    if (h) kept.hint = textOf(h.message);
  }
}

/** `DNS A pay.example.test`, `DNS reply NXDOMAIN`. */
function textOf(m: Message): string {
  const [q] = m.questions;
  const what = q ? ` ${q.type} ${q.name}` : '';
  if (!m.isReply) return `DNS${what}`;
  return `DNS reply${what}: ${m.rcode}${m.truncated ? ', truncated' : `, ${m.answers.length} records`}`;
}

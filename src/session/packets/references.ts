/**
 * What is known of each kept packet: its connection, by the two ends and the connection's life; the request that went on
 * then, if it was one alone; its phase; and what it is in words. Made when it is asked for.
 */
import { contextOf } from '../../model/phases/context';
import { type Breakdown, phasesOf } from '../../model/phases/phases';
import type { Connection, PacketRef, Request } from '../../model/records';
import type { Store } from '../../model/store/store';
import { flagsText } from './decode';
import { keyOfConnection, lifeOf, openPort } from './flows';
import type { Flow, Keeper, Kept } from './keeper';
import { SegmentNotes } from './segmentNotes';

/** In a saved trace; the file of packets has all. */
const maxReferences = 20_000;

interface Window {
  request: string;
  from: number;
  to: number;
}

interface Placed {
  kept: Kept;
  ref: PacketRef;
}

export class References {
  #cache = new Map<Flow, Placed[]>();
  #order: Kept[] | undefined;
  #byPacket: Map<Kept, PacketRef> | undefined;

  readonly #keeper: Keeper;
  readonly #capture: string;
  readonly #instant: (k: Kept) => number;

  readonly #store: Store;

  constructor(store: Store, keeper: Keeper, capture: string, instant: (k: Kept) => number) {
    this.#store = store;

    this.#keeper = keeper;
    this.#capture = capture;
    this.#instant = instant;
  }

  /** There are more packets, or more is known of their connections. */
  changed(): void {
    this.#cache = new Map();
    this.#order = this.#byPacket = undefined;
  }

  of(request: string): PacketRef[] {
    return this.#flowsOf(request)
      .flatMap((flow) => this.#placed(flow))
      .filter(({ ref }) => ref.request === request)
      .map(({ ref }) => ref)
      .sort((a, b) => a.at - b.at);
  }

  /** Of one packet; undefined: it belongs to no connection after all. */
  one(k: Kept): PacketRef | undefined {
    return k.flow ? this.#index().get(k) : this.#bare(k);
  }

  #index(): Map<Kept, PacketRef> {
    if (this.#byPacket) return this.#byPacket;
    const refs = new Map<Kept, PacketRef>();
    for (const flow of this.#keeper.flows.values()) for (const { kept, ref } of this.#placed(flow)) refs.set(kept, ref);
    this.#byPacket = refs;
    return refs;
  }

  /** The first ones by time; `numbered`: no more will come, so that their places in the file are known. */
  all(numbered: boolean): PacketRef[] {
    this.changed();
    const refs = this.#index();
    const chosen = this.chosen(undefined).slice(0, maxReferences);
    return chosen.map((k, i) => {
      const { capture, at, ...rest } = refs.get(k) ?? this.#bare(k);
      return { capture, ...(numbered ? { frame: i + 1 } : {}), at, ...rest };
    });
  }

  /** Packets to save, by time: of one request, or all that belong to a connection, to DNS, or were asked for. */
  chosen(request: string | undefined): Kept[] {
    if (request === undefined) return this.#inOrder();
    const its = this.#flowsOf(request).flatMap((flow) => this.#placed(flow));
    return its.flatMap(({ kept, ref }) => (ref.request === request ? [kept] : [])).sort(byTime);
  }

  #inOrder(): Kept[] {
    if (this.#order) return this.#order;
    const out: Kept[] = [];
    for (const flow of this.#keeper.flows.values()) for (const { kept } of this.#placed(flow)) out.push(kept);
    for (const k of this.#keeper.kept) if (!k.flow) out.push(k);
    this.#order = out.sort(byTime);
    return this.#order;
  }

  /** Those of its connection, of the attempts before it, and of its lookup. */
  #flowsOf(id: string): Flow[] {
    const r = this.#store.requests.get(id);
    if (!r) return [];
    const c = contextOf(r, this.#store, 0);
    const connections = new Set([r.connection, c.winner?.id, ...c.attempts.map((a) => a.id)]);
    for (const x of this.#store.dnsExchanges.values())
      if (x.lookup !== undefined && x.lookup === c.lookup?.id) connections.add(x.connection);
    return [...this.#keeper.flows.values()].filter((f) => [...f.connections].some((x) => connections.has(x)));
  }

  #placed(flow: Flow): Placed[] {
    const known = this.#cache.get(flow);
    if (known) return known;
    const made = this.#place(flow);
    this.#cache.set(flow, made);
    return made;
  }

  #place(flow: Flow): Placed[] {
    const lives = [...flow.connections]
      .flatMap((id) => this.#store.connections.get(id) ?? [])
      .map((c) => ({ c, ...lifeOf(c, this.#dialledAt(c)), owners: new Owners(this.#windowsOf(c)) }))
      .sort((a, b) => a.from - b.from);
    const notes = new SegmentNotes();
    const phases = new Map<string, Breakdown>();
    const out: Placed[] = [];
    for (const kept of [...flow.kept].sort(byTime)) {
      const at = this.#instant(kept);
      const life = lives.findLast((l) => l.from <= at && at <= l.to);
      if (!life) continue;
      const request = life.owners.at(at);
      const ref = this.#bare(kept, life.c.id, this.#isOutgoing(kept, life.c), notes.of(kept));
      out.push({ kept, ref: request === undefined ? ref : { ...ref, ...this.#phase(request, at, phases), request } });
    }
    return out;
  }

  #bare(k: Kept, connection?: string, outgoing?: boolean, note?: string): PacketRef {
    const said = [k.hint, note].filter(Boolean).join(', ');
    return {
      capture: this.#capture,
      at: this.#instant(k),
      ...(k.kind === 'other' ? {} : { transport: k.kind }),
      ...(connection === undefined ? {} : { connection }),
      ...(k.exchange === undefined ? {} : { exchange: k.exchange }),
      ...(outgoing === undefined ? {} : { direction: outgoing ? ('out' as const) : ('in' as const) }),
      length: k.length,
      capturedLength: k.captured,
      ...(k.kind === 'tcp' || k.kind === 'udp' ? { payload: k.payload } : {}),
      ...(k.kind === 'tcp' ? { flags: flagsText(k.flags) } : {}),
      ...(said === '' ? {} : { note: said }),
    };
  }

  #isOutgoing(k: Kept, c: Connection): boolean | undefined {
    const own = keyOfConnection(c);
    if (own) return k.forward === own.forward;
    // A socket for datagrams that is not connected: its port alone is known.
    const [, from, to] = k.flow?.key.split('/') ?? [];
    const mine = [from, to].map((end) => end?.split(':')[1] === String(openPort(c) ?? ''));
    return mine[0] === mine[1] ? undefined : k.forward === mine[0];
  }

  #phase(id: string, at: number, cache: Map<string, Breakdown>): Pick<PacketRef, 'phase'> {
    const r = this.#store.requests.get(id);
    if (!r) return {};
    let breakdown = cache.get(id);
    if (!breakdown) {
      breakdown = phasesOf(r, this.#store, at);
      cache.set(id, breakdown);
    }
    const phase = breakdown.phases.findLast((p) => p.beginAt <= at);
    return phase ? { phase: phase.name } : {};
  }

  #dialledAt(c: Connection): number | undefined {
    return c.dial === undefined ? undefined : this.#store.dials.get(c.dial)?.beginAt;
  }

  /** When each request of a connection went on. */
  #windowsOf(c: Connection): Window[] {
    const store = this.#store;
    const dial = c.dial === undefined ? undefined : store.dials.get(c.dial);
    // An attempt that lost, and a lookup's own socket, are its who dialled.
    const own = dial?.connection === c.id ? [] : [dial?.request];
    const ids = new Set([...store.requestsOfConnection(c.id), ...own]);
    return [...ids].flatMap((id) => {
      const r = id === undefined ? undefined : store.requests.get(id);
      if (!r) return [];
      const set = contextOf(r, store, 0).counts;
      // A packet may be stamped some µs before the call that made it is noted.
      const from = (set ? (dial?.beginAt ?? c.connect?.beginAt ?? r.createdAt) : (r.assignedAt ?? r.createdAt)) ?? 0;
      return [{ request: r.id, from: from - 50, to: endOf(r) }];
    });
  }
}

const endOf = (r: Request): number =>
  r.endAt ?? (r.outcome === undefined ? Number.POSITIVE_INFINITY : (r.responseBeginAt ?? 0));

/** The one request that went on at an instant; none or several: undefined. Asked by ascending time. */
class Owners {
  #next = 0;
  #on: Window[] = [];

  readonly #windows: Window[];

  constructor(windows: Window[]) {
    this.#windows = windows;

    windows.sort((a, b) => a.from - b.from);
  }

  at(at: number): string | undefined {
    for (let w = this.#windows[this.#next]; w !== undefined && w.from <= at; w = this.#windows[++this.#next])
      this.#on.push(w);
    this.#on = this.#on.filter((w) => at <= w.to);
    return this.#on.length === 1 ? this.#on[0]?.request : undefined;
  }
}

function byTime(a: Kept, b: Kept): number {
  return a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : a.interface - b.interface;
}

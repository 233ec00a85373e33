/**
 * The events of a trace: every instant of its records at which something happened, as one list in time order. What a
 * saved trace is stepped through by.
 */
import { compareIds } from '../../model/base/ids';
import { hasFailed } from '../../model/facts/outcome';
import type {
  Connection,
  Dial,
  DnsExchange,
  Lookup,
  Pause,
  Process,
  Request,
  TlsTunnel,
  Trace,
} from '../../model/records';
import { type EventKind, eventKinds, type TimelineEvent } from './event';

const rank = new Map<EventKind, number>(eventKinds.map((k, i) => [k, i]));

/** All events, by instant; those of one instant by kind and id, so that the same trace gives the same list. */
export function eventsOf(trace: Trace): TimelineEvent[] {
  const collected = new Collector(trace).collect();
  const list = collected.sort(
    (a, b) =>
      a.at - b.at ||
      (rank.get(a.kind) as number) - (rank.get(b.kind) as number) ||
      compareIds(a.record, b.record) ||
      (a.index ?? 0) - (b.index ?? 0),
  );
  const root = rootThread(trace);
  const [first, last] = [list[0]?.at, list.at(-1)?.at];
  if (first === undefined || last === undefined) return list;
  list.unshift({ at: Math.min(0, first), kind: 'traceBegins', thread: root, record: trace.id });
  list.push({ at: Math.max(last, trace.endAt ?? last), kind: 'traceEnds', thread: root, record: trace.id });
  return list;
}

/** The main thread of the first process without a parent; else whichever there is. */
function rootThread(trace: Trace): string {
  const roots = trace.processes.filter((p) => p.parent === undefined).sort((a, b) => a.startAt - b.startAt);
  return roots[0]?.threads[0]?.id ?? trace.requests[0]?.thread ?? '';
}

/** When the request’s last known instant is. */
function endOf(r: Request): number | undefined {
  return r.endAt ?? (r.outcome === undefined ? undefined : (r.responseBeginAt ?? r.sendEndAt ?? r.createdAt));
}

class Collector {
  readonly #events: TimelineEvent[] = [];
  readonly #dials = new Map<string, Dial>();
  readonly #lookups = new Map<string, Lookup>();
  readonly #connections = new Map<string, Connection>();
  /** Requests of each connection, as far as they say when they used it. */
  readonly #users = new Map<string, { id: string; from: number; to: number }[]>();
  readonly #attemptOf = new Map<string, Dial>();
  /** The lookup that each socket of DNS messages was for. */
  readonly #askedFor = new Map<string, Lookup>();

  readonly #trace: Trace;

  constructor(trace: Trace) {
    this.#trace = trace;

    for (const d of trace.dials) {
      this.#dials.set(d.id, d);
      for (const id of d.attempts ?? []) this.#attemptOf.set(id, d);
    }
    for (const l of trace.lookups) this.#lookups.set(l.id, l);
    for (const c of trace.connections) this.#connections.set(c.id, c);
    for (const x of trace.dnsExchanges ?? []) {
      const lookup = this.#lookups.get(x.lookup ?? '');
      if (x.connection !== undefined && lookup) this.#askedFor.set(x.connection, lookup);
    }
    for (const r of trace.requests) this.#uses(r);
  }

  collect(): TimelineEvent[] {
    const trace = this.#trace;
    for (const p of trace.processes) this.#process(p);
    for (const p of trace.pauses ?? []) this.#pause(p);
    for (const r of trace.requests) this.#request(r);
    for (const d of trace.dials) this.#dial(d);
    for (const l of trace.lookups) this.#lookup(l);
    for (const x of trace.dnsExchanges ?? []) this.#exchange(x);
    for (const c of trace.connections) this.#connection(c);
    for (const t of trace.tlsTunnels) this.#tunnel(t);
    for (const e of trace.kernelEvents ?? []) {
      const c = this.#connections.get(e.connection ?? '');
      this.#add(e.at, 'kernel', this.#threadOf(c), e.request ?? this.#userAt(c?.id, e.at), e.id);
    }
    const counted = new Map<string, number>();
    for (const o of trace.socketOperations ?? []) {
      const index = counted.get(o.connection) ?? 0;
      counted.set(o.connection, index + 1);
      const c = this.#connections.get(o.connection);
      this.#add(o.at, 'operation', this.#threadOf(c), this.#userAt(c?.id, o.at ?? 0), o.connection, index);
    }
    return this.#events;
  }

  #add(
    at: number | undefined,
    kind: EventKind,
    thread: string,
    request: string | undefined,
    record: string,
    index?: number,
  ): void {
    if (at === undefined) return;
    this.#events.push({
      at,
      kind,
      thread,
      ...(request === undefined ? {} : { request }),
      record,
      ...(index === undefined ? {} : { index }),
    });
  }

  #process(p: Process): void {
    for (const t of p.threads) {
      this.#add(t.beginAt, 'threadBegins', t.id, undefined, t.id);
      this.#add(t.endAt ?? (t.kind === 'main' ? p.endAt : undefined), 'threadEnds', t.id, undefined, t.id);
    }
  }

  #pause(p: Pause): void {
    const process = this.#trace.processes.find((x) => x.id === p.process);
    const thread = p.thread ?? process?.threads[0]?.id ?? '';
    this.#add(p.beginAt, 'pauseBegins', thread, undefined, p.id);
    this.#add(p.endAt, 'pauseEnds', thread, undefined, p.id);
  }

  #request(r: Request): void {
    const add = (at: number | undefined, kind: EventKind, index?: number) =>
      this.#add(at, kind, r.thread, r.id, r.id, index);
    add(r.createdAt, 'created');
    add(r.assignedAt, 'assigned');
    add(r.sendBeginAt, 'sendBegins');
    add(r.sendEndAt, 'sendEnds');
    r.response?.informational?.forEach((i, index) => {
      add(i.at, 'informational', index);
    });
    add(r.responseBeginAt, 'responseBegins');
    add(r.response?.readBeginAt, 'bodyRead');
    add(r.upgrade?.at, 'upgraded');
    add(r.timeout?.at, 'timeout');
    add(r.abort?.at, 'aborted');
    if (hasFailed(r)) add(endOf(r), 'failed');
    // One that was switched to another protocol, or whose body nobody read, may have its last instant at the head.
    else if (r.endAt !== undefined) add(r.endAt, 'ended');
  }

  #dial(d: Dial): void {
    this.#add(d.beginAt, 'dialBegins', d.thread, d.request, d.id);
    if (d.error) this.#add(d.endAt, 'dialFailed', d.thread, d.request, d.id);
  }

  #lookup(l: Lookup): void {
    const request = this.#dials.get(l.dial ?? '')?.request;
    this.#add(l.beginAt, 'lookupBegins', l.thread, request, l.id);
    this.#add(l.endAt, 'lookupEnds', l.thread, request, l.id);
  }

  #exchange(x: DnsExchange): void {
    const lookup = this.#lookups.get(x.lookup ?? '');
    const request = this.#dials.get(lookup?.dial ?? '')?.request;
    const thread = x.thread ?? lookup?.thread ?? '';
    x.queries?.forEach((q, i) => {
      this.#add(q.at, 'dnsQuery', thread, request, x.id, i);
    });
    x.replies?.forEach((q, i) => {
      this.#add(q.at, 'dnsReply', thread, request, x.id, i);
    });
  }

  #connection(c: Connection): void {
    const dial = this.#dialOf(c);
    const thread = this.#threadOf(c);
    const add = (at: number | undefined, kind: EventKind, request: string | undefined) =>
      this.#add(at, kind, thread, request, c.id);
    add(c.createdAt, 'socketCreated', dial?.request);
    add(c.connect?.beginAt, 'attemptBegins', dial?.request);
    add(c.connect?.endAt, c.connect?.result === 'connected' ? 'connected' : 'attemptEnds', dial?.request);
    add(c.tunnel?.establishedAt, 'tunnelStands', dial?.request);
    for (const [at, kind] of [
      [c.goaway?.at, 'goaway'],
      [c.readEndAt, 'readEnds'],
      [c.writeEndAt, 'writeEnds'],
      [c.closedAt, 'closed'],
    ] as const)
      if (at !== undefined) add(at, kind, this.#userAt(c.id, at));
  }

  #tunnel(t: TlsTunnel): void {
    const c = this.#connections.get(t.connection ?? '');
    const request = this.#dialOf(c)?.request;
    this.#add(t.beginAt, 'tlsBegins', this.#threadOf(c), request, t.id);
    this.#add(t.endAt, 'tlsEnds', this.#threadOf(c), request, t.id);
  }

  #threadOf(c: Connection | undefined): string {
    if (!c) return '';
    return c.thread ?? this.#dialOf(c)?.thread ?? this.#askedFor.get(c.id)?.thread ?? '';
  }

  /** The dial that made it; of a socket of DNS messages, the dial that waited for these. */
  #dialOf(c: Connection | undefined): Dial | undefined {
    if (!c) return undefined;
    return (
      this.#dials.get(c.dial ?? '') ??
      this.#attemptOf.get(c.id) ??
      this.#dials.get(this.#askedFor.get(c.id)?.dial ?? '')
    );
  }

  #uses(r: Request): void {
    if (r.connection === undefined) return;
    const from = r.assignedAt ?? r.sendBeginAt ?? r.createdAt;
    if (from === undefined) return;
    const users = this.#users.get(r.connection) ?? [];
    users.push({ id: r.id, from, to: endOf(r) ?? Number.POSITIVE_INFINITY });
    this.#users.set(r.connection, users);
  }

  /** The one request that the connection served at that instant. */
  #userAt(connection: string | undefined, at: number): string | undefined {
    const found = this.#users.get(connection ?? '')?.filter((u) => u.from <= at && at <= u.to) ?? [];
    return found.length === 1 ? found[0]?.id : undefined;
  }
}

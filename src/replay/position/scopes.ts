/** Contents of the Variables view at a position: the request and the records below it, as known at that instant. */

import { timeText } from '../../model/base/text';
import { phaseTime } from '../../model/phases/measured';
import {
  type Connection,
  connection as connectionSchema,
  conntrackEntry,
  dial as dialSchema,
  dnsExchange,
  finding,
  kernelEvent,
  kernelSample,
  lookup as lookupSchema,
  packetRef,
  process as processSchema,
  type Request,
  request as requestSchema,
  socketOperation,
  tlsTunnel,
  trace as traceSchema,
} from '../../model/records';
import { addressText } from '../../model/rows/row';
import type { TimelineEvent } from '../events/event';
import type { Timeline } from '../events/timeline';
import { Moment } from './moment';
import type { TraceIndex } from './traceIndex';
import { type Follow, fieldsOf, type Node } from './tree';
import { eventText, instantText, requestText, threadText } from './words';

/** Most requests listed in one place; a query finds the others. */
const maxListed = 200;

export class Scopes {
  readonly #trace: TraceIndex;
  readonly #timeline: Timeline;

  constructor(trace: TraceIndex, timeline: Timeline) {
    this.#trace = trace;
    this.#timeline = timeline;
  }

  /** The scopes of a thread whose present event is `event`, at a position. */
  at(position: number, event: TimelineEvent): Node[] {
    const moment = new Moment(this.#trace, this.#timeline.knownAt(position));
    const request = moment.request(event.request);
    const connection = moment.connection(this.#connectionOf(moment, event, request));
    const dial = moment.dial(
      request?.dial ?? connection?.dial ?? (event.kind.startsWith('dial') ? event.record : undefined),
    );
    const lookup = moment.lookup(dial?.lookup ?? (event.kind.startsWith('lookup') ? event.record : undefined));
    const follow = this.#follower(moment);
    const scopes: Node[] = [];
    if (request)
      scopes.push({
        name: 'Request',
        value: requestText(request),
        children: () => this.#request(moment, request, follow),
      });
    if (dial || lookup)
      scopes.push({
        name: 'Dial',
        value: dial?.host ?? '',
        children: () =>
          [
            ...(dial ? fieldsOf(dialSchema, dial, follow) : []),
            ...(lookup ? [follow('lookups', lookup.id) as Node].map((n) => ({ ...n, name: 'lookup' })) : []),
          ].filter((n, i, all) => all.findLastIndex((m) => m.name === n.name) === i),
      });
    if (connection) scopes.push({ ...this.#connection(moment, connection, follow), name: 'Connection' });
    scopes.push({ name: 'Trace', value: '', children: () => this.#traceNodes(position, event, moment, follow) });
    return scopes;
  }

  /** A request by its id, as known at a position; undefined: there is none, or it was not made yet. */
  request(id: string, position: number): Node | undefined {
    const moment = new Moment(this.#trace, this.#timeline.knownAt(position));
    return this.#follower(moment)('requests', id);
  }

  /** The connection of the event itself, else that of its request. */
  #connectionOf(moment: Moment, event: TimelineEvent, request: Request | undefined): string | undefined {
    const { store } = this.#trace;
    if (store.connections.has(event.record)) return event.record;
    const tunnel = store.tlsTunnels.get(event.record)?.connection;
    if (tunnel !== undefined) return tunnel;
    const kernel =
      event.kind === 'kernel' ? store.kernelEvents.find((k) => k.id === event.record)?.connection : undefined;
    return kernel ?? request?.connection ?? moment.dial(request?.dial)?.connection;
  }

  #request(moment: Moment, r: Request, follow: Follow): Node[] {
    const row = moment.row(r);
    const { phases, absent, total } = moment.breakdown(r);
    const nodes: Node[] = [{ name: 'state', value: row.stateText }];
    if (total !== undefined) nodes.push({ name: r.outcome === undefined ? 'so far' : 'total', value: timeText(total) });
    if (phases.length > 0)
      nodes.push({
        name: 'phases',
        value: phases.map((p) => `${p.name} ${phaseTime(p, timeText)}`.trimEnd()).join(', '),
        children: () => [
          ...phases.map((p) => ({
            name: p.name,
            value: `${phaseTime(p, timeText) || 'time not known'}${p.running ? ', goes on' : ''}${p.failed ? ', failed' : ''}${p.paused ? `, and ${timeText(p.paused)} in the debugger` : ''}`,
          })),
          ...absent.map((a) => ({ name: a.name, value: `none: ${a.why}` })),
        ],
      });
    // The outcome is before the request's own fields: the view is short.
    const fields = fieldsOf(requestSchema, r, follow);
    const first = (n: Node) => n.name === 'error' || n.name === 'response';
    nodes.push(...fields.filter(first), ...fields.filter((n) => !first(n)));
    const packets = moment.packets(r.id);
    if (packets.length > 0)
      nodes.push(many('packets', packets, (p) => [p.note ?? p.transport ?? 'packet', fieldsOf(packetRef, p, follow)]));
    const findings = Number.isFinite(moment.until) ? [] : this.#trace.findingsOf(r.id);
    if (findings.length > 0) nodes.push(many('findings', findings, (f) => [f.title, fieldsOf(finding, f, follow)]));
    return nodes;
  }

  #connection(moment: Moment, c: Connection, follow: Follow): Node {
    const value = `#${this.#trace.store.connectionNumber(c.id)}${c.remote ? ` to ${addressText(c.remote)}` : c.path ? ` to ${c.path}` : ''}`;
    const children = (): Node[] => {
      const nodes = fieldsOf(connectionSchema, c, follow);
      for (const t of moment.tunnels(c.id))
        nodes.push({ ...(follow('tlsTunnels', t.id) as Node), name: t.purpose === 'proxy' ? 'proxyTls' : 'tls' });
      const figures = moment.kernelStatistics(c.id);
      // Totals of the record itself, once they are known, say more than the samples.
      if (figures && c.kernel === undefined)
        nodes.push({
          name: 'kernel',
          value: `as of ${instantText(figures.at)}`,
          children: () => fieldsOf(kernelSample, figures, follow),
        });
      const events = moment.kernelEvents(c.id);
      if (events.length > 0)
        nodes.push(
          many('kernelEvents', events, (k) => [`${instantText(k.at)} ${k.kind}`, fieldsOf(kernelEvent, k, follow)]),
        );
      const entry = moment.conntrack(c.id);
      if (entry)
        nodes.push({
          name: 'conntrack',
          value: entry.tcpState ?? '',
          children: () => fieldsOf(conntrackEntry, entry, follow),
        });
      const operations = moment.operations(c.id);
      if (operations.length > 0)
        nodes.push(
          many('operations', operations, (o) => [
            `${o.at === undefined ? '' : `${instantText(o.at)} `}${o.kind}`,
            fieldsOf(socketOperation, o, follow),
          ]),
        );
      return nodes;
    };
    return { name: c.id, value, children };
  }

  #traceNodes(position: number, event: TimelineEvent, moment: Moment, follow: Follow): Node[] {
    const { document, store } = this.#trace;
    const { at } = this.#timeline.event(position);
    const { made, running } = this.#trace.countsAt(moment.until);
    const current = this.#timeline.event(position);
    const process = moment.process(store.thread(event.thread)?.process.id ?? '');
    return [
      { name: 'position', value: `event ${position + 1} of ${this.#timeline.events.length}` },
      { name: 'at', value: `${instantText(at)} (${at} µs)` },
      { name: 'event', value: eventText(this.#trace, current) },
      ...(current === event ? [] : [{ name: 'eventOfThread', value: eventText(this.#trace, event) }]),
      { name: 'thread', value: threadText(this.#trace, event.thread) },
      { name: 'made', value: `${made} request${made === 1 ? '' : 's'}` },
      {
        name: 'running',
        value: `${running} request${running === 1 ? '' : 's'}`,
        ...(running === 0 ? {} : { children: () => this.requests(this.#trace.runningAt(moment.until), position) }),
      },
      ...(process
        ? [{ name: 'process', value: String(process.pid), children: () => fieldsOf(processSchema, process, follow) }]
        : []),
      { name: 'beginTime', value: document.beginTime },
      ...(document.description === undefined ? [] : [{ name: 'description', value: document.description }]),
      {
        name: 'sources',
        value: sourcesText(document.sources),
        children: () => fieldsOf(traceSchema, { sources: document.sources }, follow)[0]?.children?.() ?? [],
      },
    ];
  }

  /** Requests as lines to open; those that were not made yet at the position are opened as they ended. */
  requests(list: readonly Request[], position: number): Node[] {
    const now = this.#timeline.knownAt(position);
    const nodes = list.slice(0, maxListed).map((r): Node => {
      const ahead = (r.createdAt ?? Number.NEGATIVE_INFINITY) > now;
      const moment = new Moment(this.#trace, ahead ? Number.POSITIVE_INFINITY : now);
      const known = moment.request(r.id);
      const state = known ? moment.row(known).stateText : '';
      const at = r.createdAt === undefined ? '' : `${instantText(r.createdAt)} `;
      return {
        name: r.id,
        value: `${at}${requestText(r)} ${state}${ahead ? ' (ahead)' : ''}`,
        children: () => (known ? this.#request(moment, known, this.#follower(moment)) : []),
      };
    });
    if (list.length > maxListed) nodes.push({ name: '…', value: `${list.length - maxListed} more` });
    return nodes;
  }

  #follower(moment: Moment): Follow {
    const follow: Follow = (array, id) => {
      switch (array) {
        case 'requests': {
          const r = moment.request(id);
          return (
            r && {
              name: id,
              value: `${requestText(r)} ${moment.row(r).stateText}`,
              children: () => this.#request(moment, r, follow),
            }
          );
        }
        case 'connections': {
          const c = moment.connection(id);
          return c && this.#connection(moment, c, follow);
        }
        case 'dials': {
          const d = moment.dial(id);
          return d && { name: id, value: d.host ?? d.path ?? id, children: () => fieldsOf(dialSchema, d, follow) };
        }
        case 'lookups': {
          const l = moment.lookup(id);
          if (!l) return undefined;
          const messages = moment.exchanges(id);
          return {
            name: id,
            value: `${l.hostname ?? ''}${l.addresses ? ` → ${l.addresses.map((a) => a.address).join(', ')}` : ''}`,
            children: () => [
              ...fieldsOf(lookupSchema, l, follow),
              ...(messages.length > 0
                ? [many('messages', messages, (x) => [x.transport ?? '', fieldsOf(dnsExchange, x, follow)])]
                : []),
            ],
          };
        }
        case 'tlsTunnels': {
          const t = moment.tunnel(id);
          return (
            t && {
              name: id,
              value: [t.version, t.serverName].filter(Boolean).join(' '),
              children: () => fieldsOf(tlsTunnel, t, follow),
            }
          );
        }
        case 'dnsExchanges': {
          const x = moment.exchange(id);
          return x && { name: id, value: x.transport ?? '', children: () => fieldsOf(dnsExchange, x, follow) };
        }
        default:
          return undefined;
      }
    };
    return follow;
  }
}

function many<T>(name: string, list: readonly T[], of: (entry: T) => [string, Node[]]): Node {
  return {
    name,
    value: `${list.length} ${list.length === 1 ? 'entry' : 'entries'}`,
    indexed: true,
    children: () =>
      list.map((entry, i) => {
        const [value, children] = of(entry);
        return { name: `${i}`, value, children: () => children };
      }),
  };
}

const sourcesText = (sources: readonly { name: string; state: string }[]): string =>
  sources.map((s) => `${s.name} ${s.state}`).join(', ');

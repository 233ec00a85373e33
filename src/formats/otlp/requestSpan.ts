/** A request as a span of kind CLIENT, and its wait for a connection as a child of it. */
import type { Breakdown } from '../../model/phases/phases';
import type { Dial, PhaseName, Request } from '../../model/records';
import { attributesOf, errorOf } from './attributes';
import { hostOf, isKnownMethod, requestAttributes, requestErrorType } from './requestAttributes';
import { requestEvents } from './requestEvents';
import { hasDialSpan } from './setupSpans';
import { kinds, type Span, type SpanContext } from './types';
import { processOf, type View } from './view';

/** None where OTLP cannot say when it was. */
export function requestSpans(r: Request, view: View): Span[] {
  const timed = view.timesOf(r);
  if (!timed) return [];
  const { breakdown, interval } = timed;
  const parent = view.parentOf(r);
  const context = view.contextOf(r);
  const span: Span = {
    ...context,
    ...(parent ? { parentSpanId: parent.spanId, remoteFlags: parent.flags } : {}),
    name: r.method !== undefined && isKnownMethod(r.method) ? r.method : 'HTTP',
    kind: kinds.client,
    ...interval,
    attributes: requestAttributes(r, view, breakdown),
    ...requestEvents(r, view, r.endAt ?? view.now),
    links: [],
    ...statusOf(r, view),
    process: processOf(r.thread),
  };
  return [span, ...waitSpan(r, view, breakdown, context)];
}

/** A status code says all by itself; the words of an error do not. */
function statusOf(r: Request, { masked }: View): Pick<Span, 'error'> {
  if (r.error) return errorOf(r.error, masked);
  return requestErrorType(r) === undefined ? {} : { error: {} };
}

const setup = new Set<PhaseName>(['dns', 'tcp', 'proxy', 'tls']);

/** From the call to the connection that carried it, where that took any time; linked to what was set up for it. */
function waitSpan(r: Request, view: View, { phases }: Breakdown, parent: SpanContext): Span[] {
  const waited = phases.filter(({ name }) => name === 'queue' || setup.has(name));
  const [first, last] = [waited[0], waited.at(-1)];
  if (!first || !last) return [];
  const interval = view.clock.between(first.beginAt, last.beginAt + last.duration + (last.paused ?? 0));
  if (!interval || interval.endNs === interval.startNs) return [];
  const dial = waited.some(({ name }) => setup.has(name)) ? dialOf(r, view) : undefined;
  const host = hostOf(r.url);
  return [
    {
      traceId: parent.traceId,
      spanId: view.spanId('wait', r.id),
      parentSpanId: parent.spanId,
      name: host === undefined ? 'HTTP wait_for_connection' : `HTTP wait_for_connection ${host}`,
      kind: kinds.internal,
      ...interval,
      attributes: attributesOf({ 'server.address': host, 'nettrace.record.id': r.id }),
      events: [],
      droppedEvents: 0,
      links: dial ? [{ traceId: view.traceOfDial(dial), spanId: view.spanId('dial', dial.id) }] : [],
      process: processOf(r.thread),
    },
  ];
}

/** The setup that counts for it: that of its connection; where it got none, the one it waited for. */
function dialOf(r: Request, { store, clock }: View): Dial | undefined {
  const c = r.connection === undefined ? undefined : store.connections.get(r.connection);
  const id = c ? c.dial : r.dial;
  const dial = id === undefined ? undefined : store.dials.get(id);
  return dial && hasDialSpan(dial, store, clock) ? dial : undefined;
}

/** What happened during a request, as events of its span: what was sent and came, retransmits, stops of the debugger. */
import type { Request } from '../../model/records';
import { attributesOf } from './attributes';
import type { Attributes, Span, SpanEvent } from './types';
import type { View } from './view';

/** The limit that OpenTelemetry's SDKs have. */
const maxEvents = 128;

export function requestEvents(r: Request, view: View, endAt: number): Pick<Span, 'events' | 'droppedEvents'> {
  const events: SpanEvent[] = [];
  const add = (name: string, at: number | undefined, attributes: Attributes = {}) => {
    const timeNs = view.clock.at(at);
    if (timeNs !== undefined) events.push({ name, timeNs, attributes });
  };
  add('headers sent', r.sendBeginAt);
  if (r.body) add('body sent', r.sendEndAt);
  for (const { at, status } of r.response?.informational ?? [])
    add('informational response', at, attributesOf({ 'http.response.status_code': status }));
  add('response headers', r.responseBeginAt);
  if (r.outcome === 'complete') add('body end', r.endAt);
  for (const e of view.retransmits.get(r.id) ?? [])
    add('retransmit', e.at, attributesOf({ 'nettrace.retransmit.kind': e.retransmitKind, 'nettrace.count': e.count }));
  for (const p of view.store.pausesOf(r.thread)) {
    const isWithin = p.beginAt < endAt && (p.endAt ?? endAt) > (r.createdAt ?? p.beginAt);
    if (!isWithin) continue;
    const duration = p.endAt === undefined ? undefined : Math.round(p.endAt - p.beginAt);
    add('paused', p.beginAt, attributesOf({ 'nettrace.pause.reason': p.reason, 'nettrace.pause.duration': duration }));
  }
  events.sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0));
  return { events: events.slice(0, maxEvents), droppedEvents: Math.max(0, events.length - maxEvents) };
}

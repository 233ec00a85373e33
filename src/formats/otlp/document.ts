/**
 * OTLP/JSON, one resource for each process. The encoding is protobuf's JSON mapping as OTLP changes it: ids in
 * hexadecimal, enums as numbers, 64-bit numbers as text; of fields that have their default only those that its own
 * encoders write.
 */
import { lastInstant } from '../../model/facts/lastInstant';
import type { Trace } from '../../model/records';
import { Store } from '../../model/store/store';
import { lowered } from '../shared/lower';
import { resourceOf } from './resource';
import { ownFlags, schemaUrl, scope } from './scope';
import { spansOf, viewOf } from './spans';
import { type Attributes, type Span, type SpanContext, statusError, type Value } from './types';

/** The text of an `.otlp.json` file, secrets masked: one line, which readers of OTLP/JSON in lines take too. */
export function* otlpPieces(trace: Trace): Generator<string> {
  const doc = lowered(trace);
  const store = Store.fromDocument(doc);
  const end = `],"schemaUrl":${JSON.stringify(schemaUrl)}}],"schemaUrl":${JSON.stringify(schemaUrl)}}`;
  yield '{"resourceSpans":[';
  let process: string | undefined;
  for (const span of spansOf(viewOf(store, doc.endAt ?? lastInstant(doc.requests)))) {
    if (span.process === process) yield ',';
    else {
      const resource = { attributes: keyValues(resourceOf(store.processes.get(span.process), store.header)) };
      if (process !== undefined) yield `${end},`;
      yield `{"resource":${JSON.stringify(resource)},"scopeSpans":[{"scope":${JSON.stringify(scope)},"spans":[`;
      process = span.process;
    }
    yield JSON.stringify(spanJson(span));
  }
  yield `${process === undefined ? '' : end}]}\n`;
}

/** The bits of `flags` above the W3C ones: whether the parent is known to be of another process, and that it is. */
const flagKnown = 0x100;
const flagRemote = 0x200;

function spanJson(span: Span) {
  const isRemote = span.remoteFlags !== undefined;
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: String(span.startNs),
    endTimeUnixNano: String(span.endNs),
    attributes: keyValues(span.attributes),
    droppedAttributesCount: 0,
    events: span.events.map((e) => ({
      attributes: keyValues(e.attributes),
      name: e.name,
      timeUnixNano: String(e.timeNs),
      droppedAttributesCount: 0,
    })),
    droppedEventsCount: span.droppedEvents,
    status: span.error
      ? { code: statusError, ...(span.error.message === undefined ? {} : { message: span.error.message }) }
      : { code: 0 },
    links: span.links.map(linkJson),
    droppedLinksCount: 0,
    flags: (span.remoteFlags ?? ownFlags) | flagKnown | (isRemote ? flagRemote : 0),
  };
}

const linkJson = ({ traceId, spanId }: SpanContext) => ({
  attributes: [],
  spanId,
  traceId,
  droppedAttributesCount: 0,
  flags: ownFlags | flagKnown,
});

const keyValues = (attributes: Attributes) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));

function anyValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return { intValue: String(value) };
  return { arrayValue: { values: value.map(anyValue) } };
}

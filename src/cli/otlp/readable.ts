/** Our spans as OpenTelemetry's serializers take them. */
import type { HrTime, Link, SpanContext } from '@opentelemetry/api';
import type { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { type Attributes, ownFlags, type Span, schemaUrl, scope } from '../../formats/otlp';

export type ReadableSpan = Parameters<typeof ProtobufTraceSerializer.serializeRequest>[0][number];

/** One object for each process: the serializers group by it. */
export type Resource = ReadableSpan['resource'];

export const resourceFrom = (attributes: Attributes): Resource => ({ attributes, schemaUrl }) as unknown as Resource;

const instrumentationScope = { ...scope, schemaUrl };

export function readable(span: Span, resource: Resource): ReadableSpan {
  const { traceId, spanId, parentSpanId, remoteFlags, error } = span;
  const context: SpanContext = { traceId, spanId, traceFlags: remoteFlags ?? ownFlags };
  const parent =
    parentSpanId === undefined
      ? {}
      : { parentSpanContext: { ...context, spanId: parentSpanId, isRemote: remoteFlags !== undefined } };
  return {
    name: span.name,
    // The API counts kinds from 0, the protocol from 1.
    kind: span.kind - 1,
    spanContext: () => context,
    ...parent,
    startTime: hrTime(span.startNs),
    endTime: hrTime(span.endNs),
    duration: hrTime(span.endNs - span.startNs),
    ended: true,
    status: error ? { code: 2, ...(error.message === undefined ? {} : { message: error.message }) } : { code: 0 },
    attributes: mutable(span.attributes),
    links: span.links.map((l): Link => ({ context: { ...l, traceFlags: ownFlags } })),
    events: span.events.map((e) => ({ name: e.name, time: hrTime(e.timeNs), attributes: mutable(e.attributes) })),
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: span.droppedEvents,
    droppedLinksCount: 0,
  };
}

/** Seconds and the nanoseconds above them: both are exact. */
const hrTime = (ns: bigint): HrTime => [Number(ns / 1_000_000_000n), Number(ns % 1_000_000_000n)];

/** The same; their types lack the word readonly. */
const mutable = (attributes: Attributes) => attributes as ReadableSpan['attributes'];

/**
 * A span as Net Trace makes it, before it is written in one of OTLP's encodings: ids in hexadecimal, times in
 * nanoseconds since 1970. What is not known is absent.
 */

/** What identifies a span: 16 and 8 bytes in lower-case hexadecimal, never all zero. */
export interface SpanContext {
  traceId: string;
  spanId: string;
}

/** Numbers are whole: a key has the same type in every span, which backends with typed columns need. */
export type Value = string | number | boolean | readonly string[];
export type Attributes = Record<string, Value>;

export interface SpanEvent {
  name: string;
  timeNs: bigint;
  attributes: Attributes;
}

/** Kinds by their numbers in OTLP. */
export const kinds = { internal: 1, client: 3 } as const;

/** Code of a status that says an error; 0 says nothing. */
export const statusError = 2;

export interface Span extends SpanContext {
  /** Absent: the root of its trace. */
  parentSpanId?: string;
  /** The parent was read from a `traceparent` header: it is another tracer's span, with these W3C trace flags. */
  remoteFlags?: number;
  name: string;
  kind: (typeof kinds)[keyof typeof kinds];
  startNs: bigint;
  /** Never before `startNs`. */
  endNs: bigint;
  attributes: Attributes;
  events: SpanEvent[];
  /** Events beyond the bound. */
  droppedEvents: number;
  links: SpanContext[];
  /** It ended with an error; without a message where an attribute says all. */
  error?: { message?: string };
  /** Id of the process that it belongs to: its resource. */
  process: string;
}

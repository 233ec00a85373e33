/**
 * Ids of spans and traces, made from the ids of records: the same trace gives the same ids, in a file and over the
 * network. A `traceparent` that a request sent, and whose value was recorded, names the trace instead.
 */
import { createHash } from 'node:crypto';
import type { Header, Request } from '../../model/records';
import type { SpanContext } from './types';

/** 128 bits for what `parts` name. */
export const traceIdOf = (...parts: string[]): string => nonZero(hashOf(['trace', ...parts]).slice(0, 32));

/** 64 bits for what `parts` name. */
export const spanIdOf = (...parts: string[]): string => nonZero(hashOf(['span', ...parts]).slice(0, 16));

/** Their lengths stand between the parts, so that no two lists give the same text. */
function hashOf(parts: readonly string[]): string {
  const text = parts.map((part) => `${part.length}:${part}`).join('');
  return createHash('sha256').update(text).digest('hex');
}

/** OTLP and W3C call an id of zeros invalid. */
export const nonZero = (hex: string): string => (/[^0]/.test(hex) ? hex : `${hex.slice(0, -1)}1`);

export interface TraceParent extends SpanContext {
  /** The 8 bits of W3C trace flags. */
  flags: number;
}

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * What the request said of the trace it is part of. Undefined: it sent no `traceparent`, its value was not recorded (only
 * header level `values` does), or it is invalid by the W3C recommendation, as two of them are.
 */
export function traceParentOf({ headers }: Pick<Request, 'headers'>): TraceParent | undefined {
  const [header, another] = (headers ?? []).filter((h: Header) => h.name.toLowerCase() === 'traceparent');
  if (header?.value === undefined || another !== undefined) return undefined;
  const [, version, traceId, spanId, flags, more] = form.exec(header.value.trim()) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (!/[^0]/.test(traceId) || !/[^0]/.test(spanId)) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) };
}

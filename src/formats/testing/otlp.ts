/** What an OTLP/JSON document says, and what is wrong with it, for tests. */
export interface JsonSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: Record<string, unknown> }[];
  events: { name: string; timeUnixNano: string; attributes: unknown[] }[];
  status: { code: number; message?: string };
  links: { traceId: string; spanId: string }[];
  flags: number;
}

interface JsonDocument {
  resourceSpans: {
    resource: { attributes: JsonSpan['attributes'] };
    scopeSpans: { scope: { name: string; version: string }; spans: JsonSpan[] }[];
  }[];
}

export const spansIn = (text: string): JsonSpan[] =>
  (JSON.parse(text) as JsonDocument).resourceSpans.flatMap((r) => r.scopeSpans.flatMap((s) => s.spans));

export const resourcesIn = (text: string): Record<string, unknown>[] =>
  (JSON.parse(text) as JsonDocument).resourceSpans.map((r) => plain(r.resource.attributes));

/** Attributes as a record, 64-bit numbers as numbers. */
export const plain = (attributes: JsonSpan['attributes']): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]));

function plainValue(value: Record<string, unknown>): unknown {
  if ('intValue' in value) return Number(value.intValue);
  if ('arrayValue' in value)
    return ((value.arrayValue as { values: Record<string, unknown>[] }).values ?? []).map(plainValue);
  return Object.values(value)[0];
}

/** What OTLP or the rules of this mapping forbid. */
export function otlpErrors(text: string): string[] {
  const spans = spansIn(text);
  const ids = new Set(spans.map((s) => `${s.traceId} ${s.spanId}`));
  const errors: string[] = [];
  const check = (is: boolean, what: string, s: JsonSpan) => {
    if (!is) errors.push(`${what}: ${JSON.stringify(s)}`);
  };
  if (new Set(spans.map((s) => s.spanId)).size !== spans.length) errors.push('an id stands twice');
  for (const s of spans) {
    check(/^(?!0{32})[0-9a-f]{32}$/.test(s.traceId), 'trace id', s);
    check(/^(?!0{16})[0-9a-f]{16}$/.test(s.spanId), 'span id', s);
    const isRemote = (s.flags & 0x200) !== 0;
    if (s.parentSpanId !== undefined && !isRemote)
      check(ids.has(`${s.traceId} ${s.parentSpanId}`), 'no such parent', s);
    for (const l of s.links) check(ids.has(`${l.traceId} ${l.spanId}`), 'no such link', s);
    for (const at of [s.startTimeUnixNano, s.endTimeUnixNano, ...s.events.map((e) => e.timeUnixNano)]) {
      check(/^[1-9]\d*$/.test(at) && BigInt(at) < 1n << 64n, 'time', s);
    }
    check(BigInt(s.endTimeUnixNano) >= BigInt(s.startTimeUnixNano), 'ends before it begins', s);
    check(new Set(s.attributes.map((a) => a.key)).size === s.attributes.length, 'an attribute stands twice', s);
    for (const { value } of s.attributes) check(isValue(value), 'value', s);
  }
  return errors;
}

function isValue(value: Record<string, unknown>): boolean {
  const [[kind, is] = [], ...others] = Object.entries(value);
  if (others.length > 0) return false;
  switch (kind) {
    case 'stringValue':
      return typeof is === 'string' && !/\p{Surrogate}/u.test(is);
    case 'boolValue':
      return typeof is === 'boolean';
    case 'intValue':
      return /^-?\d{1,19}$/.test(String(is)) && typeof is === 'string';
    case 'arrayValue':
      return (is as { values: Record<string, unknown>[] }).values.every(isValue);
    default:
      return false;
  }
}

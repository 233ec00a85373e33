/** OTLP by its official definition: bytes as the JSON form of the protocol. */
import root from 'otlp-definition/build/src/generated/root.js';

type Json = Record<string, unknown>;

interface Message {
  decode(bytes: Uint8Array): object;
  toObject(message: object, form: { longs: typeof String; bytes: typeof String }): Json;
}

/** Its own types say nothing of what it holds. */
interface Definition {
  opentelemetry: { proto: { collector: { trace: { v1: { ExportTraceServiceRequest: Message } } } } };
}

const { ExportTraceServiceRequest } = (root as unknown as Definition).opentelemetry.proto.collector.trace.v1;

/** Throws where the bytes do not follow the definition. */
export function decodedTrace(bytes: Uint8Array): Json {
  const message = ExportTraceServiceRequest.decode(bytes);
  const object = ExportTraceServiceRequest.toObject(message, { longs: String, bytes: String });
  return hexadecimal(object) as Json;
}

const ids = new Set(['traceId', 'spanId', 'parentSpanId']);

/** Ids are hexadecimal in OTLP's JSON; the general mapping has base64. */
function hexadecimal(value: unknown, key = ''): unknown {
  if (ids.has(key)) return Buffer.from(value as string, 'base64').toString('hex');
  if (Array.isArray(value)) return value.map((v) => hexadecimal(v));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, hexadecimal(v, k)]));
}

/** Protobuf does not distinguish a default from nothing: both sides of a comparison are without. */
export function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (typeof value !== 'object' || value === null) return value;
  const isDefault = (key: string, v: unknown) =>
    (Array.isArray(v) && v.length === 0) || (v === 0 && key.startsWith('dropped'));
  const entries = Object.entries(value).filter(([key, v]) => !isDefault(key, v));
  return Object.fromEntries(entries.map(([key, v]) => [key, withoutDefaults(v)]));
}

/**
 * What leaves in a file. The hook masks at the source; this is the second net, under every writer: a URL or text that
 * reached the trace another way (a debugger's value, a file from elsewhere, an older hook) is masked here, and headers
 * above the trace's header level are taken out. It only lowers: what is masked stays as it is, so a saved trace that is
 * read and saved again does not change.
 */
import type { TSchema } from 'typebox';
import type { AnySchema } from '../../model/base/schema';
import { type Header, type Trace, trace } from '../../model/records';
import { isSecretHeader, maskHeader, maskText, maskUrl } from '../../model/secrets/mask';

export type Lower = (value: unknown) => unknown;

/** The trace with secrets masked and headers cut to its level. Parts that need no change are the same objects. */
export const lowered = (doc: Trace): Trace => lowererOf(doc.settings).document(doc);

type Settings = Trace['settings'];

export interface Lowerer {
  document(doc: Trace): Trace;
  /** For the records of a list of the document. */
  recordsOf(list: string): Lower;
}

const lowerers = new WeakMap<NonNullable<Settings>, Lowerer>();
let plain: Lowerer | undefined;

/** As `lowered`, part by part, of a trace with these settings. They are not changed after that. */
export function lowererOf(settings: Settings): Lowerer {
  if (settings === undefined) {
    plain ??= makeLowerer(undefined);
    return plain;
  }
  const known = lowerers.get(settings);
  if (known) return known;
  const made = makeLowerer(settings);
  lowerers.set(settings, made);
  return made;
}

/** What masking depends on, as text. */
export const maskingOf = (settings: Settings): string =>
  JSON.stringify([settings?.headerLevel, settings?.maskedParameters, settings?.excludeHeaders]);

function makeLowerer(settings: Settings): Lowerer {
  const level = settings?.headerLevel ?? 'off';
  const extra = settings?.maskedParameters;
  const excluded = new Set((settings?.excludeHeaders ?? []).map((h) => h.toLowerCase()));

  const header = (value: unknown): unknown => {
    const h = value as Header;
    if (h.value === undefined) return h;
    const name = h.name.toLowerCase();
    if (level === 'values' && !excluded.has(name) && !isSecretHeader(name, extra)) {
      const text = maskHeader(name, h.value, extra);
      return text === h.value ? h : { ...h, value: text };
    }
    const { value: _, ...rest } = h;
    return level === 'names' ? rest : { ...rest, length: h.length ?? h.value.length };
  };
  const headers: Lower = (value) => (level === 'off' ? undefined : mapped(value, header));

  /** Fields that no schema describes: texts with a URL in them are masked, nothing else is touched. */
  const open: Lower = (value) => {
    if (typeof value === 'string') return value.includes('://') ? maskText(value, extra) : value;
    if (Array.isArray(value)) return mapped(value, open);
    if (typeof value !== 'object' || value === null) return value;
    return changed(value, Object.keys(value), () => open);
  };

  const made = new Map<AnySchema, Lower>();
  const lowerOf = (schema: AnySchema): Lower => {
    const known = made.get(schema);
    if (known) return known;
    const lower = make(schema);
    made.set(schema, lower);
    return lower;
  };
  const make = (schema: AnySchema): Lower => {
    if (schema['x-mask'] === 'url') return (v) => (typeof v === 'string' ? maskUrl(v, extra) : v);
    if (schema['x-mask'] === 'text') return (v) => (typeof v === 'string' ? maskText(v, extra) : v);
    const { items, properties } = schema;
    if (items !== undefined && !Array.isArray(items)) {
      const item = lowerOf(items);
      return (v) => mapped(v, item);
    }
    if (properties === undefined) return same;
    const inner = new Map<string, Lower>(Object.entries(properties).map(([key, s]) => [key, lowerOf(s)]));
    for (const key of ['headers', 'trailers']) if (inner.has(key)) inner.set(key, headers);
    if (inner.has('serverTiming') && level !== 'values') inner.set('serverTiming', () => undefined);
    return (v) =>
      typeof v === 'object' && v !== null && !Array.isArray(v)
        ? changed(v, Object.keys(v), (key) => inner.get(key) ?? open)
        : v;
  };
  const schema = trace as TSchema as AnySchema;
  return {
    document: (doc) => lowerOf(schema)(doc) as Trace,
    recordsOf: (list) => {
      const items = schema.properties?.[list]?.items;
      return items === undefined || Array.isArray(items) ? open : lowerOf(items);
    },
  };
}

const same: Lower = (value) => value;

/** A copy with the keys lowered; the object itself if none changed. A key that is lowered to undefined goes. */
function changed(value: object, keys: string[], lowerOf: (key: string) => Lower): object {
  let copy: Record<string, unknown> | undefined;
  for (const key of keys) {
    const before = (value as Record<string, unknown>)[key];
    const after = lowerOf(key)(before);
    if (after === before) continue;
    // Defined, not assigned: a key `__proto__` is a field like any other.
    copy ??= Object.defineProperties({}, Object.getOwnPropertyDescriptors(value)) as Record<string, unknown>;
    if (after === undefined) delete copy[key];
    else Object.defineProperty(copy, key, { value: after, enumerable: true, configurable: true, writable: true });
  }
  return copy ?? value;
}

function mapped(value: unknown, lower: Lower): unknown {
  if (!Array.isArray(value)) return value;
  let copy: unknown[] | undefined;
  for (let i = 0; i < value.length; i++) {
    const after = lower(value[i]);
    if (after === value[i]) continue;
    copy ??= [...value];
    copy[i] = after;
  }
  return copy ?? value;
}

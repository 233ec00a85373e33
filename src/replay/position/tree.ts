/**
 * Records as trees for the Variables view: a field a line, values with their units, references as the record they lead
 * to. Children are made when a line is opened.
 */
import type * as Type from 'typebox';
import { bytesText, timeText } from '../../model/base/text';
import { instantText } from './words';

export interface Node {
  name: string;
  value: string;
  /** What the schema says of the field. Shown as type, where that is asked for. */
  type?: string;
  /** Absent: nothing below. */
  children?: () => Node[];
  /** True: one of many alike, listed by number. */
  indexed?: boolean;
}

interface Schema {
  type?: string;
  description?: string;
  properties?: Record<string, Schema>;
  items?: Schema | Schema[];
  'x-unit'?: string;
  'x-kind'?: string;
  'x-ref'?: string;
}

/** Leads from an id to the record as it is known; undefined: it is not (yet) there. */
export type Follow = (array: string, id: string) => Node | undefined;

/** Most lines made of one list. */
const longestList = 1000;

/** The fields of a record, in the order of its schema; those of a later version follow. */
export function fieldsOf(schema: Type.TSchema, record: object, follow: Follow): Node[] {
  const properties = (schema as Schema).properties ?? {};
  const keys = [
    ...Object.keys(properties).filter((k) => Object.hasOwn(record, k)),
    ...Object.keys(record).filter((k) => !Object.hasOwn(properties, k)),
  ];
  return keys.flatMap((key) => {
    const value = (record as Record<string, unknown>)[key];
    if (value === undefined) return [];
    const field = Object.hasOwn(properties, key) ? properties[key] : undefined;
    return [{ ...nodeOf(key, field, value, follow), ...(field?.description ? { type: field.description } : {}) }];
  });
}

function nodeOf(name: string, schema: Schema | undefined, value: unknown, follow: Follow): Node {
  if (typeof value === 'string' && schema?.['x-ref'] !== undefined) {
    const record = follow(schema['x-ref'], value);
    return record ? { ...record, name } : { name, value };
  }
  if (Array.isArray(value)) return listNode(name, schema, value, follow);
  if (typeof value === 'object' && value !== null) {
    const children = () => fieldsOf((schema ?? {}) as Type.TSchema, value, follow);
    return { name, value: brief(schema, value), children };
  }
  return { name, value: scalarText(schema, value) };
}

function listNode(name: string, schema: Schema | undefined, list: readonly unknown[], follow: Follow): Node {
  const items = schema?.items && !Array.isArray(schema.items) ? schema.items : undefined;
  const value = `${list.length} ${list.length === 1 ? 'entry' : 'entries'}`;
  if (list.length === 0) return { name, value };
  const marks = schema?.['x-kind'] === 'marks';
  const children = () => [
    ...list
      .slice(0, longestList)
      .map((entry, i) => (marks ? { name: `${i}`, value: markText(entry) } : nodeOf(`${i}`, items, entry, follow))),
    ...(list.length > longestList ? [{ name: '…', value: `${list.length - longestList} more` }] : []),
  ];
  return { name, value, children, indexed: true };
}

/** `[instant, bytes]` of a chunk. */
function markText(mark: unknown): string {
  const [at, size] = Array.isArray(mark) ? mark : [];
  return `${typeof at === 'number' ? instantText(at) : '?'}, ${typeof size === 'number' ? bytesText(size) : '?'}`;
}

/** A value with its unit: `+120 ms`, `1.2 ms`, `4.3 kB (4,312)`; text unchanged. */
export function scalarText(schema: Schema | undefined, value: unknown): string {
  if (typeof value === 'string') return value === '' ? '""' : value;
  if (typeof value !== 'number') return String(value);
  if (schema?.['x-kind'] === 'instant') return `${instantText(value)} (${value} µs)`;
  if (schema?.['x-kind'] === 'duration' || schema?.['x-unit'] === 'us') return `${timeText(value)} (${value} µs)`;
  if (schema?.['x-unit'] === 'bytes') return value < 1000 ? `${value} B` : `${bytesText(value)} (${value} B)`;
  return String(value);
}

/** An object in one line: its first plain fields. */
function brief(schema: Schema | undefined, value: object): string {
  const parts: string[] = [];
  for (const [key, v] of Object.entries(value)) {
    if (typeof v === 'object') continue;
    const field = schema?.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    parts.push(typeof v === 'number' ? `${key} ${scalarText(field, v).replace(/ \(.*$/, '')}` : `${key} ${String(v)}`);
    if (parts.length === 3) break;
  }
  const text = parts.join(', ');
  return text.length > 100 ? `${text.slice(0, 99)}…` : text || '{…}';
}

/** The node that a path leads to from one of the roots: `request.response.status`, `attempts[0]`. */
export function nodeAt(roots: readonly Node[], path: string): Node | undefined {
  const steps = path.split(/[.[\]]+/).filter((s) => s !== '');
  let nodes: readonly Node[] = roots;
  let found: Node | undefined;
  for (const step of steps) {
    found = nodes.find((n) => n.name.toLowerCase() === step.toLowerCase());
    if (!found) return undefined;
    nodes = found.children?.() ?? [];
  }
  return found;
}

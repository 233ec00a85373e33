/**
 * What assistants get is read by a language model: values that a traced program or a server chose. They are data, and are
 * made to look like nothing else: no control, direction or invisible characters, texts and lists bounded, what was cut
 * counted.
 */
import { printable } from '../../model/base/printable';
import { numberText } from '../../model/base/text';

/** Characters that are shown as nothing and can carry text all the same (tags, variation selectors), or half of one. */
const invisible =
  /[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0\ud800-\udfff]|[\u034f\u180b-\u180d\u180f\ufe00-\ufe0f]|[\u{e0000}-\u{e0fff}]/gu;

/** On one line, at most `max` characters, cut with a mark. */
export function dataText(text: string, max: number): string {
  if (text.length <= max) return printable(text).replace(invisible, '\ufffd');
  return `${dataText(text.slice(0, max), max)}… [cut: ${numberText(text.length)} characters in all]`;
}

export interface Cut {
  /** Texts that were cut. */
  texts: number;
  /** Members of lists, and fields of objects, that were left out. */
  items: number;
}

/**
 * Most characters of a text, members of a list, fields of an object, and levels below: the first that fits is taken. The
 * last one fits whatever a record holds that no schema knows.
 */
const levels = [
  { text: 2000, items: 100, fields: 200, depth: 12 },
  { text: 500, items: 40, fields: 120, depth: 12 },
  { text: 200, items: 16, fields: 80, depth: 8 },
  { text: 100, items: 6, fields: 60, depth: 6 },
  { text: 60, items: 2, fields: 40, depth: 5 },
  { text: 20, items: 1, fields: 10, depth: 2 },
] as const;

/** The value with every text made plain, in at most `maxBytes` of JSON; `undefined` fields are gone. */
export function bounded<T>(value: T, maxBytes: number): { value: T; cut: Cut } {
  for (const level of levels) {
    const cut: Cut = { texts: 0, items: 0 };
    const out = plain(value, level, cut, 0);
    if (bytesOf(out) <= maxBytes) return { value: out as T, cut };
  }
  throw new Error('Even its shortest form is too long to be sent.');
}

export const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');

function plain(value: unknown, level: (typeof levels)[number], cut: Cut, depth: number): unknown {
  if (typeof value === 'string') {
    if (value.length > level.text) cut.texts++;
    return dataText(value, level.text);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth > level.depth) {
    cut.items++;
    return Array.isArray(value) ? [] : {};
  }
  if (Array.isArray(value)) {
    cut.items += Math.max(0, value.length - level.items);
    return value.slice(0, level.items).map((v) => plain(v, level, cut, depth + 1));
  }
  const fields = Object.entries(value).filter(([, v]) => v !== undefined);
  cut.items += Math.max(0, fields.length - level.fields);
  return Object.fromEntries(
    fields.slice(0, level.fields).map(([name, v]) => [dataText(name, level.text), plain(v, level, cut, depth + 1)]),
  );
}

/** The first of `items` that fit, each in at most `each` bytes; `cut`: inside them. */
export function fitting<T>(items: Iterable<T>, maxBytes: number, each = 4000): { items: T[]; cut: Cut } {
  const out: T[] = [];
  const all: Cut = { texts: 0, items: 0 };
  let bytes = 0;
  for (const item of items) {
    const { value, cut } = bounded(item, each);
    bytes += bytesOf(value) + 1;
    if (bytes > maxBytes) break;
    out.push(value);
    all.texts += cut.texts;
    all.items += cut.items;
  }
  return { items: out, cut: all };
}

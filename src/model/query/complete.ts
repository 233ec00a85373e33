import type { FieldName } from './keys';

export interface Completion {
  /** What stands in the text when it is taken, in place of `from` to `to`. */
  insert: string;
  kind: 'key' | 'flag' | 'operator' | 'value';
  /** What it means; of a value seen: how often. Absent: nothing to say. */
  detail?: string;
}

export interface Completions {
  /** Offsets in the text, from 0. */
  from: number;
  to: number;
  items: readonly Completion[];
}

/** What may stand at a position (offset from 0) of a text; `seen` gives the values of a key, once each time seen. */
export function completions(_text: string, position: number, _seen: (key: FieldName) => Iterable<string>): Completions {
  return { from: position, to: position, items: [] };
}

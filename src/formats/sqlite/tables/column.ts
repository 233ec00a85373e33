/** How a table is declared: the columns, what they mean, and how a record gives them. The page docs/sql.md is made of it. */
import type { Trace } from '../../../model/records';
import type { Store } from '../../../model/store/store';
import type { SqlValue } from '../engine';

/** What a column may have; undefined is NULL: not known, or there is none. Never 0 in its place. */
export type Value = string | number | boolean | undefined;

export interface Column<T> {
  name: string;
  type: 'TEXT' | 'INTEGER' | 'REAL';
  /** Meaning, and when it is NULL. The name says the unit. */
  about: string;
  of(from: T): Value;
}

/** `R`: records of the trace's list; `T`: what a row is made of. */
export interface Table<T, R = T> {
  name: string;
  about: string;
  /** List of the trace that it is made of. */
  list: keyof Trace;
  columns: readonly Column<T>[];
  /** The rows of some records; the store has what they refer to. `now`: the instant as of which what still runs is shown. */
  rows(records: readonly R[], store: Store, now: number): Iterable<T>;
  /** Columns that are looked for often. */
  indices?: readonly string[];
}

type Named<T> = [name: string, about: string, of: (from: T) => Value];

const columns =
  (type: Column<never>['type']) =>
  <T>(...list: Named<T>[]): Column<T>[] =>
    list.map(([name, about, of]) => ({ name, type, about, of }));

export const texts = columns('TEXT');
export const integers = columns('INTEGER');
export const reals = columns('REAL');

/** µs as ms. */
export const ms = (us: number | undefined): number | undefined => (us === undefined ? undefined : us / 1000);

/** From one instant to another, in ms; undefined: one is not known, or they are not in this order. */
export const between = (begin: number | undefined, end: number | undefined): number | undefined =>
  begin === undefined || end === undefined || end < begin ? undefined : (end - begin) / 1000;

/** A list as JSON text. */
export const listOf = (list: readonly unknown[] | undefined): string | undefined =>
  list === undefined ? undefined : JSON.stringify(list);

/** As SQLite takes it. A number that is none (a file may say what it will) is not known. */
export function sqlValue(value: Value): SqlValue {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value === undefined ? null : String(value);
}

/** A row a record. */
export const each = <T>(records: readonly T[]): readonly T[] => records;

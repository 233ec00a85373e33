/**
 * SQLite as Node has it (`node:sqlite`). It is loaded when a database is first used: a Node without it runs everything
 * else, and says what is needed. Types of our own, as those of the oldest supported Node do not have the module.
 */
import { FormatError } from '../file/error';

export type SqlValue = string | number | bigint | Uint8Array | null;

export interface Statement {
  run(...values: readonly SqlValue[]): unknown;
  get(...values: readonly SqlValue[]): unknown;
  all(...values: readonly SqlValue[]): unknown[];
  iterate(...values: readonly SqlValue[]): IterableIterator<unknown>;
  columns(): { name: string }[];
  setReadBigInts(on: boolean): void;
  setReturnArrays(on: boolean): void;
}

export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
  /** Since Node 24.10. */
  setAuthorizer?(decide: ((action: number, first: string | null) => number) | null): void;
}

interface Sqlite {
  DatabaseSync: new (
    path: string,
    options: { readOnly?: boolean; allowExtension?: boolean; enableDoubleQuotedStringLiterals?: boolean },
  ) => Database;
}

/** The first that can return rows as arrays with the names of the columns. */
const needed = [22, 16] as const;

export const noSqlite =
  `SQLite is needed for it, which is part of Node ${needed.join('.')} and later; this is Node ${process.versions.node}. ` +
  'Run nettrace with a later Node (the traced program may use another one), or use .nettrace.json.';

const isEnough = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major === 23 ? minor >= 11 : major > needed[0] || (major === needed[0] && minor >= needed[1]);
};

let loaded: Sqlite | undefined;

/** Whether this Node has what is needed. */
export const hasSqlite = (): boolean => isEnough(process.versions.node) && load() !== undefined;

/** Opens a database; `path` may be `:memory:`. Throws FormatError where this Node has no SQLite. */
export function openDatabase(path: string, readOnly = false): Database {
  const sqlite = isEnough(process.versions.node) ? load() : undefined;
  if (!sqlite) {
    throw new FormatError('engine', noSqlite);
  }
  return new sqlite.DatabaseSync(path, {
    readOnly,
    allowExtension: false,
    // "abc" is a name, as in the standard: a mistyped column is an error, not a text.
    enableDoubleQuotedStringLiterals: false,
  });
}

function load(): Sqlite | undefined {
  loaded ??= withoutWarning(() => process.getBuiltinModule('node:sqlite') as Sqlite | undefined);
  return loaded;
}

/**
 * Node 22 and 24 warn at the load of the module that it may change. The warning is not for who reads a trace: while the
 * module is loaded, which is one call, this one warning is left out; all others stay.
 */
function withoutWarning<T>(run: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] === 'ExperimentalWarning' && String(warning).includes('SQLite')) return;
    (emitWarning as (...all: unknown[]) => void).call(process, warning, ...rest);
  }) as typeof process.emitWarning;
  try {
    return run();
  } finally {
    process.emitWarning = emitWarning;
  }
}

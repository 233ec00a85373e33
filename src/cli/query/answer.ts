/** `nettrace query`, in the process of its own that asks the database: SQLite cannot be interrupted, a process can. */
import type { Database, SqlValue } from '../../formats/sqlite/engine';
import { tables, views } from '../../formats/sqlite/tables';
import { numberText } from '../../model/base/text';
import { complain, styleFor, UsageError, widthOf } from '../terminal/say';
import { write } from '../terminal/write';
import { databaseOf } from './database';
import { outputOf, type QueryFormat, type SqlRow } from './output';

export interface QueryOptions {
  format: QueryFormat;
  /** Most rows shown. */
  rows: number;
  /** Longest time of the query, in seconds. */
  timeout: number;
}

/** `ready` is called once the trace is read, right before it is asked. */
export async function answer(
  file: string,
  statement: string,
  options: Pick<QueryOptions, 'format' | 'rows'>,
  folder: string,
  ready: () => void,
): Promise<void> {
  const db = await databaseOf(file, statement, folder);
  try {
    onlyRead(db);
    ready();
    const query = explained(() => db.prepare(statement));
    query.setReadBigInts(true);
    query.setReturnArrays(true);
    const names = query.columns().map((c) => c.name);
    const width = widthOf(process.stdout);
    const shown = { style: styleFor(process.stdout), cell: process.stdout.isTTY ? Math.max(20, width - 20) : 10_000 };
    let cut = false;
    const rows = limited(query.iterate() as Iterable<SqlRow>, options.rows, () => {
      cut = true;
    });
    await write(outputOf(options.format, names, rows, shown));
    if (cut)
      complain(
        `the first ${numberText(options.rows)} rows: --rows N or --rows all shows more, LIMIT in the query less.`,
      );
  } finally {
    db.close();
  }
}

function* limited(rows: Iterable<SqlRow>, max: number, cut: () => void): Generator<SqlRow> {
  const iterator = rows[Symbol.iterator]();
  for (let n = 0; ; n++) {
    const next = explained(() => iterator.next());
    if (next.done) return;
    if (n === max) {
      iterator.return?.();
      return cut();
    }
    yield next.value.map(plain);
  }
}

/** A number where one holds it exactly. */
const plain = (value: SqlValue): SqlValue =>
  typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;

/** What a statement that reads does, by SQLite's own numbers. */
const reading = { pragma: 19, read: 20, select: 21, function: 31, recursive: 33 } as const;
const allowed: ReadonlySet<number> = new Set(Object.values(reading));

function onlyRead(db: Database): void {
  db.exec('PRAGMA query_only = ON; PRAGMA trusted_schema = OFF;');
  // A second lock where Node has it: whatever the statement is, it cannot do more than read.
  db.setAuthorizer?.((action) => (allowed.has(action) ? 0 : 1));
}

/** SQLite's message as the user's: it is about the query. */
function explained<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code !== 'ERR_SQLITE_ERROR') throw error;
    if (/readonly database|not authorized/.test(message))
      throw new UsageError('a query only reads; this one would write.');
    const [, table] = /no such table: (\S+)/.exec(message) ?? [];
    const names = [...tables, ...views].map(({ name }) => name).join(', ');
    throw new UsageError(`the query: ${message}.${table === undefined ? '' : ` There are ${names}.`}`);
  }
}

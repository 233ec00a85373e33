/** The database that a trace of any format is asked as. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findingsOf } from '../../analysis/document';
import { checkedStream, databaseAt, fillDatabase, isDatabase, isLarge, membersOf } from '../../formats/database';
import type { Database } from '../../formats/sqlite/engine';
import { openDatabase } from '../../formats/sqlite/engine';
import { Store } from '../../model/store/store';
import { complain } from '../terminal/say';
import { endOf, openTrace } from '../trace/open';

/** `folder`: private, made here if it is needed, deleted by the caller. */
export async function databaseOf(file: string, folder: string): Promise<Database> {
  if (isDatabase(file)) return databaseAt(file);
  const streamed = isLarge(file) ? fromStream(file, folder) : undefined;
  if (streamed) return streamed;
  const trace = await openTrace(file);
  const store = Store.fromDocument(trace);
  const db = openDatabase(':memory:');
  fillDatabase(db, membersOf(trace), { findings: findingsOf(store, endOf(store)) });
  return db;
}

/** Undefined: the file has another layout, or format. */
function fromStream(file: string, folder: string): Database | undefined {
  const members = checkedStream(file);
  if (!members) return undefined;
  mkdirSync(folder, { mode: 0o700 });
  const db = openDatabase(join(folder, 'trace.db'));
  fillDatabase(db, members);
  if (db.prepare("SELECT 1 FROM document WHERE name = 'findings'").get() === undefined)
    complain(
      'the table findings is empty: the trace was saved without them, and those of a file this large are not made here.',
    );
  return db;
}

/** The database that a trace of any format is asked as. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findingsOf } from '../../analysis/document';
import { checkedStream, databaseAt, fillDatabase, isDatabase, isLarge, membersOf } from '../../formats/database';
import type { Database } from '../../formats/sqlite/engine';
import { openDatabase } from '../../formats/sqlite/engine';
import { numberText } from '../../model/base/text';
import { Store } from '../../model/store/store';
import { complain } from '../terminal/say';
import { endOf, openTrace } from '../trace/open';

/** `folder`: private, made here if it is needed, deleted by the caller. */
export async function databaseOf(file: string, statement: string, folder: string): Promise<Database> {
  const ready = isDatabase(file) ? databaseAt(file) : isLarge(file) ? fromStream(file, folder) : undefined;
  if (ready) {
    const lack = /\bfindings\b/i.test(statement) ? lackOfFindings(ready) : undefined;
    if (lack !== undefined) complain(lack);
    return ready;
  }
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
  return db;
}

/** What the table of findings lacks, where it is asked. Undefined: nothing. */
function lackOfFindings(db: Database): string | undefined {
  const member = (name: string) =>
    db.prepare('SELECT value FROM document WHERE name = ?').get(name) as { value: unknown } | undefined;
  if (member('findings') === undefined)
    return 'the table findings is empty: the trace was saved without them, and those of a file this large are not made here.';
  const of = member('analysedRequests')?.value;
  if (of === undefined) return undefined;
  return `the table findings is of the last ${numberText(Number(of))} requests: memory held no more of them during the run.`;
}

/**
 * Fills a database with a trace: first its members and records as they come, then the tables that follow from them, in
 * groups of records with what those refer to. So memory holds one group, however many records there are.
 */
import { lastInstant } from '../../model/facts/lastInstant';
import type { Finding, Request, Trace } from '../../model/records';
import { batches, type Member, memberText, recordText } from '../native/members';
import type { Database } from './engine';
import { Neighbours } from './neighbours';
import { applicationId, insertInto, schema, schemaVersion } from './schema';
import { stores, tables } from './tables';
import { sqlValue } from './tables/column';

/** Records whose rows are made at once. */
const group = 2000;

export interface FillOptions {
  /** For the table of findings, where those of the trace are missing or of other rules. The trace stays as it is. */
  findings?: readonly Finding[];
}

/** Positions of a list's records. */
export interface Range {
  first: number;
  last: number;
}

export function fillDatabase(db: Database, members: Iterable<Member>, options: FillOptions = {}): void {
  // The file replaces another one when it is whole, and is flushed before: no journal is needed.
  db.exec(
    'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -16000',
  );
  db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion};`);
  for (const { type, sql } of schema) if (type === 'table') db.exec(sql);
  db.exec('BEGIN');
  const { ranges, header, last } = insertRecords(db, members);
  // What is looked up by id while the other tables are filled.
  for (const { type, name, sql } of schema) if (type === 'index' && name === 'records_id') db.exec(sql);
  const neighbours = new Neighbours(db, ranges, header);
  for (const table of tables) {
    const insert = db.prepare(insertInto(table.name, table.columns));
    const own = table.name === 'findings' && options.findings;
    const records = own || neighbours.records(table.list);
    for (const some of batches(records, group)) {
      const store = neighbours.storeFor(table.list, some);
      for (const row of table.rows(some as never, store, header.endAt ?? last))
        insert.run(...table.columns.map((c) => sqlValue(c.of(row))));
    }
  }
  for (const { type, name, sql } of schema)
    if (type === 'view' || (type === 'index' && name !== 'records_id')) db.exec(sql);
  db.exec('COMMIT');
}

interface Inserted {
  ranges: Map<string, Range>;
  header: Partial<Trace>;
  /** Of the requests, for a trace without an end. */
  last: number;
}

function insertRecords(db: Database, members: Iterable<Member>): Inserted {
  const [documents, records] = stores.map((table) => db.prepare(insertInto(table.name, table.columns)));
  const ranges = new Map<string, Range>();
  const header: Record<string, unknown> = {};
  let last = 0;
  let list = 0;
  let position = 0;
  for (const member of members) {
    list++;
    const { name } = member;
    if ('records' in member) {
      documents?.run(list, name, null);
      const first = position + 1;
      for (const record of member.records) {
        const id = (record as { id?: unknown } | null)?.id;
        records?.run(++position, list, typeof id === 'string' ? id : null, recordText(name, record));
        if (name === 'requests') last = Math.max(last, lastInstant([record as Request]));
      }
      ranges.set(name, { first, last: position });
    } else {
      const text = memberText(name, member.value);
      if (text === undefined) continue;
      documents?.run(list, name, text);
      Object.defineProperty(header, name, { value: member.value, enumerable: true });
    }
  }
  return { ranges, header, last };
}

/**
 * Opens a database that holds a trace. It may come from anywhere: the header is looked at before SQLite is, the statements
 * of its tables must be those of this version, letter by letter, so that nothing of its own runs (views, triggers, virtual
 * tables, computed columns), and every record is held against the schema of the native format.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { Trace } from '../../model/records';
import { FormatError } from '../file/error';
import { largestFile } from '../file/load';
import { checkVersion } from '../native/format';
import { checked, type Member } from '../native/members';
import { type Database, openDatabase } from './engine';
import { applicationId, schema, schemaVersion } from './schema';

const magic = 'SQLite format 3\0';
/** Bytes of the header that say how it is written: 1 is a plain file, 2 one with a log beside it. */
const versionBytes = [18, 19];
const headerSize = 100;

/** Above it SQLite's check of the whole file takes seconds; a damaged page is an error when it is read, too. */
const largestChecked = 64 << 20;

/** Whether the file is an SQLite database. What cannot be read is none. */
export function isDatabase(path: string): boolean {
  return headerOf(path)?.toString('latin1', 0, magic.length) === magic;
}

function headerOf(path: string): Buffer | undefined {
  try {
    // A pipe would wait, and be empty afterwards.
    if (!statSync(path).isFile()) return undefined;
    const file = openSync(path, 'r');
    try {
      const header = Buffer.alloc(headerSize);
      return readSync(file, header) === headerSize ? header : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

/** The database, to be closed by the caller. Throws FormatError for one that is no trace, or not whole. */
export function openTraceDatabase(path: string): Database {
  const header = headerOf(path);
  if (header && versionBytes.some((at) => header[at] !== 1)) throw foreign(path, 'it is in write-ahead mode');
  return guarded(path, () => {
    const db = openDatabase(path, true);
    try {
      db.exec(
        'PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;',
      );
      expectTrace(db, path);
      return db;
    } catch (e) {
      db.close();
      throw e;
    }
  });
}

function expectTrace(db: Database, path: string): void {
  const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() as object)[0] as unknown;
  if (pragma('application_id') !== applicationId) throw foreign(path, 'its mark is another');
  if (pragma('user_version') !== schemaVersion) {
    throw new FormatError(
      'version',
      `its tables are of version ${pragma('user_version')}; this program reads version ${schemaVersion}. ` +
        'Open it with the version of Net Trace that wrote it, and save it as .nettrace.json.',
      { file: path },
    );
  }
  const expected = new Map(schema.map(({ name, sql }) => [name, sql]));
  const found = db.prepare('SELECT name, sql FROM sqlite_schema LIMIT ?').all(expected.size + 1);
  const same = (found as { name: unknown; sql: unknown }[]).every(
    ({ name, sql }) => typeof sql === 'string' && expected.get(name as string) === sql,
  );
  if (!same || found.length !== expected.size) throw foreign(path, 'its tables are not those of a trace');
  if (statSync(path).size > largestChecked) return;
  const { quick_check: word } = db.prepare('PRAGMA quick_check(1)').get() as { quick_check?: unknown };
  if (word !== 'ok') throw damaged(path, String(word).slice(0, 200));
}

/** The trace of an open database, member by member, valid by the native format's schema. */
export function* membersOfDatabase(db: Database, path: string): Generator<Member> {
  yield* checked(rawMembers(db, path));
}

/** The whole trace of a file. `largest`: most bytes of its records together. */
export function databaseTrace(path: string, largest = largestFile): Trace {
  const db = openTraceDatabase(path);
  try {
    const sum = guarded(path, () => db.prepare('SELECT sum(length(CAST(record AS BLOB))) AS bytes FROM records').get());
    const { bytes } = sum as { bytes: unknown };
    if (typeof bytes === 'number' && bytes > largest) {
      throw new FormatError(
        'tooLarge',
        `its records have ${Math.round(bytes / 1e6)} MB; the largest trace that is opened whole has ` +
          `${Math.round(largest / 1e6)} MB. nettrace query reads it whatever its size.`,
        { file: path },
      );
    }
    const doc: Record<string, unknown> = {};
    for (const member of membersOfDatabase(db, path)) {
      const value = 'records' in member ? [...member.records] : member.value;
      // Defined, not assigned: a key `__proto__` is a field like any other.
      Object.defineProperty(doc, member.name, { value, enumerable: true, configurable: true, writable: true });
    }
    return doc as unknown as Trace;
  } catch (e) {
    throw e instanceof FormatError ? e.of(path) : e;
  } finally {
    db.close();
  }
}

function* rawMembers(db: Database, path: string): Generator<Member> {
  const all = guarded(path, () => db.prepare('SELECT position, name, value FROM document ORDER BY position').all());
  const lists = all as { position: unknown; name: unknown; value: unknown }[];
  const records = db.prepare('SELECT list, record FROM records ORDER BY position').iterate();
  const advance = () => guarded(path, () => records.next());
  let row = advance();
  const recordsOf = function* (position: number): Generator<unknown> {
    while (!row.done && (row.value as { list: unknown }).list === position) {
      yield parsed((row.value as { record: unknown }).record, path);
      row = advance();
    }
  };
  for (const { position, name, value } of lists) {
    if (typeof name !== 'string' || typeof position !== 'number') throw damaged(path, 'a member has no name');
    if (value === null) {
      yield { name, records: recordsOf(position) };
    } else {
      const member = parsed(value, path);
      if (name === 'version') checkVersion(member);
      yield Array.isArray(member) ? { name, records: member } : { name, value: member };
    }
  }
  if (!row.done) throw damaged(path, 'there are records of no list');
}

function parsed(text: unknown, path: string): unknown {
  try {
    if (typeof text === 'string') return JSON.parse(text);
  } catch {
    // Below.
  }
  throw damaged(path, 'a record is not JSON');
}

/** What SQLite says of a broken file, as an error for a person. */
export function guarded<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (e) {
    if ((e as { code?: unknown }).code !== 'ERR_SQLITE_ERROR') throw e instanceof FormatError ? e.of(path) : e;
    throw damaged(path, (e as Error).message, e);
  }
}

const foreign = (file: string, why: string): FormatError =>
  new FormatError('foreign', `this is an SQLite database, but no trace of Net Trace: ${why}.`, { file });

const damaged = (file: string, why: string, cause?: unknown): FormatError =>
  new FormatError(
    'invalid',
    `the database is damaged: ${why}. Restore the file from a copy, or save the trace again.`,
    {
      file,
      cause,
    },
  );

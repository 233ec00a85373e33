/**
 * Bundled and run on a Node that has SQLite: databases that were damaged or made to do harm are opened, and what becomes of
 * each is printed: the code of the FormatError, `read`, or what else was thrown.
 */
import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FormatError, parseTrace, readTrace, writeTrace } from '../../../../src/formats';
import { databaseAt } from '../../../../src/formats/database';
import { openDatabase } from '../../../../src/formats/sqlite/engine';

const [, , input = '', folder = '', seeds = ''] = process.argv;
const good = join(folder, 'good.nettrace.db');
const bad = join(folder, 'bad.nettrace.db');
await writeTrace(parseTrace(readFileSync(input, 'utf8')), good);
const bytes = readFileSync(good);

async function resultOf(): Promise<string> {
  try {
    await readTrace(bad);
    const db = databaseAt(bad);
    try {
      for (const table of ['requests', 'phases', 'records']) db.prepare(`SELECT * FROM ${table}`).all();
    } finally {
      db.close();
    }
    return 'read';
  } catch (e) {
    if (e instanceof FormatError) return e.message.startsWith(bad) ? e.code : `without its file: ${e.message}`;
    // What a query over a damaged table reports: the command line shows it as the query's.
    return (e as { code?: string }).code === 'ERR_SQLITE_ERROR' ? 'query' : String((e as Error).stack);
  }
}

const sql = (...statements: string[]) => {
  const db = openDatabase(bad);
  for (const statement of statements) db.exec(statement);
  db.close();
};

const crafted: Record<string, () => void> = {
  unchanged: () => {},
  'a trigger': () => sql('CREATE TRIGGER t AFTER INSERT ON records BEGIN SELECT 1; END'),
  'a view of its own': () => sql('CREATE VIEW other AS SELECT 1'),
  'a view in place of a table': () =>
    sql('ALTER TABLE records RENAME TO hidden', 'CREATE VIEW records AS SELECT * FROM hidden'),
  'another view of a known name': () => sql('DROP VIEW phases', 'CREATE VIEW phases AS SELECT 1 AS request'),
  'a computed column': () => sql('ALTER TABLE requests ADD COLUMN x TEXT AS (upper(id))'),
  'a virtual table': () => sql('CREATE VIRTUAL TABLE v USING fts5(x)'),
  'a table less': () => sql('DROP TABLE losses'),
  'write-ahead mode': () => sql('PRAGMA journal_mode = WAL'),
  'another mark': () => sql('PRAGMA application_id = 1'),
  'a later version': () => sql('PRAGMA user_version = 99'),
  'a later trace': () => sql("UPDATE document SET value = '\"2.0\"' WHERE name = 'version'"),
  'a record that is no JSON': () => sql("UPDATE records SET record = '{' WHERE position = 3"),
  'a record of bytes': () => sql("UPDATE records SET record = x'00ff' WHERE position = 3"),
  'a record that is no object': () => sql("UPDATE records SET record = '7' WHERE position = 3"),
  'a wrong field': () => sql("UPDATE records SET record = json_set(record, '$.createdAt', 'x') WHERE id = '4711-0-1'"),
  'records of no list': () => sql('UPDATE records SET list = 9999 WHERE position = 3'),
  'a member without a name': () => sql("UPDATE document SET name = NULL WHERE name = 'losses'"),
  'a member twice': () =>
    sql("INSERT INTO document SELECT position + 1000, name, value FROM document WHERE name = 'id'"),
  'a member less': () => sql("DELETE FROM document WHERE name = 'producer'"),
  'a name that breaks objects': () => sql("INSERT INTO document VALUES (1000, '__proto__', '{\"x\":1}')"),
  'no rows': () => sql('DELETE FROM document', 'DELETE FROM records'),
  'another database': () => {
    rmSync(bad);
    sql('CREATE TABLE t (a)', 'INSERT INTO t VALUES (1)');
  },
  'a head alone': () => truncateSync(bad, 100),
  'less than a head': () => truncateSync(bad, 50),
  'half of it': () => truncateSync(bad, bytes.length >> 1),
  'a journal beside it': () => writeFileSync(`${bad}-journal`, Buffer.alloc(4096, 0xd9)),
};

const results: Record<string, string> = {};
for (const [name, change] of Object.entries(crafted)) {
  copyFileSync(good, bad);
  change();
  results[name] = await resultOf();
  for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(bad + suffix, { force: true });
}

/** Bytes overwritten at random places, by the seeds given. */
const random: Record<string, number> = {};
for (const seed of JSON.parse(seeds) as [at: number, value: number, length: number][]) {
  const copy = Buffer.from(bytes);
  const [at, value, length] = seed;
  copy.fill(value, at % copy.length, (at % copy.length) + length);
  writeFileSync(bad, copy);
  const result = await resultOf();
  random[result] = (random[result] ?? 0) + 1;
}
console.log(JSON.stringify({ results, random }));

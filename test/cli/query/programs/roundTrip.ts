/**
 * Bundled and run on a Node that has SQLite: each trace of a file (one JSON text a line) is written as a database and read
 * again, and the rows of its tables are compared with those that a store with the whole trace gives. Prints what differs.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lowered, nativeText, parseTrace, readTrace, writeTrace } from '../../../../src/formats';
import { copyLarge, databaseAt } from '../../../../src/formats/database';
import { tables } from '../../../../src/formats/sqlite/tables';
import { lastInstant } from '../../../../src/model/facts/lastInstant';
import type { Trace } from '../../../../src/model/records';
import { rowOf } from '../../../../src/model/rows/row';
import { Store } from '../../../../src/model/store/store';

const [, , input = '', folder = ''] = process.argv;

async function differencesOf(trace: Trace): Promise<string[]> {
  const file = join(folder, 'trace.nettrace.db');
  rmSync(file, { force: true });
  await writeTrace(trace, file);
  const expected = lowered(trace);
  const differences: string[] = [];
  const back = await readTrace(file);
  if (nativeText(back) !== nativeText(expected)) differences.push('the trace');
  const db = databaseAt(file);
  const rowsIn = (sql: string) => db.prepare(sql).all() as Record<string, unknown>[];

  const store = Store.fromDocument(back);
  const now = back.endAt ?? lastInstant(back.requests);
  for (const row of rowsIn(
    'SELECT id, total_ms, setup_ms, state, reused, remote, call_file, phase_list FROM requests',
  )) {
    const r = store.requests.get(row.id as string) ?? store.incoming.get(row.id as string);
    if (!r) continue; // An id that SQLite cannot hold as text.
    const { total, setup, state, connection, remote, callSite, phases } = rowOf(r, store, now);
    const whole = [total, setup].map((us) => (us === undefined ? null : us / 1000));
    const same =
      JSON.stringify([row.total_ms, row.setup_ms]) === JSON.stringify(whole) &&
      row.state === state &&
      row.reused === (connection ? Number(connection.reused) : null) &&
      isText(row.remote, remote) &&
      isText(row.call_file, callSite?.file) &&
      (JSON.parse(row.phase_list as string) as unknown[][]).every(([name], i) => name === phases[i]?.name);
    if (!same) differences.push(`request ${row.id}: ${JSON.stringify(row)}`);
  }
  const lists = { requests: back.requests, connections: back.connections, lookups: back.lookups, tls: back.tlsTunnels };
  for (const [name, list] of Object.entries(lists)) {
    const [count] = rowsIn(`SELECT count(*) AS n FROM ${name}`);
    if (count?.n !== list.length) differences.push(`${name}: ${count?.n} rows`);
  }
  const text = join(folder, 'again.nettrace.json');
  const requests = await copyLarge(file, text, 0);
  if (requests !== store.requests.size) differences.push(`${requests} requests copied`);
  if (readFileSync(text, 'utf8') !== nativeText(expected)) differences.push('the database as a stream of text');
  const again = join(folder, 'again.nettrace.db');
  await copyLarge(text, again, 0);
  if (nativeText(await readTrace(again)) !== nativeText(expected)) differences.push('the text as a database');
  for (const { name } of tables) rowsIn(`SELECT * FROM ${name}`);
  rowsIn('SELECT * FROM phases');
  db.close();
  return differences;
}

/** SQLite replaces halves of a pair; Node 22 reads a column to its first NUL. */
function isText(found: unknown, expected: string | undefined): boolean {
  if (expected === undefined) return found === null;
  const text = Buffer.from(expected).toString();
  return found === text || found === text.split('\0', 1)[0];
}

const found: string[] = [];
let count = 0;
for (const text of readFileSync(input, 'utf8').trimEnd().split('\n')) {
  for (const difference of await differencesOf(parseTrace(text))) found.push(`${difference} of ${text}`);
  count++;
}
console.log(JSON.stringify({ count, found: found.slice(0, 3) }));

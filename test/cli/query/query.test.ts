/** `nettrace query`, and traces as databases on the command line. */
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tables, views } from '../../../src/formats/sqlite/tables';
import { scratch } from '../../../src/session/testing/scratch';
import { nodes, repository } from '../../support/programs/nodes';
import { Nettrace, requests } from '../testing/nettrace';

const nettrace = new Nettrace();
const folder = scratch();
const example = join(repository, 'src/model/golden/example.nettrace.json');
const withSqlite = nodes.filter(({ major }) => major >= 22);
const node = withSqlite.at(-1)?.binary ?? '';
const older = nodes.find(({ major }) => major === 20)?.binary ?? '';

const query = (sql: string, more: string[] = [], file = example) =>
  nettrace.run(['query', file, sql, ...more], { node, cwd: folder });
const rowsOf = async (sql: string, file?: string) => JSON.parse((await query(sql, ['--format', 'json'], file)).stdout);

test.each(withSqlite)(
  'on Node $version the rows are those of the trace, and nothing else is said',
  async ({ binary }) => {
    const sql =
      "select id, status, total_ms, dns_ms, tls_ms from requests where host like 'pay%' order by created_ms limit 2";
    const result = await nettrace.run(['query', example, sql, '--format', 'json'], { node: binary });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(result.stdout)).toEqual([
      { id: '4711-0-7', status: 200, total_ms: 595.5, dns_ms: 19.66, tls_ms: 47.5 },
      { id: '4711-0-10', status: 503, total_ms: 899, dns_ms: null, tls_ms: null },
    ]);
  },
);

test('each table and view can be asked, and is listed', async () => {
  const { stdout } = await nettrace.run(['query', example], { node });
  for (const { name, columns } of [...tables, ...views]) {
    expect(stdout).toContain(`${name}\n`);
    const list = columns.map((c) => c.name).join(', ');
    expect(await query(`select ${list} from ${name}`)).toMatchObject({ code: 0, stderr: '' });
  }
  expect(await rowsOf('select count(*) as n from findings')).toEqual([{ n: 8 }]);
  expect(
    await rowsOf("select record ->> '$.settings' as s, count(*) as n from records join requests using (id)"),
  ).toEqual([{ s: null, n: 8 }]);
});

test.each(['har', 'eve.json', 'nettrace.db'])('a .%s is asked alike', async (suffix) => {
  const file = join(folder, `asked.${suffix}`);
  expect(await nettrace.run(['convert', example, file], { node })).toMatchObject({ code: 0 });
  expect(await rowsOf('select count(*) as n from requests where status = 200', file)).toEqual([
    expect.objectContaining({ n: expect.any(Number) }),
  ]);
  const [{ n }] = await rowsOf(
    'select count(*) as n from requests where error_code is not null or status is null',
    file,
  );
  expect(n).toBeGreaterThan(0);
});

test('a trace on standard input', async () => {
  const sql = 'select count(*) from requests';
  const { code, stdout } = await nettrace.run(['query', '-', sql], { node, input: readFileSync(example) });
  expect([code, stdout.trim().split(/\s+/)]).toEqual([0, ['count(*)', '8']]);
});

const page = readFileSync(join(repository, 'docs/sql.md'), 'utf8');
test.each([...page.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql = '']) => sql))('docs/sql.md: %s', async (sql) => {
  expect(await query(sql)).toMatchObject({ code: 0, stderr: '' });
});

describe('only reads', () => {
  test.each([
    "attach database 'made.db' as x",
    "vacuum into 'made.db'",
    'delete from requests',
    'with x as (select 1) insert into requests (id) select * from x',
    'create table made (a)',
    'create temp table made (a)',
    "select load_extension('made.so')",
    "select writefile('made.db', 'x')",
    "select readfile('/etc/passwd')",
    'pragma journal_mode = wal',
    "select 1; attach 'made.db' as x",
    'explain delete from nothing',
  ])('%s', async (sql) => {
    const file = join(folder, 'kept.nettrace.db');
    if (!existsSync(file)) await nettrace.run(['convert', example, file], { node });
    const before = readFileSync(file);
    for (const { binary } of withSqlite) {
      const { code, stdout, stderr } = await nettrace.run(['query', file, sql], { node: binary, cwd: folder });
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^nettrace: .+\n$/);
    }
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith('made') || /-(wal|journal|shm)$/.test(name))).toEqual(
      [],
    );
  });
});

describe('bounds', () => {
  const endless = 'with recursive n(i) as (select 1 union all select i + 1 from n) select';

  test('a query that does not end is ended, and nothing is left', async () => {
    const { code, stderr } = await query(`${endless} count(*) from n`, ['--timeout', '1']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('took more than 1 s and was ended')]);
    expect(readdirSync(nettrace.home).filter((name) => name.startsWith('nettrace-query-'))).toEqual([]);
  });

  test('rows are shown up to a number, which is said', async () => {
    const { code, stdout, stderr } = await query(`${endless} i from n`, ['--rows', '3', '--format', 'csv']);
    expect([code, stdout]).toEqual([0, 'i\r\n1\r\n2\r\n3\r\n']);
    expect(stderr).toContain('the first 3 rows');
    expect((await query('values (1), (2)', ['--rows', '2'])).stderr).toBe('');
  });

  test('a reader that closes its end ends it', async () => {
    const shell = ['sh', '-c', '"$@" | head -n 1', '-'];
    const result = await nettrace.run(
      ['query', example, `${endless} i from n limit 100000`, '--rows', 'all', '--format', 'csv'],
      { node, wrap: shell },
    );
    expect(result).toMatchObject({ code: 0, stdout: 'i\r\n', stderr: '' });
  });
});

describe('mistakes', () => {
  test.each([
    ['select * from request', 'There are requests, connections'],
    ['select totl_ms from requests', 'no such column: totl_ms'],
    ['selct 1', 'not with selct'],
    ['select', 'incomplete input'],
    ['', 'empty'],
  ])('%j', async (sql, message) => {
    const { code, stderr } = await query(sql);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test('a trace that is none', async () => {
    const file = join(folder, 'none.nettrace.db');
    writeFileSync(file, 'SQLite format 3\0'.padEnd(5000, '\0'));
    for (const args of [
      ['query', file, 'select 1'],
      ['show', file],
      ['convert', file, 'x.har'],
    ]) {
      const { code, stderr } = await nettrace.run(args, { node, cwd: folder });
      expect([code, stderr]).toEqual([2, expect.stringContaining(file)]);
    }
  });
});

describe('a run saved as a database', () => {
  test('is what is saved as JSON beside it, for its user alone where it holds values', async () => {
    const [db, json] = ['run.nettrace.db', 'run.nettrace.json'].map((name) => join(folder, name)) as [string, string];
    const run = ['run', '--headers', 'values', '-o', db, '-o', json, '--', node, requests, '5'];
    expect(await nettrace.run(run, { node })).toMatchObject({ code: 0 });
    const back = join(folder, 'back.nettrace.json');
    expect(await nettrace.run(['convert', db, back], { node })).toMatchObject({ code: 0 });
    expect(readFileSync(back, 'utf8')).toBe(readFileSync(json, 'utf8'));
    expect(statSync(db).mode & 0o777).toBe(0o600);
    const show = async (file: string) => (await nettrace.run(['show', file], { node })).stdout;
    expect(await show(db)).toBe(await show(json));
    expect(await rowsOf('select count(*) as n, count(call_line) as lines from requests', db)).toEqual([
      { n: 5, lines: 5 },
    ]);
  });

  test('a Node without SQLite says what is needed, before the program starts', async () => {
    const file = join(folder, 'older.nettrace.db');
    copyFileSync(join(folder, 'run.nettrace.db'), file);
    for (const args of [
      ['run', '-o', 'new.nettrace.db', '--', node, '-e', 'console.log("started")'],
      ['query', example, 'select 1'],
      ['show', file],
      ['convert', example, 'new.nettrace.db'],
    ]) {
      const { code, stdout, stderr } = await nettrace.run(args, { node: older, cwd: folder });
      expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('part of Node 22.16 and later')]);
    }
    expect(existsSync(join(folder, 'new.nettrace.db'))).toBe(false);
  });
});

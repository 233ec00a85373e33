/**
 * `nettrace query TRACE SQL`. Starts itself once more as the process that reads the trace and asks the database, with the
 * same streams, and ends it when the query takes too long.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FormatError, hasSqlite, noSqlite } from '../../formats';
import { tables, views } from '../../formats/sqlite/tables';
import { styleFor, UsageError, widthOf, wrapped } from '../terminal/say';
import { write } from '../terminal/write';
import { answer, type QueryOptions } from './answer';
import { oneStatement } from './statement';

/** Names the folder for its files to the process that asks; it says too that it is that process. */
const folderVariable = 'NETTRACE_QUERY_FOLDER';

/** The exit code. Without SQL: what there is to ask. */
export async function query(file: string, sql: string | undefined, options: QueryOptions): Promise<number> {
  if (sql === undefined) {
    await write(tableTexts());
    return 0;
  }
  const statement = oneStatement(sql);
  if (!hasSqlite()) throw new FormatError('engine', noSqlite);
  const folder = process.env[folderVariable];
  if (folder !== undefined && process.send) {
    await answer(file, statement, options, folder, () => process.send?.('ready'));
    process.disconnect();
    return 0;
  }
  return ask(options);
}

async function ask({ timeout }: QueryOptions): Promise<number> {
  const folder = join(tmpdir(), `nettrace-query-${randomUUID()}`);
  const child = spawn(
    process.execPath,
    [...process.execArgv, join(__dirname, 'nettrace.cjs'), ...process.argv.slice(2)],
    {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, [folderVariable]: folder },
    },
  );
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  try {
    return await endOf(child, timeout);
  } finally {
    for (const signal of signals) process.off(signal, forward);
    await fs.rm(folder, { recursive: true, force: true });
  }
}

function endOf(child: ChildProcess, timeout: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let late = false;
    child.on('message', () => {
      timer ??= setTimeout(() => {
        late = true;
        child.kill('SIGKILL');
      }, timeout * 1000);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const advice = 'narrow it (WHERE, LIMIT), or give it longer with --timeout SECONDS';
      if (late) reject(new UsageError(`the query took more than ${timeout} s and was ended: ${advice}.`));
      else if (signal !== null) reject(new UsageError(`the query was ended by ${signal}.`));
      else resolve(code ?? 2);
    });
  });
}

/** Tables and views with their columns. */
function* tableTexts(): Generator<string> {
  const style = styleFor(process.stdout);
  const width = widthOf(process.stdout);
  for (const { name, columns } of [...tables, ...views]) {
    yield `${style.bold(name)}\n`;
    const list = columns.map((c) => c.name).join(', ');
    for (const line of wrapped(list, Math.min(width, 100) - 2)) yield `  ${line}\n`;
  }
}

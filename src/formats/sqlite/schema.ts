/** The statements that make the database. A file is a trace only if these, and no others, are in it. */
import { stores, tables, views } from './tables';

/** `NetT`: marks the file, so that `file` and other programs can name it. */
export const applicationId = 0x4e657454;
/** Of the tables; another one is not read. */
export const schemaVersion = 1;

export interface Item {
  type: 'table' | 'index' | 'view';
  name: string;
  sql: string;
}

/** Tables first: they are filled before the indices are made. */
export const schema: readonly Item[] = [
  ...[...stores, ...tables].map(({ name, columns }): Item => {
    const list = columns.map((c) => (c.name === 'position' ? 'position INTEGER PRIMARY KEY' : `${c.name} ${c.type}`));
    return { type: 'table', name, sql: `CREATE TABLE ${name} (${list.join(', ')})` };
  }),
  { type: 'index', name: 'records_id', sql: 'CREATE INDEX records_id ON records (id)' },
  ...tables.flatMap(({ name, indices = [] }) =>
    indices.map(
      (column): Item => ({
        type: 'index',
        name: `${name}_${column}`,
        sql: `CREATE INDEX ${name}_${column} ON ${name} (${column})`,
      }),
    ),
  ),
  ...views.map(({ name, select }): Item => ({ type: 'view', name, sql: `CREATE VIEW ${name} AS ${select}` })),
];

export const insertInto = (table: string, columns: readonly { name: string }[]): string =>
  `INSERT INTO ${table} (${columns.map((c) => c.name).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;

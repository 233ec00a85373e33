/**
 * Makes docs/nettrace.schema.json and the tables of docs/trace-format.md from the schemas of src/model/records, and
 * docs/rules.schema.json from that of rules files.
 * A unit test fails when they differ from what is committed: then run `node scripts/schema.mjs`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bundle = await build({
  absWorkingDir: root,
  stdin: {
    contents: `export * from './src/formats/native/published'; export * from './src/analysis/check/published'; export * from './src/formats/sqlite/described';`,
    resolveDir: root,
  },
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
  logLevel: 'warning',
});
const code = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
const { publishedSchema, publishedRulesSchema, withTables, withSqlTables } = await import(
  `data:text/javascript;base64,${code}`
);

const schema = join(root, 'docs/nettrace.schema.json');
writeFileSync(schema, publishedSchema());
writeFileSync(join(root, 'docs/rules.schema.json'), publishedRulesSchema());

for (const [name, tablesIn] of [
  ['docs/trace-format.md', withTables],
  ['docs/sql.md', withSqlTables],
]) {
  const page = join(root, name);
  const text = tablesIn(readFileSync(page, 'utf8'));
  if (text === undefined) throw new Error(`${page} has lost the marks of its tables`);
  writeFileSync(page, text);
}
console.log(
  'docs/nettrace.schema.json, docs/rules.schema.json and the tables of docs/trace-format.md and docs/sql.md are up to date',
);

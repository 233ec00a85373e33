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
    contents: `export * from './src/formats/native/published'; export * from './src/analysis/check/published';`,
    resolveDir: root,
  },
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
  logLevel: 'warning',
});
const code = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
const { publishedSchema, publishedRulesSchema, withTables } = await import(`data:text/javascript;base64,${code}`);

const schema = join(root, 'docs/nettrace.schema.json');
writeFileSync(schema, publishedSchema());
writeFileSync(join(root, 'docs/rules.schema.json'), publishedRulesSchema());

const format = join(root, 'docs/trace-format.md');
const text = withTables(readFileSync(format, 'utf8'));
if (text === undefined) throw new Error(`${format} has lost the marks of its tables`);
writeFileSync(format, text);
console.log('docs/nettrace.schema.json, docs/rules.schema.json and the tables of docs/trace-format.md are up to date');

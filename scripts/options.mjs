/**
 * Makes the settings and the attributes of debug configurations in package.json, docs/reference.md and the options of
 * `nettrace run` in docs/command-line.md from the table of options (src/model/options/table.ts); and the tools for
 * assistants in package.json (src/answers/tools). Unit tests fail when they differ from what is committed: then run `node scripts/options.mjs`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bundle = await build({
  absWorkingDir: root,
  stdin: {
    contents: "export * from './src/model/options/published'; export * from './src/answers/tools/published';",
    resolveDir: root,
  },
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
  logLevel: 'warning',
});
const code = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
const { withOptions, withReference, withRunOptions, withTools } = await import(`data:text/javascript;base64,${code}`);

const files = {
  'package.json': (text) => withTools(withOptions(text)),
  'docs/reference.md': withReference,
  'docs/command-line.md': withRunOptions,
};
for (const [name, rewritten] of Object.entries(files)) {
  const file = join(root, name);
  writeFileSync(file, rewritten(readFileSync(file, 'utf8')));
}
console.log(`${Object.keys(files).join(', ')} are up to date`);

/**
 * Breaks things around a traced program, one after the other, and writes docs/faults.md:
 *   npm run faults -- [names of scenarios] [--node 24,26] [--print]
 * Takes about ten minutes. Names, or the beginnings of names, choose some of them, and then nothing is written. Root on
 * Linux can run all of them.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';

const root = join(import.meta.dirname, '../..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { node: { type: 'string', default: '18,20,22,24,26' }, print: { type: 'boolean', default: false } },
});

if (!existsSync(join(root, 'dist/nettrace.cjs'))) throw new Error('dist/nettrace.cjs is missing: npm run build');
const folder = mkdtempSync(join(tmpdir(), 'nettrace-faults-main-'));
try {
  const outfile = join(folder, 'main.mjs');
  buildSync({
    absWorkingDir: root,
    entryPoints: ['test/faults/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  const { main } = await import(pathToFileURL(outfile).href);
  const versions = values.node.split(',').map(Number);
  const isWritten = !values.print && positionals.length === 0;
  process.exitCode = await main({ root, versions, names: positionals, isWritten });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

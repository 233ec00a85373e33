/**
 * What opening a large trace takes in the extension, stage by stage, without the window: reading, checking, store, rows, the
 * message to the page. Milliseconds of processor time (what else the machine does is not in it), median of the rounds.
 *   node test/bench/host/open.mjs [FILE | REQUESTS, default 37000: 20 MB] [--rounds 5]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';

const here = import.meta.dirname;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' } },
});
/** Of this thread and of those that collect garbage. */
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const folder = mkdtempSync(join(tmpdir(), 'nettrace-open-'));
try {
  const [given = '37000'] = positionals;
  const file = /^\d+$/.test(given) ? join(folder, 'many.nettrace.json') : given;
  if (file !== given) execFileSync(process.execPath, [join(here, '../requests.mjs'), given, file]);
  const bundle = join(folder, 'open.cjs');
  buildSync({
    stdin: {
      contents: `
        export { loadText } from './src/formats/file/load';
        export { parseTrace } from './src/formats/read';
        export { FileView } from './src/extension/trace/fileView';`,
      resolveDir: join(here, '../../..'),
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: bundle,
    logLevel: 'error',
  });
  const { loadText, parseTrace, FileView } = createRequire(import.meta.url)(bundle);
  const rounds = [];
  let characters = 0;
  for (let i = 0; i < Number(values.rounds); i++) {
    const times = {};
    let last = cpu();
    const lap = (name) => {
      const at = cpu();
      times[name] = at - last;
      last = at;
    };
    const text = await loadText(file);
    lap('read');
    const document = parseTrace(text, { name: file });
    lap('parse and check');
    const view = new FileView(document, 'many');
    lap('store and rows');
    const state = { rows: view.rows(), connections: view.connections(), runs: view.runs(), status: view.status() };
    lap('state of the page');
    const message = JSON.stringify(state);
    characters = message.length;
    lap('message written');
    JSON.parse(message);
    lap('message read');
    view.findings();
    lap('findings (after the rows)');
    rounds.push(times);
  }
  console.log(`${(statSync(file).size / 1e6).toFixed(1)} MB, message of ${(characters / 1e6).toFixed(1)} MB`);
  for (const name of Object.keys(rounds[0])) {
    const all = rounds.map((r) => r[name]).sort((a, b) => a - b);
    console.log(
      `${name.padEnd(28)}${all[all.length >> 1].toFixed(0).padStart(8)} ms   first ${rounds[0][name].toFixed(0)}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

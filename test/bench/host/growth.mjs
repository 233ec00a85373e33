/**
 * How each verb grows with the trace: 1,000, 10,000 and 100,000 requests. What counts is the ratio: ten times the requests,
 * about ten times the time of what is not start-up. (`npm test` counts the work instead: test/cli/growth.test.ts.)
 *   node test/bench/host/growth.mjs [SIZE...]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const here = import.meta.dirname;
const nettrace = join(here, '../../../dist/nettrace.cjs');
const given = process.argv.slice(2).map(Number);
const sizes = given.length > 0 ? given : [1000, 10_000, 100_000];
const folder = mkdtempSync(join(tmpdir(), 'nettrace-growth-'));

const commands = {
  show: (file) => ['show', file],
  'show --json': (file) => ['show', file, '--json'],
  'show --view request': (file) => ['show', file, '--view', 'request'],
  'show --view tcplife': (file) => ['show', file, '--view', 'tcplife'],
  'show --view gethostlatency': (file) => ['show', file, '--view', 'gethostlatency'],
  'show --view soconnlat': (file) => ['show', file, '--view', 'soconnlat'],
  'show --top host': (file) => ['show', file, '--top', 'host'],
  'show --top path': (file) => ['show', file, '--top', 'path'],
  'show --query': (file) => ['show', file, '--query', 'status:>=500'],
  'convert to .nettrace.json': (file) => ['convert', file, join(folder, 'out.nettrace.json')],
  'convert to .har': (file) => ['convert', file, join(folder, 'out.har')],
  'convert to .eve.json': (file) => ['convert', file, join(folder, 'out.eve.json')],
};

/** Says at its end how much processor time the command took. */
const report = join(folder, 'report.cjs');
writeFileSync(
  report,
  `process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    require('node:fs').writeSync(2, '\\ncpu ' + (user + system));
  });`,
);

/** Seconds of processor time, the least of three: what else the machine does is not in it. */
function seconds(args) {
  const times = [1, 2, 3].map(() => {
    const { status, stderr } = spawnSync(process.execPath, ['-r', report, nettrace, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`nettrace ${args.join(' ')}: ${stderr}`);
    return Number(/cpu (\d+)$/.exec(stderr)[1]) / 1e6;
  });
  return Math.min(...times);
}

try {
  const files = sizes.map((size) => {
    const file = join(folder, `${size}.nettrace.json`);
    execFileSync(process.execPath, [join(here, '../requests.mjs'), String(size), file]);
    return file;
  });
  const megabytes = files.map((file) => `${(statSync(file).size / 1e6).toFixed(1)} MB`);
  console.log(
    `| processor time, s | ${sizes.map((n, i) => `${n.toLocaleString('en')} (${megabytes[i]})`).join(' | ')} | growth |`,
  );
  console.log(`|---|${sizes.map(() => '--:').join('|')}|--:|`);
  for (const [name, args] of Object.entries(commands)) {
    const times = files.map((file) => seconds(args(file)));
    const growth = times.slice(1).map((t, i) => `${(t / times[i]).toFixed(1)}×`);
    console.log(`| \`${name}\` | ${times.map((t) => t.toFixed(2)).join(' | ')} | ${growth.join(', ')} |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

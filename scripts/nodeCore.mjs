// Runs Node's own tests with and without the hook, and names those that end differently. Not part of `npm test`.
//
//   node scripts/build.mjs
//   node scripts/nodeCore.mjs <Node's source> <node of the same version> [part of a test's name …]
//
// A test that fails without the hook is left out. One that differs is run once more both ways: it counts only when it
// fails with the hook again. What Node prints of a failed test names the frames of the program, so no output is compared:
// these tests check what they print themselves.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [source, node, ...parts] = process.argv.slice(2);
if (source === undefined || node === undefined) {
  console.error('usage: node scripts/nodeCore.mjs <folder of Node’s source> <node> [part of a name …]');
  process.exit(2);
}
const folder = resolve(source, 'test/parallel');
const names =
  parts.length > 0 ? parts : ['-http-', '-https-', '-http2-', '-net-', '-tls-', '-dns-', '-fetch', '-dgram-'];
const files = readdirSync(folder).filter((f) => /\.m?js$/.test(f) && names.some((n) => f.includes(n)));
const hook = resolve(import.meta.dirname, '../dist/hook.cjs');
/** Every part of the hook. */
const conf = JSON.stringify({
  v: 1,
  enabled: ['byHand'],
  bodies: 65_536,
  headers: 'values',
  incoming: true,
  keys: true,
  sockets: true,
  stacks: true,
});

/** What the test itself asks for, in the line that Node's runner reads. */
function flagsOf(file) {
  const line = /^\/\/ Flags:(.*)$/m.exec(readFileSync(join(folder, file), 'utf8'))?.[1] ?? '';
  return line.trim().split(/\s+/).filter(Boolean);
}

function run(file, isTraced, serial) {
  const spool = mkdtempSync(join(tmpdir(), 'nettrace-core-'));
  const env = { ...process.env, TEST_THREAD_ID: serial, TEST_SERIAL_ID: serial };
  for (const name of Object.keys(env))
    if (/^NODE_OPTIONS$|^NODE_EXTRA_CA_CERTS$|^NETTRACE_/.test(name)) delete env[name];
  if (isTraced) Object.assign(env, { NODE_OPTIONS: `--require "${hook}"`, NETTRACE_SPOOL: spool, NETTRACE_CONF: conf });
  return new Promise((done) => {
    const child = spawn(resolve(node), [...flagsOf(file), join(folder, file)], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        text = (text + chunk).slice(-4000);
      });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const isSeen = existsSync(spool) && readdirSync(spool).some((name) => name.endsWith('.jsonl'));
      rmSync(spool, { recursive: true, force: true });
      done({ end: code ?? signal, text, isSeen });
    });
  });
}

const differing = [];
let compared = 0;
let unfit = 0;
let unseen = 0;
for (const file of files) {
  const plain = await run(file, false, '1');
  if (plain.end !== 0) {
    unfit++;
    continue;
  }
  compared++;
  let traced = await run(file, true, '1');
  if (!traced.isSeen) unseen++;
  if (traced.end === 0) continue;
  if ((await run(file, false, '1')).end !== 0) continue;
  traced = await run(file, true, '1');
  if (traced.end === 0) continue;
  const error = /^\S*Error\b.*$/m.exec(traced.text)?.[0] ?? traced.text.trim().split('\n')[0];
  differing.push(file);
  console.log(`${file}: ends with ${traced.end}: ${error}`);
}
console.log(`${compared} compared, ${differing.length} differ; ${unfit} fail here without the hook and are left out`);
console.log(`${unseen} wrote no trace`);
process.exit(differing.length > 0 ? 1 : 0);

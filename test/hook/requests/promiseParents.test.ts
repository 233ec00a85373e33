/**
 * A package that breaks the chain of awaits, without a debugger: each request has the line of its own call, or the package's.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { placeOf } from '../../../src/model/rows/row';
import { visible } from '../../support/check';
import { nodes } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';

let folder: string;
let program: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'nettrace-parents-')));
  const at = join(folder, 'node_modules/client');
  mkdirSync(at, { recursive: true });
  program = join(folder, 'program.cjs');
  writeFileSync(
    join(at, 'index.js'),
    `const http = require('node:http');
const { EventEmitter } = require('node:events');
// The request is started in a later job that nobody awaits, and its answer is told by an event.
function start(url, told) {
  http.get(url, (r) => r.resume().on('end', () => told.emit('over')));
}
const begun = (url, later) => {
  const told = new EventEmitter();
  later(() => start(url, told));
  return new Promise((done) => told.once('over', done));
};
exports.call = (url) => begun(url, (f) => void Promise.resolve().then(async () => {}).then(f));
exports.onTimer = (url) => begun(url, (f) => void setTimeout(f, 1));
`,
  );
  writeFileSync(
    program,
    `const { call, onTimer } = require('client');
const server = require('node:http').createServer((q, r) => setTimeout(() => r.end(), Number(q.url.length) % 7));
const first = async (b, i) => { const a = await call(b + '/first/' + i); return a; };
const second = (b, i) =>
  call(b + '/second/' + i);
async function third(b, i) {
  await null;
  await Promise.all([
    call(b + '/third/' + i),
    call(b + '/fourth/' + i),
  ]);
}
const timer = (b, i) =>
  onTimer(b + '/timer/' + i);
server.listen(0, '127.0.0.1', async () => {
  const b = 'http://127.0.0.1:' + server.address().port;
  const [, , rounds, promises] = process.argv;
  await call(b + '/begin/0');
  for (let i = 0; i < Number(promises); i++) await null;
  for (let i = 0; i < Number(rounds); i++) await Promise.all([first(b, i), second(b, i), third(b, i), timer(b, i)]);
  process.exit();
});
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(nodes)('Node $major', (node) => {
  async function places(args: string[]): Promise<Record<string, string[]>> {
    const run = await runTraced(node, program, { args });
    expect(run.code, run.stderr).toBe(0);
    const found: Record<string, Set<string>> = {};
    for (const r of run.store.requests.values()) {
      const name = r.url?.split('/')[3] ?? '';
      found[name] ??= new Set();
      const at = r.callSite && placeOf(r.callSite);
      found[name].add(at === undefined ? 'none' : at.package === undefined ? at.text : `${at.text} via ${at.package}`);
    }
    return Object.fromEntries(Object.entries(found).map(([name, set]) => [name, [...set].sort()]));
  }
  const inPackage = 'index.js:5 via client';

  test('calls at the same time have each its own line, but the first; a timer is in no job', async () => {
    expect(await places(['40', '0'])).toEqual({
      begin: [inPackage],
      first: ['program.cjs:3'],
      second: ['program.cjs:5'],
      third: ['program.cjs:9'],
      fourth: ['program.cjs:10'],
      timer: [inPackage],
    });
  });

  test('a program of many promises has no wrong line, and costs no more than so many stacks', async () => {
    expect(await places(['1', '20000'])).toEqual({
      begin: [inPackage],
      first: [inPackage],
      second: [inPackage],
      third: [inPackage],
      fourth: [inPackage],
      timer: [inPackage],
    });
  });
});

// V8's debugger, which keeps whole stacks, would let the first error of a worker end the program.
test.each(nodes)('Node $major: a program that aborts on its own uncaught errors outlives a worker’s', async (node) => {
  const worker = join(import.meta.dirname, '../programs/workerError.cjs');
  for (const flag of ['--abort-on-uncaught-exception', '--abort_on_uncaught_exception']) {
    const options = { execArgv: [flag] };
    const plain = await runPlain(node, worker, options);
    expect(plain).toMatchObject({ code: 0, stdout: 'error own\nexit 1\n' });
    expect(visible(await runTraced(node, worker, { ...options, conf: { stacks: true } }))).toEqual(visible(plain));
  }
});

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { type SessionOptions, TraceSession } from './session';
import { scratch } from './testing/scratch';

const hookFile = join(scratch(), 'hook.cjs');
fs.writeFileSync(hookFile, '// in place of the hook');
const cacheFolder = scratch();

const open: TraceSession[] = [];
async function session(options: Partial<SessionOptions> = {}) {
  const s = await TraceSession.create({ hookFile, cacheFolder, ...options });
  open.push(s);
  return s;
}
afterEach(() => Promise.all(open.splice(0).map((s) => s.dispose())));

/** Writes as the hook does: one file an isolate, the first line `proc`. */
class Writer {
  #next = 1;
  readonly stem: string;
  segment = 1;
  readonly #s: TraceSession;
  readonly #begin: bigint;

  constructor(
    s: TraceSession,
    readonly pid = 4711,
    readonly tid = 0,
    begin = process.hrtime.bigint(),
  ) {
    this.#s = s;
    this.#begin = begin;

    this.stem = `${pid}-${tid}-${begin}`;
    this.#proc();
  }
  get file() {
    return join(this.#s.spoolFolder, `${this.stem}.${this.segment}.jsonl`);
  }
  #proc() {
    this.write({
      k: 'proc',
      v: 1,
      trace: this.#s.id,
      pid: this.pid,
      ppid: 1,
      tid: this.tid,
      segment: this.segment,
      monotonicNs: String(this.#begin),
      wallMs: Date.now(),
      argv: ['node', '/app/a.js'],
      runtime: { name: 'node', version: '22.0.0' },
      parts: ['http1'],
    });
  }
  rotate() {
    this.segment++;
    this.#proc();
  }
  raw(text: string | Buffer) {
    fs.appendFileSync(this.file, text);
  }
  write(line: object) {
    this.raw(`${JSON.stringify(line)}\n`);
  }
  request(done = true) {
    const id = this.#next++;
    const end = done ? { t: [10, 20, 30, 400, 500], outcome: 'complete', response: { status: 200 } } : {};
    this.write({ k: 'req', id, createdAt: id * 1000, api: 'http', method: 'GET', url: `http://a.test/${id}`, ...end });
    return id;
  }
}

test('lines become records, and listeners are notified', async () => {
  const s = await session({ description: 'a test' });
  let reported = 0;
  const off = s.onDidChange(() => reported++);
  expect(s.hookSeen).toBe(false);
  const w = new Writer(s);
  w.request();
  w.request(false);
  await expect.poll(() => (reported > 0 ? s.store.requests.size : 0), { interval: 5 }).toBe(2); // without a call of poll
  expect(s.hookSeen).toBe(true);
  off();
  const doc = s.document();
  expect(doc).toMatchObject({ format: 'nettrace', id: s.id, description: 'a test', state: 'running' });
  expect(doc.requests.map((r) => r.outcome)).toEqual(['complete', undefined]);
  expect(doc.sources.find((x) => x.name === 'hook')?.state).toBe('on');
});

test('a row is there after its line is written, without being asked for', async () => {
  const s = await session();
  const w = new Writer(s);
  for (let i = 1; i <= 40; i++) {
    const seen = new Promise<void>((done) => {
      const off = s.onDidChange(() => {
        if (s.store.requests.size < i) return;
        off();
        done();
      });
    });
    w.request();
    await seen;
    expect(s.store.requests.size).toBe(i);
  }
});

test('a line without its end waits while the program lives, and is a loss when it is gone', async () => {
  const s = await session();
  const w = new Writer(s, 4242);
  w.request();
  w.raw('{"k":"req","id":9,"createdAt":5,"api":"ht');
  await s.poll();
  expect(s.store.losses).toEqual([]);
  w.raw('tp","method":"GET","url":"http://a.test/é"}\n{"k":"req","i');
  await s.poll();
  expect(s.store.requests.size).toBe(2);
  s.processEnded(4242, { signal: 'SIGKILL' });
  await s.poll();
  expect(s.store.losses).toMatchObject([{ what: 'lines', kind: 'torn', count: 1, thread: '4242-0' }]);
  expect([...s.store.requests.values()].map((r) => r.outcome)).toEqual(['complete', 'interrupted']);
  expect(s.document().processes[0]).toMatchObject({ end: 'killed', signal: 'SIGKILL' });
});

test('garbage, huge lines, foreign and planted files cost nothing else', async () => {
  const s = await session();
  const w = new Writer(s);
  w.request();
  w.raw('not json\n\n{"k":"req"\n{"k":17}\n');
  w.raw(`{"k":"req","url":"${'x'.repeat(600_000)}"}\n`);
  w.raw(Buffer.from([0, 255, 10, 128, 10]));
  w.write({ k: 'req', id: 'seven' });
  w.write({ k: 'novelty', at: 3 });
  w.request();
  const secret = join(scratch(), 'secret');
  fs.writeFileSync(secret, fs.readFileSync(w.file));
  fs.symlinkSync(secret, join(s.spoolFolder, '99-0-1.1.jsonl'));
  fs.mkdirSync(join(s.spoolFolder, '98-0-1.1.jsonl'));
  fs.writeFileSync(join(s.spoolFolder, 'notes.txt'), 'x');
  fs.writeFileSync(join(s.spoolFolder, '97-0-1.1.jsonl'), '{"k":"req","id":1,"createdAt":0}\n');
  if (process.getuid?.() === 0) {
    const other = join(s.spoolFolder, '96-0-1.1.jsonl');
    fs.copyFileSync(w.file, other);
    fs.chownSync(other, 65534, 65534);
  }
  await s.poll();
  await s.poll();
  expect(s.store.requests.size).toBe(2);
  expect(s.store.processes.size).toBe(1);
  expect(s.store.losses.reduce((sum, l) => sum + l.count, 0)).toBe(9);
  expect(s.store.losses.find((l) => l.kind === 'overflow')).toMatchObject({ count: 1 });
  expect(fs.existsSync(join(s.spoolFolder, 'notes.txt'))).toBe(true);
});

test('segments are read in order, deleted when done, and a gap is reported', async () => {
  const s = await session();
  const w = new Writer(s);
  const files: string[] = [];
  for (let i = 0; i < 5; i++) {
    for (let n = 0; n < 10; n++) w.request();
    files.push(w.file);
    if (i === 2) await s.poll();
    w.rotate();
  }
  w.request();
  await s.poll();
  expect(s.store.requests.size).toBe(51);
  expect(files.map((f) => fs.existsSync(f))).toEqual([false, false, false, false, false]);
  expect(fs.existsSync(w.file)).toBe(true);
  expect(s.store.losses).toEqual([]);
  w.segment += 2;
  w.rotate();
  w.request();
  await s.poll();
  expect(s.store.requests.size).toBe(52);
  expect(s.store.losses).toMatchObject([{ kind: 'missingSegment', count: 2 }]);
});

test('10,000 requests in a bounded store: counted exactly, oldest gone, the rest whole, the host never held', async () => {
  const s = await session({ limits: { requests: 1000 } });
  const w = new Writer(s);
  let text = '';
  for (let id = 1; id <= 10_000; id++) {
    text += `{"k":"req","id":${id},"createdAt":${id},"api":"http","method":"GET","url":"http://a.test/","t":[1,2,3,4,5],"outcome":"${id % 10 === 0 ? 'failed' : 'complete'}"}\n`;
  }
  w.raw(text);
  let turns = 0;
  const count = () => {
    turns++;
    turning = setImmediate(count);
  };
  let turning = setImmediate(count);
  await s.poll();
  clearImmediate(turning);
  const doc = s.document();
  expect(doc.counts).toMatchObject({ requests: 10_000, failed: 1000, evictedRequests: 9000 });
  expect(doc.requests).toHaveLength(1000);
  expect(doc.requests[0]?.id).toBe('4711-0-9001');
  expect(doc.losses).toMatchObject([{ source: 'session', what: 'requests', kind: 'evicted', count: 9000 }]);
  expect(doc.settings?.limits).toEqual({ requests: 1000 });
  expect(turns).toBeGreaterThanOrEqual(Math.floor(text.length / 65_536)); // the host had its turn after each piece
});

test('two sessions at once know nothing of each other', async () => {
  const [a, b] = [await session(), await session()];
  expect(a.spoolFolder).not.toBe(b.spoolFolder);
  const [wa, wb] = [new Writer(a, 1000), new Writer(b, 1000)];
  wa.request();
  for (let i = 0; i < 3; i++) wb.request();
  fs.copyFileSync(wa.file, join(b.spoolFolder, '1001-0-5.1.jsonl')); // a line of another trace is not taken
  await Promise.all([a.poll(), b.poll()]);
  expect([a.store.requests.size, b.store.requests.size]).toEqual([1, 3]);
  await a.dispose();
  expect([a, b].map((s) => fs.existsSync(s.spoolFolder))).toEqual([false, true]);
  expect(a.document().requests).toHaveLength(1);
});

test('finish reads the rest, ends what is gone and what it will not see the end of', async () => {
  const s = await session();
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const alive = new Writer(s, child.pid as number);
  const dead = new Writer(s, 999_999_9);
  alive.request(false);
  dead.request(false);
  await s.finish('ended');
  const doc = s.document();
  expect(doc.state).toBe('ended');
  expect(doc.endAt).toBeGreaterThan(0);
  expect(doc.requests.map((r) => [r.thread, r.outcome, r.missing?.endAt])).toEqual(
    expect.arrayContaining([
      [`${child.pid}-0`, 'interrupted', 'detached'],
      ['9999999-0', 'interrupted', undefined],
    ]),
  );
  child.kill('SIGKILL');
  await once(child, 'exit');
});

test('a killed child that nobody waited for is found', async () => {
  const s = await session();
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  new Writer(s, child.pid as number).request(false);
  await s.poll();
  await s.poll();
  child.kill('SIGKILL');
  await once(child, 'exit');
  await expect.poll(() => [...s.store.requests.values()][0]?.outcome).toBe('interrupted');
  expect([...s.store.processes.values()][0]?.end).toBe('lost');
});

test('the environment: the user’s own options stay, and the settings reach the hook', async () => {
  const s = await session({ headers: 'names', callSites: 20, enabled: false, maskedParameters: ['pin'] });
  const env = s.environment({ NODE_OPTIONS: '--no-warnings', PATH: '/bin' });
  expect(Object.keys(env).sort()).toEqual(['NETTRACE_CONF', 'NETTRACE_SPOOL', 'NODE_OPTIONS']);
  expect(env.NODE_OPTIONS).toBe(`--require "${s.hook}" --no-warnings`);
  expect(env.NETTRACE_SPOOL).toBe(s.spoolFolder);
  expect(JSON.parse(env.NETTRACE_CONF as string)).toEqual({
    v: 1,
    trace: s.id,
    enabled: [],
    callSites: 20,
    headers: 'names',
    maskedParameters: ['pin'],
  });
  expect(s.document().traceRequests).toMatchObject([{ enabled: false, state: 'created' }]);
});

test('begin moves the zero until the first line', async () => {
  const s = await session();
  const zero = s.store.header.beginMonotonicNs;
  s.begin();
  const begun = s.store.header.beginMonotonicNs;
  expect(BigInt(begun as string)).toBeGreaterThan(BigInt(zero as string));
  new Writer(s).request();
  await s.poll();
  s.begin();
  expect(s.store.header.beginMonotonicNs).toBe(begun);
});

test('call sites are mapped to the original source, and later ones at once', async () => {
  const folder = scratch();
  const { buildSync } = await import('esbuild');
  fs.writeFileSync(join(folder, 'pay.ts'), 'type A = 1;\n\nexport const pay = () => fetch("http://a.test/");\n');
  const built = join(folder, 'pay.js');
  buildSync({ entryPoints: [join(folder, 'pay.ts')], outfile: built, sourcemap: 'linked', minifyWhitespace: true });
  const text = fs.readFileSync(built, 'utf8');
  const column = text.indexOf('fetch(') + 1;
  const s = await session();
  const w = new Writer(s);
  const url = pathToFileURL(join(folder, 'pay.ts')).href;
  w.write({ k: 'src', n: 3, at: [url, 2, 1350, '', 'user'], source: [url, 3, 26] });
  w.write({ k: 'src', n: 4, at: [url, 2, 1350, '', 'user'] });
  w.write({ k: 'src', n: 1, at: [built, 1, column, 'pay', 'user'] });
  w.write({ k: 'src', n: 2, at: ['/nowhere/x.js', 1, 1, '', 'library'] });
  w.request();
  w.request();
  w.write({ k: 'site', s: [1, 1, 2, 2] });
  await s.poll();
  w.request();
  w.request();
  w.request();
  w.write({ k: 'site', s: [3, 1, 4, 3, 5, 4] });
  await s.poll();
  const source = { file: join(folder, 'pay.ts'), line: 3, column: 26 };
  expect(s.document().requests.map((r) => r.callSite)).toEqual([
    { file: built, line: 1, column, function: 'pay', kind: 'user', source },
    { file: '/nowhere/x.js', line: 1, column: 1, kind: 'library' },
    { file: built, line: 1, column, function: 'pay', kind: 'user', source },
    { file: url, line: 2, column: 1350, kind: 'user', source }, // the program's own map
    { file: url, kind: 'user', transformed: true }, // a map that nobody has: no line rather than a wrong one
  ]);
});

test('a line is that of the code that ran, or none: by its hash, and by what the bundle’s map says of the calls around', async () => {
  const folder = scratch();
  const file = join(folder, 'a.js');
  fs.writeFileSync(file, '\ufeffone();\ntwo();\n');
  const hash = createHash('sha256').update('one();\ntwo();\n').digest('hex');
  const bundle = join(folder, 'bundle.js');
  fs.writeFileSync(join(folder, 'page.ts'), 'fetch()\n'.repeat(9));
  const sources = ['webpack://shop/./node_modules/axios/index.js', 'webpack://shop/webpack/runtime/x', './page.ts'];
  const map = { version: 3, sources, names: [], mappings: 'AAAA;ACAA;ACIA' };
  fs.writeFileSync(bundle, 'a();\nb();\nc();\n//# sourceMappingURL=bundle.js.map\n');
  fs.writeFileSync(`${bundle}.map`, JSON.stringify(map));
  const s = await session();
  const w = new Writer(s);
  w.write({ k: 'src', n: 1, at: [file, 2, 1, '', 'user'], hash });
  w.write({ k: 'src', n: 2, at: [file, 2, 1, 'two', 'user'], hash: 'f'.repeat(64) });
  w.write({ k: 'src', n: 3, at: [file, 1, 1, '', 'user'], evaluated: true });
  const wrapped = '(function (exports, require, module, __filename, __dirname) { one();\ntwo();\n\n});';
  const ofWrapped = createHash('sha256').update(wrapped).digest('hex');
  w.write({ k: 'src', n: 9, at: [file, 2, 1, 'wrapped', 'user'], hash: ofWrapped });
  w.write({ k: 'src', n: 4, at: [bundle, 2, 1, '', 'user'] });
  w.write({ k: 'src', n: 5, at: [bundle, 3, 1, 'c', 'user'] });
  w.write({ k: 'src', n: 6, at: [bundle, 1, 1, '', 'user'], around: [4, 5] });
  w.write({ k: 'src', n: 7, at: [bundle, 1, 1, '', 'inherited'], around: [4, 1] });
  w.write({ k: 'src', n: 8, at: [bundle, 1, 1, '', 'user'], around: [4] });
  for (let i = 0; i < 7; i++) w.request();
  w.write({ k: 'site', s: [1, 1, 2, 2, 3, 3, 4, 6, 5, 7, 6, 8, 7, 9] });
  await s.poll();
  const source = { file: join(folder, 'page.ts'), line: 5, column: 1 };
  const { requests } = s.document();
  expect(requests.map((r) => r.callSite)).toEqual([
    { file, line: 2, column: 1, kind: 'user' },
    { file, function: 'two', kind: 'user', transformed: true },
    { file, kind: 'user', transformed: true },
    { file: bundle, line: 3, column: 1, function: 'c', kind: 'user', source },
    { file, line: 2, column: 1, kind: 'inherited' },
    { file: bundle, line: 1, column: 1, kind: 'library', package: 'axios' },
    { file, line: 2, column: 1, function: 'wrapped', kind: 'user' },
  ]);
});

// Makes requests under a debugger: a worker of its own, which prints each stop of the main thread and lets it go on.
'use strict';
const { isMainThread, parentPort, Worker } = require('node:worker_threads');
const { writeSync } = require('node:fs');

/** In the worker. */
function watch() {
  const { Session } = require('node:inspector');
  const session = new Session();
  session.connectToMainThread();
  const record =
    "(r => r && JSON.stringify(r, (k, v) => k === 'request' || k === 'response' || k === 'stream' ? typeof v : v instanceof Error ? v.code : v))(globalThis[Symbol.for('nettrace.hook')].stopped)";
  const scripts = new Map();
  session.on('Debugger.scriptParsed', ({ params }) => scripts.set(params.scriptId, params.url.replace(/^.*\//, '')));
  session.on('Debugger.paused', ({ params }) => {
    const frames = params.callFrames.map((f) => `${scripts.get(f.location.scriptId)}:${f.location.lineNumber + 1}`);
    session.post('Runtime.evaluate', { expression: record }, (_, answer) => {
      const stopped = JSON.parse(answer?.result?.value ?? 'null');
      writeSync(1, `${JSON.stringify({ function: params.callFrames[0].functionName, frames, record: stopped })}\n`);
      session.post('Debugger.resume');
    });
  });
  session.post('Runtime.enable');
  session.post('Debugger.enable');
  // As an editor that is told to skip the hook.
  const patterns = ['/dist/hook\\.cjs$'];
  session.post('Debugger.setBlackboxPatterns', { patterns }, () => parentPort.postMessage('ready'));
  parentPort.on('message', () => process.exit());
}

const http = require('node:http');
const [, , act, ...rest] = process.argv;
const base = process.env.UPSTREAM;
const url = (path) => `${base}${path}`;

const get = (path) =>
  new Promise((done) => {
    const request = http.get(url(path), (res) => res.resume().on('end', done)); // @http.get
    request.on('error', done);
  });
const post = (path) =>
  new Promise((done) => {
    const request = http.request(url(path), { method: 'POST' }, (res) => res.resume().on('end', done)); // @http.request
    request.end('body');
  });
const viaFetch = async (path) => (await fetch(url(path))).text(); // @fetch
const leave = () =>
  new Promise((done) => {
    http.get(url('/body'), () => done()); // @not-read
  });

const acts = {
  async get() {
    for (const path of rest) await get(path);
  },
  async fetch() {
    for (const path of rest) await viaFetch(path).catch(() => {});
  },
  async post() {
    for (const path of rest) await post(path);
  },
  async both() {
    for (const path of rest) {
      await get(path);
      await viaFetch(path).catch(() => {});
    }
  },
  async refused() {
    await new Promise((done) => http.get(process.env.REFUSED).on('error', done)); // @refused
    await fetch(process.env.REFUSED).catch(() => {}); // @refused-by-fetch
  },
  async timeout() {
    // Connected: undici reports a request that ends before only once it is.
    await viaFetch('/1');
    // Long enough that it is sent before, on a busy machine too; there is no answer.
    await fetch(url('/never'), { signal: AbortSignal.timeout(1000) }).catch(() => {}); // @timeout
  },
  async hosts() {
    await get('/1');
    await get('/2');
    await fetch(base.replace('127.0.0.1', 'localhost')).catch(() => {}); // @other-host
  },
  async blocked() {
    const answered = get('/slow');
    const until = Date.now() + 2200;
    while (Date.now() < until);
    await answered;
  },
  async leave() {
    await leave();
    process.exit();
  },
};

if (isMainThread) {
  const watcher = new Worker(__filename);
  watcher.once('message', async () => {
    await acts[act]();
    watcher.postMessage('end');
  });
} else watch();

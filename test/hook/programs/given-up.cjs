// Requests that are given up before they have a connection, each in one state that lasts until then: the lookup has no
// thread, the other side never speaks TLS, or the connections of the pool are taken. Prints what the program receives. With
// `later` each connection is made after all.
const { execFileSync } = require('node:child_process');
const { open, openSync } = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const net = require('node:net');
const { join } = require('node:path');

const [later, copy] = process.argv.slice(2);
const undici = copy === undefined ? undefined : require(copy);
const error = (e) => console.log(`${e.name} ${e.message}`);

/** Holds the only thread that lookups have, until somebody writes to the pipe. */
const pipe = join(process.env.SCRATCH, String(process.pid));
execFileSync('mkfifo', [pipe]);
open(pipe, 'r', () => {});

/** Accepts, and never says a word. */
let heard = () => {};
const silent = net.createServer((socket) => socket.on('error', () => {}).on('data', () => heard()));

const given = (make) => {
  const control = new AbortController();
  const done = make(control.signal);
  return { done, abort: () => control.abort('enough') };
};

async function main() {
  await new Promise((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address();
  const plain = `http://localhost:${port}`;
  const secure = `https://127.0.0.1:${port}`;
  // What fetch needs is loaded before the time runs.
  new Request(plain);

  // During the lookup.
  await fetch(`${plain}/dns-timeout`, { signal: AbortSignal.timeout(50) }).catch(error);
  await fetch(new Request(`${plain}/dns-request`, { signal: AbortSignal.timeout(50) })).catch(error);
  const any = [AbortSignal.timeout(50), new AbortController().signal];
  if (AbortSignal.any) await fetch(`${plain}/dns-any`, { signal: AbortSignal.any(any) }).catch(error);
  const asked = given((signal) => fetch(`${plain}/dns-abort`, { method: 'POST', body: 'x', signal }).catch(error));
  setImmediate(asked.abort);
  await asked.done;
  await new Promise((resolve) => {
    http.get(`${plain}/dns-http`, { signal: AbortSignal.timeout(50) }).on('error', (e) => resolve(error(e)));
  });

  // During TLS: given up once the server has the first bytes of it.
  const speaking = given((signal) => fetch(`${secure}/tls-abort`, { signal }).catch(error));
  heard = speaking.abort;
  await speaking.done;
  await new Promise((resolve) => {
    const req = https.get(`${secure}/tls-destroy`).on('error', (e) => resolve(error(e)));
    heard = () => req.destroy();
  });

  if (undici) {
    // A dispatcher looks at the signal of its own calls only when the connection is there.
    const reported = [];
    const note = (e) => reported.push(e);
    const aborted = (signal) => new Promise((resolve) => signal.addEventListener('abort', resolve));
    const first = AbortSignal.timeout(50);
    undici.fetch(`${plain}/copy-fetch`, { signal: first }).catch(note);
    await aborted(first);
    const pool = new undici.Pool(plain, { connections: 1, allowH2: false });
    const [one, two] = [AbortSignal.timeout(50), AbortSignal.timeout(60)];
    pool.request({ path: '/copy-request', method: 'GET', signal: one }).catch(note);
    pool.request({ path: '/copy-queued', method: 'GET', signal: two }).catch(note);
    const client = new undici.Client(plain, { allowH2: false });
    const control = new AbortController();
    client.stream({ path: '/copy-stream', method: 'GET', signal: control.signal }, () => {}).catch(note);
    await Promise.all([aborted(one), aborted(two)]);
    control.abort('enough');
  }
  // The thread is not held any more: else the process could not end.
  openSync(pipe, 'w');
  if (later) await new Promise((resolve) => silent.on('connection', resolve));
  process.exit();
}
void main();

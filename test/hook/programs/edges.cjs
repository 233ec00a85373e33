// Errors that a call throws at once, a busy pool, a body nobody reads, a worker that is cut short.
const { fork } = require('node:child_process');
const http = require('node:http');
const { Worker, isMainThread, parentPort } = require('node:worker_threads');
const base = process.env.UP_HTTP;

const deep = (n, act) => (n === 0 ? act() : deep(n - 1, act));
const get = (agent) =>
  // @get
  new Promise((resolve) => http.get(`${base}/ok`, { agent }, (res) => res.resume().on('end', resolve)));

const fetched = async () => (await fetch(`${base}/ok`)).text(); // @fetched

async function several(done, by) {
  const agent = new http.Agent({ keepAlive: true });
  for (let i = 0; i < 4; i++) await (by === 'fetch' ? fetched() : get(agent));
  done('done');
}

const acts = {
  url: () => deep(12, () => http.get('http://bad url')),
  protocol: () => deep(3, () => http.request('ftp://x/')),
  port: () => deep(3, () => http.get({ host: '127.0.0.1', port: 1e6 })),
  header: () => deep(3, () => http.get(`${base}/ok`, { headers: { 'x y': '1' } })),
  write: () => deep(12, () => http.request(`${base}/ok`, { method: 'POST' }).write(5)),
  lookup: () =>
    deep(3, () =>
      http.get('http://localhost:1', {
        lookup() {
          throw new Error('mine');
        },
      }),
    ),
  fetch: () => fetch('nonsense'),
  limit: () =>
    console.log(Error.stackTraceLimit, http.get(`${base}/ok`).on('error', () => {}) && Error.stackTraceLimit),
  refused: () => http.get(`${base}/rst`, { agent: false }),
  async pool(name) {
    const { Pool } = require(name);
    const pool = new Pool(base, { connections: 1 });
    const options = { path: '/think?ms=100', method: 'GET' };
    const one = async () => (await pool.request(options)).body.text(); // @pool
    await Promise.all([one(), one(), one()]);
    await pool.close();
  },
  async proxy(name, at) {
    const https = require('node:https');
    const { HttpsProxyAgent } = require(name);
    const ca = require('node:fs').readFileSync(process.env.UP_CA);
    // The agent names the host to TLS, and an address is no name.
    const secure = process.env.UP_HTTPS.replace('127.0.0.1', 'localhost');
    const options = { agent: new HttpsProxyAgent(at), ca };
    const one = () =>
      new Promise((resolve) => https.get(`${secure}/ok`, options, (res) => res.resume().on('end', resolve))); // @proxy
    await one();
    await one();
  },
  async unread() {
    console.log(await (async () => (await fetch(`${base}/bytes?n=300000`)).status)());
    const keep = setInterval(() => globalThis.gc(), 10);
    await new Promise((r) => setTimeout(r, Number(process.env.EDGES_MS)));
    clearInterval(keep);
  },
  async worker(by) {
    const worker = new Worker(__filename, { argv: [by] });
    await new Promise((r) => worker.on('message', r));
    await worker.terminate();
  },
  async forked() {
    const child = fork(__filename, ['killed']);
    await new Promise((r) => child.on('message', r));
    child.kill('SIGKILL');
  },
  // A busy program's lines are gathered for 5 ms; its call sites wait no longer than they.
  killed: () => several((text) => setTimeout(() => process.send(text), 20)),
};

if (isMainThread) acts[process.argv[2]](...process.argv.slice(3));
else several((text) => parentPort.postMessage(text), process.argv[2]);

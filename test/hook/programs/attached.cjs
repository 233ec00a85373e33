// A program that runs, and has connections of every kind, before anybody attaches to it. Its functions are called from
// outside, through the inspector.
const http = require('node:http');
const https = require('node:https');
const http2 = require('node:http2');
const { readFileSync, readdirSync, readlinkSync } = require('node:fs');
const { get } = http; // as it was before the hook

const ca = readFileSync(process.env.UP_CA);
const plain = new http.Agent({ keepAlive: true, maxSockets: 1 });
const secure = new https.Agent({ keepAlive: true, maxSockets: 1, ca });
let session;
let server;

const read = (req) =>
  new Promise((resolve, reject) => {
    req.on('error', reject);
    req.on('response', (res) => {
      res.resume();
      res.on('end', () => resolve(res.statusCode));
    });
  });

const stream = (path) =>
  new Promise((resolve, reject) => {
    const s = session.request({ ':path': path });
    let status;
    s.on('response', (h) => (status = h[':status']));
    s.on('error', reject);
    s.resume();
    s.on('end', () => resolve(status));
  });

const clients = {
  http: () => read(http.get(`${process.env.UP_HTTP}/ok`, { agent: plain })),
  captured: () => read(get(`${process.env.UP_HTTP}/ok`, { agent: plain })),
  https: () => read(https.get(`${process.env.UP_HTTPS}/ok`, { agent: secure })),
  fetch: async () => {
    const res = await fetch(`${process.env.UP_HTTP}/ok`);
    await res.text();
    return res.status;
  },
  http2: () => stream('/ok'),
};

/** One request by each. */
globalThis.act = async (names = Object.keys(clients)) => {
  const statuses = {};
  for (const name of names) statuses[name] = await clients[name]();
  return statuses;
};

/** Two that are under way, or wait in the agent's queue, when this returns. */
let slow = [];
globalThis.begin = () => {
  const get = (ms) => read(http.get(`${process.env.UP_HTTP}/think?ms=${ms}`, { agent: plain }));
  slow = [get(300), get(1), fetch(`${process.env.UP_HTTP}/think?ms=300`).then((r) => r.text())];
};
globalThis.ended = () => Promise.all(slow).then((all) => all.length);

/** What somebody who looks round in the program could find of the hook. */
globalThis.traces = () => {
  const fds = process.platform === 'linux' ? readdirSync('/proc/self/fd') : [];
  const target = (fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  };
  const { _cache, _pathCache } = require('node:module');
  const ours = (text) => /nettrace/i.test(text);
  return [
    ...fds.map(target).filter(ours),
    ...Object.keys(process.env).filter(ours),
    ...(ours(process.env.NODE_OPTIONS ?? '') ? ['NODE_OPTIONS'] : []),
    ...Object.keys(_cache).filter(ours),
    ...Object.keys(_pathCache).filter(ours),
    ...(require.main?.children ?? []).map((m) => m.id).filter(ours),
    ...Object.getOwnPropertySymbols(globalThis).map(String).filter(ours),
    ...Object.keys(globalThis).filter(ours),
    ...process
      ._getActiveHandles()
      .map((h) => h.constructor.name + (h.path ?? ''))
      .filter(ours),
  ];
};

/** Names of own properties that are functions, with their texts, of what the hook patches. */
globalThis.texts = () =>
  [http, https, http.Agent.prototype, http.ClientRequest.prototype, require('node:net').Socket.prototype, process].map(
    (o) =>
      Object.entries(Object.getOwnPropertyDescriptors(o)).map(
        ([k, d]) => `${k} ${d.enumerable} ${d.writable} ${String(d.value?.name)}`,
      ),
  );

async function main() {
  server = http2.createServer((_, res) => res.end('hello'));
  await new Promise((r) => server.listen(0, '127.0.0.1', r));
  session = http2.connect(`http://127.0.0.1:${server.address().port}`);
  await globalThis.act();
  console.log('ready');
}
void main();

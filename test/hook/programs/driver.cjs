// Does what it is told, a line of JSON on stdin each: {"client", "url", "count", "in": "worker" | "child"}; says so in a line.
const { createInterface } = require('node:readline');
const { readFileSync } = require('node:fs');

const ca = process.env.UP_CA ? readFileSync(process.env.UP_CA) : undefined;
let session;

function byModule(name, url) {
  return new Promise((resolve) => {
    const agent = new (require(`node:${name}`).Agent)({ keepAlive: false, ca });
    require(`node:${name}`)
      .get(url, { agent }, (res) => res.resume().on('end', () => resolve(res.statusCode)))
      .on('error', (e) => resolve(e.code));
  });
}

function byHttp2(url) {
  const { origin, pathname, search } = new URL(url);
  session ??= require('node:http2').connect(origin);
  return new Promise((resolve) => {
    const stream = session.request({ ':path': pathname + search });
    let status = 0;
    stream.on('response', (h) => {
      status = h[':status'];
    });
    stream.resume().on('end', () => resolve(status));
    stream.on('error', (e) => resolve(e.code));
  });
}

const clients = {
  http: (url) => byModule('http', url),
  https: (url) => byModule('https', url),
  http2: byHttp2,
  fetch: (url) =>
    fetch(url, { headers: { connection: 'close' } }).then(
      (r) => r.text().then(() => r.status),
      (e) => e.cause?.code ?? e.name,
    ),
};

async function act({ client, url, count = 1, later }) {
  const statuses = [];
  // Meanwhile, after so many ms.
  if (later) setTimeout(() => clients[client](later.url), later.ms);
  for (let i = 0; i < count; i++) statuses.push(await clients[client](url.replace('{i}', String(i))));
  return statuses;
}

function elsewhere(job) {
  return new Promise((resolve, reject) => {
    if (job.in === 'worker') {
      const { Worker } = require('node:worker_threads');
      const worker = new Worker(__filename, { workerData: job });
      worker.on('message', resolve).on('error', reject);
    } else {
      const child = require('node:child_process').fork(__filename, [], {
        env: { ...process.env, DRIVER_JOB: JSON.stringify(job) },
      });
      child.on('message', resolve).on('error', reject);
    }
  });
}

/** Whether Node's own function is there; `control`: after what a debugger would do. */
function look({ control }) {
  if (control) globalThis[Symbol.for('nettrace.hook')].control();
  return String(require('node:http').request === original);
}

function main() {
  const lines = createInterface({ input: process.stdin });
  let last = Promise.resolve();
  lines.on('line', (text) => {
    const job = JSON.parse(text);
    last = last
      .then(() => (job.in ? elsewhere(job) : job.patched || job.control ? look(job) : act(job)))
      .then((result) => console.log(JSON.stringify(result)));
  });
  lines.on('close', () => last.then(() => session?.close()));
}

const original = require('node:http').request;
const { workerData, parentPort } = process.env.DRIVER_JOB ? {} : require('node:worker_threads');
if (process.env.DRIVER_JOB) {
  act(JSON.parse(process.env.DRIVER_JOB)).then((result) => process.send(result, () => process.disconnect()));
} else if (workerData) act(workerData).then((result) => parentPort.postMessage(result));
else main();

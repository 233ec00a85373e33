// Requests that a pool of undici keeps: its only connection is being made, and never is. Arguments: the copy, and how the
// process, the worker or the pool ends.
const http = require('node:http');
const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads');

function keep(copy) {
  const { Agent, fetch, Pool } = require(copy);
  const origin = 'http://127.0.0.1:8081';
  const note = (e) => console.log(e.code ?? e.name, e.message);
  const pool = new Pool(origin, { connections: 1, connect() {} });
  pool.request({ path: '/made', method: 'GET' }).catch(note);
  pool.request({ path: '/kept', method: 'PUT', query: { a: '1 2' }, body: 'x' }).catch(note);
  const dispatcher = new Agent({ connections: 1, connect() {} });
  fetch(`${origin}/fetch-made`, { dispatcher }).catch(() => {});
  fetch(`${origin}/fetch-kept`, { dispatcher }).catch(() => {});
  // As undici keeps it: the agent of http.
  const agent = new http.Agent({ maxSockets: 1 });
  agent.createConnection = () => {};
  for (const path of ['/http-made', '/http-kept']) http.get(`${origin}${path}`, { agent }).on('error', () => {});
  return pool;
}

const [copy, end] = process.argv.slice(2);
if (!isMainThread) {
  keep(workerData);
  // After the timer by which what is noted is written.
  setTimeout(() => parentPort.postMessage('kept'), 500);
  setInterval(() => {}, 1000);
} else if (end === 'terminate') {
  const worker = new Worker(__filename, { workerData: copy });
  worker.on('message', () => worker.terminate());
} else {
  const pool = keep(copy);
  // fetch hands its request over in a promise job.
  if (end === 'exit') setImmediate(() => process.exit(3));
  if (end === 'destroy') pool.destroy(new Error('no more')).then(() => process.exit());
}

// Requests of three clients, of a worker and of a child process, all to itself: what it asks of the kernel is compared.
const http = require('node:http');
const { once } = require('node:events');
const { fork } = require('node:child_process');
const { Worker, isMainThread, workerData } = require('node:worker_threads');

const get = async (url, options = {}) => {
  const [response] = await once(http.get(url, options), 'response');
  await once(response.resume(), 'end');
};

async function main() {
  const server = http.createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${server.address().port}`;
  for (let i = 0; i < 3; i++) await get(`${base}/${i}`, { agent: false });
  console.log(await (await fetch(`${base}/fetch`)).text());
  await once(new Worker(__filename, { workerData: base }), 'exit');
  await once(fork(__filename, [base]), 'exit');
  server.closeAllConnections();
  server.close();
}

if (!isMainThread) get(workerData);
else if (process.argv[2]) get(process.argv[2], { agent: false });
else main();

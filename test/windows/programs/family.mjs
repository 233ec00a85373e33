// An ES module that makes a request, as do its child process and its worker.
import { fork } from 'node:child_process';
import { createServer, get } from 'node:http';
import { Worker } from 'node:worker_threads';

const child = new URL('child.cjs', import.meta.url);
const ended = (emitter) => new Promise((resolve) => emitter.on('exit', resolve));
const served = [];
const server = createServer(({ url }, response) => {
  served.push(url);
  response.end();
});
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  await new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/module', agent: false }, (response) => response.resume().on('end', resolve));
  });
  await ended(fork(child, [String(port), '/process']));
  await ended(new Worker(child, { argv: [String(port), '/worker'] }));
  console.log(served.join(' '));
  server.close();
});

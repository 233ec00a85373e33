// Requests that are given up while their connection is being made: to a server that accepts none, with its backlog full.
const http = require('node:http');
const net = require('node:net');
const { once } = require('node:events');
const { spawn } = require('node:child_process');

const server = `const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  require('node:fs').writeSync(1, String(server.address().port));
  for (;;);
});`;

async function main() {
  const child = spawn(process.execPath, ['-e', server], { env: {} });
  const port = Number(String((await once(child.stdout, 'data'))[0]));
  const fill = [1, 2].map(() => net.connect(port, '127.0.0.1').on('error', () => undefined));
  await Promise.all(fill.map((socket) => once(socket, 'connect')));
  for (const error of [undefined, new Error('enough')]) {
    const request = http.get({ host: '127.0.0.1', port, path: error ? '/error' : '/none', agent: false });
    request.on('error', () => undefined);
    const [socket] = await once(request, 'socket');
    await new Promise(setImmediate);
    console.log(socket.connecting);
    request.destroy(error);
    await new Promise((closed) => request.on('close', closed));
  }
  for (const socket of fill) socket.destroy();
  child.kill('SIGKILL');
}
main();

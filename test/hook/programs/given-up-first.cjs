// The first request that a copy of undici makes is given up during TLS; then one without a signal, while the signal of
// somebody else aborts.
const net = require('node:net');
const { Client } = require(process.argv[2]);
const sockets = [];
const silent = net.createServer((socket) => socket.on('error', () => {}).on('data', () => heard()));
silent.on('connection', (socket) => sockets.push(socket));
let heard;

async function request(path, control, isOurs) {
  const client = new Client(`https://127.0.0.1:${silent.address().port}`, { allowH2: false });
  const speaking = new Promise((resolve) => {
    heard = resolve;
  });
  const done = client.request({ path, method: 'GET', ...(isOurs && { signal: control.signal }) }).catch(() => {});
  await speaking;
  control.abort('enough');
  for (const socket of sockets.splice(0)) socket.destroy();
  await done;
}

silent.listen(0, '127.0.0.1', async () => {
  await request('/first', new AbortController(), true);
  const other = new AbortController();
  other.signal.addEventListener('abort', () => {});
  await request('/none', other, false);
  process.exit();
});

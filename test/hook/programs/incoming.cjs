// A server and its clients in one program: what is opened to it is kept apart from what it opens.
const http = require('node:http');
const net = require('node:net');
const other = Number(process.env.OTHER_PORT);

const closed = (socket) => new Promise((resolve) => socket.on('close', resolve).resume());

async function main() {
  let answered = 0;
  const server = http.createServer((_, answer) => {
    if (++answered === 2) answer.shouldKeepAlive = false;
    answer.end('hello');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const raw = net.createServer((socket) => socket.destroy());
  await new Promise((resolve) => raw.listen(0, '127.0.0.1', resolve));
  const clients = [1, 2].map(() => net.connect(server.address().port, '127.0.0.1'));
  clients[0].end('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await closed(clients[0]);
  clients[1].write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await closed(clients[1]);
  await closed(net.connect(raw.address().port, '127.0.0.1'));
  const out = net.connect(other, '127.0.0.1');
  out.end('out');
  await closed(out);
  server.close();
  raw.close();
  console.log(answered, clients.map((c) => [c.bytesRead > 0, c.bytesWritten]).join());
}
main();

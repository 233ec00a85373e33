// Serves on loopback and asks itself by a connection that is kept: 12 answers 200, 5 answers 404, 3 answers 503, and 2
// requests that nobody takes. Reports the server's own counts, then stays until its input ends.
const http = require('node:http');
const net = require('node:net');
const served = {};
const sent = { bytes: 0 };
const server = http.createServer((request, response) => {
  const status = Number(request.url.slice(1, 4));
  served[status] = (served[status] ?? 0) + 1;
  response.writeHead(status).end('hello');
});
server.on('connection', (socket) =>
  socket.on('close', () => {
    sent.bytes += socket.bytesRead;
  }),
);
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const get = (port, path) =>
  new Promise((resolve) => {
    http
      .get({ host: '127.0.0.1', port, path, agent }, (response) => response.resume().on('end', resolve))
      .on('error', resolve);
  });
const unused = () =>
  new Promise((resolve) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  for (const [status, n] of Object.entries({ 200: 12, 404: 5, 503: 3 }))
    for (let i = 0; i < n; i++) await get(port, `/${status}/${i}`);
  agent.destroy();
  const nobody = await unused();
  for (let i = 0; i < 2; i++) await get(nobody, '/');
  server.close(() => console.log(JSON.stringify({ port, nobody, served, bytes: sent.bytes })));
  process.stdin.resume().on('end', () => process.exit());
});

// Requests itself until the file STOP is there: `/api/…` answers 503, all else 200.
const { existsSync } = require('node:fs');
const { createServer } = require('node:http');

const server = createServer((q, r) => {
  r.writeHead(q.url.startsWith('/api/') ? 503 : 200).end('x');
}).listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  console.log('ready');
  for (let i = 0; !existsSync(process.env.STOP); i++) {
    await fetch(`http://127.0.0.1:${port}/${i % 2 ? 'api' : 'ok'}/${i}`).then((r) => r.text());
    await new Promise((done) => setTimeout(done, 10));
  }
  server.close();
  server.closeAllConnections();
});

// Two requests to a server of its own, which counts them; with CRLF at each line's end, as editors of Windows save it.
const http = require('node:http');
let served = 0;
const server = http.createServer((_, response) => {
  served++;
  response.end('hello');
});
const get = (port, path) =>
  new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port, path, agent: false }, (response) => response.resume().on('end', resolve))
      .on('error', reject);
  });
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  for (const path of ['/a', '/b?token=planted-secret']) await get(port, path);
  console.log(`served ${served}; ${process.argv.slice(2).join('|')}; ${process.env.NODE_OPTIONS === undefined}`);
  server.close();
  process.exitCode = 7;
});

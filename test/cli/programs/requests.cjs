// Serves on loopback and asks itself `n` times (argument); reports the server's own count on stdout.
const http = require('node:http');
const n = Number(process.argv[2] ?? 3);
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
  for (let i = 0; i < n; i++) await get(server.address().port, `/${i}?token=planted-secret`);
  console.log(`served ${served}`);
  server.close();
});

// 20 requests to itself, reporting after each ten how far it is; a pause after the first ten.
const http = require('node:http');
const server = http.createServer((_, response) => response.end('hello'));
const get = (port) =>
  new Promise((resolve) => {
    http.get({ host: '127.0.0.1', port, path: '/' }, (response) => response.resume().on('end', resolve));
  });
server.listen(0, '127.0.0.1', async () => {
  for (let i = 1; i <= 20; i++) {
    await get(server.address().port);
    if (i % 10 === 0) console.log(`served ${i}`);
    if (i === 10) await new Promise((resolve) => setTimeout(resolve, 500));
  }
  server.close();
});

// Two calls of fetch, one after the other; fetch sends each request again that is answered with 421.
const { createServer } = require('node:http');

const server = createServer((_, res) => {
  res.statusCode = 421;
  res.end('elsewhere');
});
server.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}/`;
  const seen = [];
  server.on('request', (req) => seen.push(req.url));
  await (await fetch(`${url}same`)).text(); // @first
  await (await fetch(`${url}same`)).text(); // @second
  console.log(seen.length);
  server.close();
  server.closeAllConnections();
});

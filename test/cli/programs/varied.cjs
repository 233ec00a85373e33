// Requests of every kind that conditions distinguish, one after the other.
const http = require('node:http');

const statusOf = (url) => Number(/status=(\d+)/.exec(url)?.[1] ?? 200);
const server = http.createServer((request, response) => {
  const { url } = request;
  if (url.startsWith('/drop')) return request.socket.destroy();
  const type = url.includes('json') ? 'application/json; charset=utf-8' : 'text/plain';
  const answer = () =>
    response
      .writeHead(statusOf(url), { 'content-type': type, etag: '"a1"' })
      .end('x'.repeat(url.includes('big') ? 20000 : 10));
  if (url.startsWith('/slow')) setTimeout(answer, 600);
  else answer();
});

function get(url, options = {}) {
  return new Promise((done) => {
    const request = http.request(url, options, (response) => response.resume().on('close', done));
    request.on('error', done).end();
  });
}

server.listen(0, async () => {
  const base = `http://127.0.0.1:${server.address().port}`;
  await get(`${base}/api/items`);
  await get(`${base}/api/items?json=1`);
  await get(`${base}/api/x?status=500`);
  await get(`${base}/slow`, { headers: { 'x-trial': 'yes' } });
  await get(`${base}/drop`);
  await get(`${base}/big`, { method: 'POST' });
  await fetch(`${base}/api/fetched?status=404`).then((response) => response.text());
  await fetch(`${base}/big?fetched`).then((response) => response.text());
  server.close();
});

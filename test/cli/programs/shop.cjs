/**
 * A program before and after a change: SHOP=after asks for each item by itself (an N+1), waits longer for each quote (its
 * server takes PLANTED_MS more), and asks a host that it did not ask before. Everything else stays.
 */
const http = require('node:http');
const after = process.env.SHOP === 'after';
const planted = after ? Number(process.env.PLANTED_MS ?? 60) : 0;

const server = http.createServer((request, response) => {
  const wait = request.url.startsWith('/quote') ? 10 + planted : 2;
  setTimeout(() => response.end('{"ok":true}'), wait);
});

async function items(base) {
  if (!after) return (await fetch(`${base}/items?ids=1,2,3,4,5,6,7`)).json();
  const all = [];
  for (const id of [1, 2, 3, 4, 5, 6, 7]) all.push(await (await fetch(`${base}/items/${id}`)).json());
  return all;
}

async function quotes(base) {
  for (let i = 0; i < 24; i++) await (await fetch(`${base}/quote/${i}`)).json();
}

async function prices(base) {
  for (let i = 0; i < 24; i++) await (await fetch(`${base}/price/${i}`)).json();
}

server.listen(0, async () => {
  const { port } = server.address();
  const base = `http://127.0.0.1:${port}`;
  await (await fetch(`${base}/health`)).text();
  await items(base);
  await quotes(base);
  await prices(base);
  if (after) await (await fetch(`http://localhost:${port}/beacon`)).text();
  server.close();
  server.closeAllConnections();
});

// What the program itself ends, and what it gives up before it is sent; the servers' own counts go to the output.
const http = require('node:http');
const { once } = require('node:events');

const onConnection = new Map();
const server = http.createServer((req, res) => {
  onConnection.set(req.socket, (onConnection.get(req.socket) ?? 0) + 1);
  const { pathname } = new URL(req.url, 'http://x');
  if (pathname === '/late') return;
  if (pathname === '/half') {
    res.writeHead(200, { 'content-length': 1000 });
    return res.write('x'.repeat(100));
  }
  if (pathname === '/unchanged') return res.writeHead(304, { 'content-length': 500 }).end();
  if (pathname === '/cut') return req.socket.destroy();
  res.end(`${onConnection.get(req.socket)}`);
});

const ended = (req) => new Promise((done) => req.on('close', done).on('error', () => undefined));

async function main() {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${server.address().port}`;
  const arrived = () => once(server, 'request');

  // The program ends the connection, with the response outstanding or half there.
  const pool = new http.Agent({ keepAlive: true });
  let at = arrived();
  let req = http.get(`${base}/late?agent`, { agent: pool });
  let end = ended(req);
  await at;
  pool.destroy();
  await end;
  at = arrived();
  req = http.get(`${base}/late?socket`, { agent: false });
  end = ended(req);
  await at;
  req.socket.destroy();
  await end;
  req = http.get(`${base}/half`, { agent: false });
  end = ended(req);
  const [res] = await once(req, 'response');
  res.on('error', () => undefined);
  await once(res, 'data');
  res.socket.destroy();
  await end;
  // The server does.
  await ended(http.get(`${base}/cut`, { agent: false }));

  // Given up before it was sent: newer Nodes keep the connection for the next.
  const kept = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (const name of ['first', 'second']) {
    const given = http.get(`${base}/given-up?${name}`, { agent: kept });
    end = ended(given);
    given.destroy();
    await end;
  }
  for (const name of ['a', 'b']) {
    const [r] = await once(http.get(`${base}/counted?${name}`, { agent: kept }), 'response');
    let body = '';
    for await (const piece of r.setEncoding('utf8')) body += piece;
    console.log(name, body);
  }
  kept.destroy();

  // Answered in full before its own body was, and destroyed later.
  req = http.request(`${base}/early`, { agent: false, method: 'POST', headers: { 'content-length': 10 } });
  end = ended(req);
  req.write('12345');
  const [early] = await once(req, 'response');
  await once(early.resume(), 'end');
  await new Promise((done) => setTimeout(done, 200));
  req.destroy();
  await end;

  // A response without a body that says how long it would be.
  console.log((await fetch(`${base}/unchanged`)).status);
  // Given up before it was called; the program is busy when it learns of it.
  await fetch(`${base}/aborted`, { signal: AbortSignal.abort() }).catch((e) => console.log(e.name));
  const until = performance.now() + 200;
  while (performance.now() < until);
  server.close();
  server.closeAllConnections();
}
main();

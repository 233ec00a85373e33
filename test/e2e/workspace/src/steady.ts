// Asks its own server at a steady pace until it is ended: `/<name>/0`, `/<name>/1`, …; every fourth is never answered.
// With `read`: one answer, whose bytes are looked at in a 'data' handler.
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';

const name = process.argv[2] ?? 'a';

const server = createServer((req, res) => {
  if (!/\/3$|\/7$|\/11$/.test(req.url ?? '')) res.end('ok');
});
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`;
  if (name === 'read') read(url);
  else {
    let i = 0;
    setInterval(() => {
      get(`${url}/${i++}`, (res) => res.resume()).on('error', () => {});
    }, 300);
  }
});

function read(url: string): void {
  get(url, (res) => {
    res.on('data', () => {
      // biome-ignore lint/suspicious/noDebugger: the test stops here
      debugger;
    });
    res.on('end', () => server.close());
  });
}

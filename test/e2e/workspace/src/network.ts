// One request for each kind of network breakpoint, each in a line of its own.
import { createServer, get, request } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer((req, res) => {
  const status = Number(/\d{3}/.exec(req.url ?? '')?.[0] ?? 200);
  setTimeout(() => res.writeHead(status).end('body'), req.url === '/slow' ? 700 : 0);
});
// A stop may be longer than the usual 5 s; the connections should outlive it.
server.keepAliveTimeout = 120_000;

const done = (ask: (settle: () => void) => void) => new Promise<void>(ask);

async function main(): Promise<void> {
  await done((listening) => void server.listen(0, '127.0.0.1', listening));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  console.log('ready'); // before all
  await fetch(`${base}/plain`).then((r) => r.text());
  await done((end) => void get(`${base}/first`, (res) => void res.resume().on('end', end))); // starts
  await fetch(`${base}/answer`).then((r) => r.text()); // arrives
  await done((end) => void request(`${base}/404`, { method: 'POST' }, (r) => r.resume().on('end', end)).end()); // 400
  await done((end) => void get(`${base}/503`, (res) => void res.resume().on('end', end))); // 500
  await done((end) => void get('http://127.0.0.1:1/closed').on('error', end)); // fails
  await done((end) => void get(`${base}/slow`, (res) => void res.resume().on('end', end))); // slow
  await fetch(base.replace('127.0.0.1', 'localhost')).catch(() => undefined); // host
  await done((end) => void get(`${base}/unread`, () => end())); // unread
  process.exit();
}

void main();

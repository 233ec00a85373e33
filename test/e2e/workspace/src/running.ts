// A server that runs before anybody traces it. `/go` makes it request something; `/traces` reports what of Net Trace
// somebody who looks round in it could find.
import { readdirSync, readlinkSync } from 'node:fs';
import * as http from 'node:http';
import * as modules from 'node:module';
import { Socket } from 'node:net';
// Node replaces process.chdir when this is loaded first, as its module for the inspector does.
import 'node:worker_threads';

const agent = new http.Agent({ keepAlive: true });
const upstream = http.createServer((_, answer) => answer.end('hello'));
// A connection of before is there still when somebody has attached at last.
upstream.keepAliveTimeout = 600_000;

function request(): Promise<number> {
  const { port } = upstream.address() as { port: number };
  return new Promise((resolve, reject) => {
    const req = http.get({ host: '127.0.0.1', port, path: '/apples', agent }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    req.on('error', reject);
  });
}

const targetOf = (fd: string): string => {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
};

const patched = [http, http.Agent.prototype, http.ClientRequest.prototype, Socket.prototype, process, Error];
const own = (object: object): PropertyDescriptorMap => Object.getOwnPropertyDescriptors(object);
const before = patched.map(own);
const chains = patched.map((object) => Object.getPrototypeOf(object) as unknown);

function traces(): string[] {
  const ours = (text: string) => /nettrace/i.test(text);
  const { _cache } = modules as unknown as { _cache: Record<string, unknown> };
  const changed = patched.flatMap((object, i) => {
    const now = own(object);
    const then = before[i] as PropertyDescriptorMap;
    const names = [...new Set([...Object.keys(now), ...Object.keys(then)])].filter(
      (name) => typeof (now[name] ?? then[name])?.value === 'function',
    );
    const different = names.filter((name) => now[name]?.value !== then[name]?.value);
    return Object.getPrototypeOf(object) === chains[i] ? different : [...different, 'prototype'];
  });
  return [
    ...changed,
    ...readdirSync('/proc/self/fd').map(targetOf).filter(ours),
    ...Object.entries(process.env).flatMap(([name, value]) => (ours(name) || ours(value ?? '') ? [name] : [])),
    ...Object.keys(_cache).filter(ours),
    ...Object.getOwnPropertySymbols(globalThis).map(String).filter(ours),
  ];
}

/** What was there from the start is the test's: the folder's name. */
const known = new Set(traces());

const server = http.createServer(async (req, answer) => {
  answer.end(JSON.stringify(req.url === '/go' ? await request() : traces().filter((one) => !known.has(one))));
});
upstream.listen(0, '127.0.0.1', () =>
  server.listen(0, '127.0.0.1', () => console.log(`port ${(server.address() as { port: number }).port}`)),
);

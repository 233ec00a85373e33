/** Who ended a kept connection that was idle: newer Nodes destroy it at the server's end without an event that says so. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemsOf } from '../../support/check';
import { nodes } from '../../support/programs/nodes';
import { runTraced } from '../../support/programs/run';

const certificate = (kind: string) =>
  readFileSync(join(import.meta.dirname, `../../support/servers/certificates/server.${kind}`));

/** Ends the connection soon after its answer has left, where it is asked to. */
function answer(req: IncomingMessage, res: ServerResponse): void {
  if (req.url === '/peer') res.on('finish', () => setTimeout(() => req.socket.end(), 100));
  res.end('hello');
}
const options = { keepAliveTimeout: 60_000 };
const servers: Server[] = [
  createServer(options, answer),
  createSecure({ ...options, key: certificate('key'), cert: certificate('pem') }, answer),
];
const portOf = (server: Server | undefined): string => String((server?.address() as AddressInfo | undefined)?.port);

beforeAll(() => Promise.all(servers.map((s) => new Promise<void>((done) => s.listen(0, '127.0.0.1', done)))));
afterAll(() => {
  for (const server of servers) server.close();
});

test.each(nodes)('an idle connection ended by the server, or by the program: Node $major', async (node) => {
  const program = join(import.meta.dirname, '../programs/idleEnds.cjs');
  const run = await runTraced(node, program, {
    env: { IDLE_HTTP: portOf(servers[0]), IDLE_HTTPS: portOf(servers[1]) },
  });
  expect(run.stderr).toBe('');
  expect(problemsOf(run)).toEqual([]);
  const ends = run.trace.requests.map((r) => {
    const c = run.store.connections.get(r.connection ?? '');
    return [r.url?.replace(/\/\/.*\//, '//'), c?.closedBy, c?.readEndAt !== undefined];
  });
  expect(ends).toEqual([
    ['http://peer', 'peer', true],
    ['https://peer', 'peer', true],
    ['http://local', 'local', false],
    ['https://local', 'local', false],
  ]);
});

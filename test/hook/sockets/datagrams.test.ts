/** A41, and what else UDP sockets report: against what the echo server counted. */
import { createSocket, type Socket } from 'node:dgram';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectionRowOf } from '../../../src/model/panel/connectionRow';
import { problemsOf, visible } from '../../support/check';
import { only, present } from '../../support/observe';
import { nodes } from '../../support/programs/nodes';
import { lineOf, runPlain } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';

const program = join(import.meta.dirname, '../programs/datagrams.cjs');
const seen: { to: number; from: number; bytes: number }[] = [];
const servers: Socket[] = [];
const env: Record<string, string> = {};

beforeAll(async () => {
  for (const name of ['UDP_PORT', 'UDP_OTHER', 'UDP_CLOSED']) {
    const server = createSocket('udp4');
    await new Promise<void>((done) => server.bind(0, '127.0.0.1', done));
    const { port } = server.address();
    env[name] = String(port);
    if (name === 'UDP_CLOSED') server.close();
    else {
      servers.push(server);
      server.on('message', (message, from) => {
        seen.push({ to: port, from: from.port, bytes: message.length });
        server.send(message, from.port, from.address);
      });
    }
  }
});
beforeEach(() => {
  seen.length = 0;
});
afterAll(() => {
  for (const server of servers) server.close();
});

describe.each(nodes)('Node $major', (node) => {
  const traced = async (act: string, conf = {}) => {
    const plain = await runPlain(node, program, { args: [act], env });
    seen.length = 0;
    const run = await runTraced(node, program, { args: [act], env, conf });
    expect(visible(run)).toEqual(visible(plain));
    expect(problemsOf(run)).toEqual([]);
    return run;
  };

  test('A41: an echo of three datagrams', async () => {
    const run = await traced('echo', { sockets: true });
    const c = only(run.trace.connections);
    expect(c).toMatchObject({
      kind: 'udp',
      datagramsSent: 3,
      datagramsReceived: 3,
      bytesSent: 6,
      bytesReceived: 6,
      closedBy: 'local',
    });
    expect(c.remote).toBeUndefined();
    expect(c.connect).toBeUndefined();
    expect(seen.map((s) => s.from)).toEqual([1, 2, 3].map(() => c.local?.port));
    expect(c.closedAt).toBeGreaterThan(c.createdAt ?? Number.POSITIVE_INFINITY);
    const dial = only(run.trace.dials);
    expect(dial).toMatchObject({ via: 'dgram', family: 4, connection: c.id, attempts: [c.id] });
    // Nobody to connect to: nothing that could have ended.
    expect(dial.endAt).toBeUndefined();
    expect(dial.callSite).toMatchObject({ file: program, line: lineOf(program, 'echo'), kind: 'user' });
    expect(run.store.counts).toMatchObject({ connections: 0, bytesSent: 6, bytesReceived: 6 });
    expect(connectionRowOf(c, run.store)).toMatchObject({ protocol: 'UDP', requests: 0 });
    const remote = { address: '127.0.0.1', port: Number(env.UDP_PORT) };
    const operations = present(run.trace.socketOperations, 'operations');
    expect(operations.map((o) => [o.kind, o.bytes, o.remote]).sort()).toEqual(
      [1, 2, 3]
        .flatMap((n) => [
          ['readFrom', n, remote],
          ['writeTo', n, remote],
        ])
        .sort(),
    );
  });

  test('A41: a closed port refuses, on a connected socket', async () => {
    const run = await traced('closed', { sockets: true });
    expect(run.stdout).toBe('ECONNREFUSED recvmsg\nECONNREFUSED\n');
    const c = only(run.trace.connections);
    const remote = { address: '127.0.0.1', port: Number(env.UDP_CLOSED) };
    expect(c).toMatchObject({ kind: 'udp', remote, connect: { result: 'connected' }, datagramsSent: 2 });
    expect(c.error).toMatchObject({ code: 'ECONNREFUSED', syscall: 'recvmsg' });
    expect(only(run.trace.dials)).toMatchObject({ host: '127.0.0.1', port: remote.port, endAt: c.connect?.endAt });
    expect(c.connect?.endAt).toBeDefined();
    const failed = present(run.trace.socketOperations, 'operations').filter((o) => o.error);
    expect(failed.map((o) => [o.kind, o.error?.code])).toEqual([
      ['readFrom', 'ECONNREFUSED'],
      ['writeTo', 'ECONNREFUSED'],
    ]);
  });

  test('two peers', async () => {
    const run = await traced('peers', { sockets: true });
    expect(only(run.trace.connections)).toMatchObject({
      datagramsSent: 2,
      bytesSent: 7,
      local: { address: '127.0.0.1' },
    });
    expect(only(run.trace.dials).localAddress).toBe('127.0.0.1');
    const sent = present(run.trace.socketOperations, 'operations').filter((o) => o.kind === 'writeTo');
    expect(sent.map((o) => [o.remote?.port, o.bytes])).toEqual(
      seen.map((s) => [s.to, s.bytes]).sort((a, b) => (a[1] ?? 0) - (b[1] ?? 0)),
    );
    expect(new Set(sent.map((o) => o.remote?.port)).size).toBe(2);
  });

  test('connected to one peer after the other', async () => {
    const run = await traced('again', { sockets: true });
    const c = only(run.trace.connections);
    const last = { address: '127.0.0.1', port: Number(env.UDP_OTHER) };
    expect(c).toMatchObject({ remote: last, datagramsSent: 2, datagramsReceived: 2, bytesSent: 10 });
    expect(only(run.trace.dials).port).toBe(last.port);
    const reported = present(run.trace.socketOperations, 'operations').map((o) => [o.kind, o.remote?.port]);
    expect(reported).toEqual(
      [Number(env.UDP_PORT), last.port].flatMap((to) => [
        ['writeTo', to],
        ['readFrom', to],
      ]),
    );
  });

  test('open at the exit; without the setting no operations', async () => {
    const run = await traced('exit');
    const c = only(run.trace.connections);
    expect(c).toMatchObject({ closedBy: 'processExit', datagramsSent: 1, bytesSent: 4, datagramsReceived: 0 });
    expect(c.closedAt).toBeUndefined();
    expect(only(run.trace.dials).family).toBe(6);
    expect(run.trace.socketOperations).toBeUndefined();
  });

  test('nothing is seen of it by the program', async () => {
    await traced('own', { sockets: true });
  });
});

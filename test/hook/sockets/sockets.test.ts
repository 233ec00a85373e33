/**
 * Sockets without HTTP, against what their server counted: who closed, half-close, bytes, options, failures by cause,
 * operations, incoming connections.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectionRowOf } from '../../../src/model/panel/connectionRow';
import type { Connection, Dial } from '../../../src/model/records';
import { problemsOf, visible } from '../../support/check';
import { until } from '../../support/clock';
import { only, present } from '../../support/observe';
import { closedPort } from '../../support/ports';
import { stage, whyNoNamespace } from '../../support/programs/namespace';
import { nodes } from '../../support/programs/nodes';
import { lineOf, runPlain } from '../../support/programs/program';
import { runTraced, type TracedRun } from '../../support/programs/run';

const program = join(import.meta.dirname, '../programs/sockets.cjs');
const path = join(tmpdir(), `nettrace-sockets-${process.pid}.sock`);
const noNamespace = whyNoNamespace(false);
if (noNamespace) console.warn(`failures by cause are skipped: ${noNamespace}`);

interface Seen {
  port: number | undefined;
  address: string | undefined;
  received: number;
  sent: number;
  closed: boolean;
}
const seen: Seen[] = [];
const servers: Server[] = [];
let port = 0;

/** Does what the client's first word says; counts. */
function serve(socket: Socket): void {
  const { remotePort, remoteAddress } = socket;
  const fact: Seen = { port: remotePort, address: remoteAddress, received: 0, sent: 0, closed: false };
  seen.push(fact);
  let order = '';
  socket.on('data', (d: Buffer) => {
    fact.received += d.length;
    if (order !== '') return;
    order = String(d);
    if (order === 'fin') socket.end('bye');
    else if (order === 'reset') socket.resetAndDestroy();
    else if (order === 'echo' || order === 'count') socket.write('ok');
  });
  socket.on('end', () => setTimeout(() => socket.end(order === 'late' ? 'after the end' : ''), 20));
  socket.on('error', () => undefined);
  socket.on('close', () => {
    fact.sent = socket.bytesWritten;
    fact.closed = true;
  });
}

beforeAll(async () => {
  for (const where of [0, path]) {
    const server = createServer({ allowHalfOpen: true }, serve);
    servers.push(server);
    await new Promise<void>((done) =>
      where === 0 ? server.listen(0, '127.0.0.1', done) : server.listen(where as string, done),
    );
  }
  port = (present(servers[0], 'server').address() as { port: number }).port;
});
beforeEach(() => {
  seen.length = 0;
});
afterAll(() => {
  for (const server of servers) server.close();
});

const allClosed = () => until('all connections closed', () => seen.every((s) => s.closed));

// All at once, as the kernel takes its time for the last kind.
test.skipIf(noNamespace)('failed connections by cause and call site', async () => {
  const SOCKETS_CLOSED = String(await closedPort());
  await Promise.all(
    nodes.map(async (node) => {
      const { wrap } = stage({
        routes: [
          ['add', 'unreachable', '198.51.100.0/24'],
          ['add', '203.0.113.0/24', 'dev', 'lo'],
        ],
        kernel: { 'ipv4/tcp_syn_retries': '1' },
      });
      const run = await runTraced(node, program, { args: ['failures'], env: { SOCKETS_CLOSED }, wrap });
      const codes = { ECONNREFUSED: 10, ENETUNREACH: 3, EADDRNOTAVAIL: 2, EHOSTUNREACH: 4, ETIMEDOUT: 2 };
      expect(JSON.parse(run.stdout)).toEqual(codes);
      const groups: Record<string, number> = {};
      for (const d of run.store.dials.values()) {
        const key = `${d.error?.code} ${d.error?.syscall} ${d.callSite?.line}`;
        groups[key] = (groups[key] ?? 0) + 1;
        expect(d.error).toMatchObject({ phase: 'tcp', address: d.error?.syscall === 'bind' ? '192.0.2.7' : d.host });
        expect(d.connection).toBeUndefined();
        if (d.error?.code === 'ETIMEDOUT')
          expect((d.endAt ?? Number.NaN) - (d.beginAt ?? Number.NaN)).toBeGreaterThan(1_900_000);
      }
      expect(groups).toEqual({
        [`ECONNREFUSED connect ${lineOf(program, 'refused')}`]: 10,
        [`ENETUNREACH connect ${lineOf(program, 'unreachable')}`]: 3,
        [`EADDRNOTAVAIL bind ${lineOf(program, 'address')}`]: 2,
        [`EHOSTUNREACH connect ${lineOf(program, 'host')}`]: 4,
        [`ETIMEDOUT connect ${lineOf(program, 'silent')}`]: 2,
      });
      expect(problemsOf(run)).toEqual([]);
      expect(run.store.counts.connections).toBe(0);
    }),
  );
});

describe.each(nodes)('Node $major', (node) => {
  const env = () => ({ SOCKETS_PORT: String(port), SOCKETS_PATH: path });
  const traced = async (act: string, conf = {}): Promise<TracedRun> => {
    const run = await runTraced(node, program, { args: [act], env: env(), conf });
    expect(run.stderr).toBe('');
    await allClosed();
    return run;
  };
  const dialsOf = (run: TracedRun): Dial[] => [...run.store.dials.values()];
  const connectionOf = (run: TracedRun, mark: string): Connection => {
    const dial = only(dialsOf(run).filter((d) => d.callSite?.line === lineOf(program, mark)));
    expect(dial.callSite).toMatchObject({ file: program, kind: 'user' });
    expect(dial.via).toBe('net');
    return present(run.store.connections.get(dial.connection ?? ''), mark);
  };

  test('who closed, half-close and bytes', async () => {
    const run = await traced('ends');
    expect(problemsOf(run)).toEqual([]);
    expect(run.trace.requests).toEqual([]);
    for (const name of ['peer', 'peerReset', 'local', 'localReset', 'timeout']) {
      const c = connectionOf(run, name);
      expect(c.closedBy, name).toBe(name);
      const fact = only(seen.filter((s) => s.port === c.local?.port));
      expect([c.bytesSent, c.bytesReceived], name).toEqual([fact.received, fact.sent]);
      expect(c.protocol).toBeUndefined();
    }
    expect(connectionOf(run, 'peerReset').error).toMatchObject({ code: 'ECONNRESET', syscall: 'read' });
    const idle = connectionOf(run, 'timeout');
    expect((idle.closedAt ?? Number.NaN) - (idle.connect?.endAt ?? Number.NaN)).toBeGreaterThan(55_000);
    // The own end first, and 20 ms later the peer's.
    const half = connectionOf(run, 'half');
    expect(half.closedBy).toBe('local');
    expect(half.bytesReceived).toBe('after the end'.length);
    expect((half.readEndAt ?? Number.NaN) - (half.writeEndAt ?? Number.NaN)).toBeGreaterThan(15_000);
    const other = connectionOf(run, 'halfPeer');
    expect(other.closedBy).toBe('peer');
    expect(other.readEndAt).toBeLessThanOrEqual(other.writeEndAt ?? Number.NaN);
    expect(other.bytesSent).toBe('finmore'.length);
    expect(connectionOf(run, 'unix')).toMatchObject({ kind: 'unix', path, closedBy: 'peer' });
    const given = connectionOf(run, 'givenUp');
    expect(given.closedBy).toBe('timeout');
    expect((given.closedAt ?? Number.NaN) - (given.writeEndAt ?? Number.NaN)).toBeGreaterThan(15_000);
    expect(run.store.counts).toMatchObject({ connections: 9, requests: 0 });
    expect(run.trace.dials).toHaveLength(9);
    // Each is a lane of the connections view.
    expect(run.trace.connections.flatMap((c) => connectionRowOf(c, run.store) ?? [])).toHaveLength(9);
  });

  test('open at the exit: its bytes so far', async () => {
    const run = await traced('exit');
    const c = connectionOf(run, 'exit');
    expect(c).toMatchObject({ closedBy: 'processExit', bytesSent: 4, bytesReceived: 2 });
    expect(c.closedAt).toBeUndefined();
    expect(run.store.counts).toMatchObject({ bytesSent: 4, bytesReceived: 2, connections: 1 });
  });

  test('options that were set; the source address bound, or chosen', async () => {
    const run = await traced('options');
    const [first, second] = dialsOf(run);
    const of = (d: Dial | undefined) => present(run.store.connections.get(d?.connection ?? ''), 'connection');
    expect(of(first).options).toEqual({
      noDelay: false,
      keepAlive: true,
      keepAliveDelay: 7_000_000,
      timeout: 5_000_000,
    });
    expect(first?.localAddress).toBeUndefined();
    expect(of(first).local?.address).toBe('127.0.0.1');
    expect(second?.localAddress).toBe('127.0.0.5');
    expect(of(second).local?.address).toBe('127.0.0.5');
    expect(of(second).options).toBeUndefined();
    expect(seen.map((s) => s.address)).toEqual(['127.0.0.1', '127.0.0.5']);
  });

  test('operations: their bytes are those of the connection', async () => {
    const run = await traced('operations', { sockets: true });
    expect(problemsOf(run)).toEqual([]);
    const c = only(run.trace.connections);
    const operations = present(run.trace.socketOperations, 'operations');
    const sum = (kind: string) =>
      operations.filter((o) => o.kind === kind).reduce((bytes, o) => bytes + (o.bytes ?? 0), 0);
    const fact = only(seen);
    expect([sum('write'), sum('read')]).toEqual([fact.received, fact.sent]);
    expect([c.bytesSent, c.bytesReceived]).toEqual([fact.received, fact.sent]);
    const writes = operations.filter((o) => o.kind === 'write');
    expect(writes.map((o) => o.bytes)).toEqual([5, ...Array.from({ length: 20 }, (_, i) => 100 + i), 8 * 1024 * 1024]);
    for (const o of writes) expect(o.returnAt).toBeGreaterThanOrEqual(o.at ?? Number.POSITIVE_INFINITY);
    for (const o of operations) expect(o.connection).toBe(c.id);
    // The last read is the end.
    expect(operations.filter((o) => o.kind === 'read').at(-1)?.bytes).toBe(0);
  });

  test('the ring keeps the last 256, and says how many went', async () => {
    const run = await traced('many', { sockets: true });
    expect(run.trace.socketOperations).toHaveLength(256);
    const lost = only(run.trace.losses);
    const all = 256 + lost.count;
    expect(lost).toMatchObject({ what: 'operations', kind: 'overflow' });
    // The first word and its answer, 400 bytes one by one, and the end.
    expect(all).toBe(403);
    expect(only(run.trace.connections).bytesSent).toBe(405);
  });

  test('nothing is seen of it by the program', async () => {
    const plain = await runPlain(node, program, { args: ['own'], env: env() });
    const run = await traced('own', { sockets: true, incoming: true, keys: true });
    expect(visible(run)).toEqual(visible(plain));
  });
});

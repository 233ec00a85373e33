/** `nettrace run --stream` and `--statsd`: what a receiver of the test's own gets, and what `nettrace receive` shows. */
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Trace } from '../../../src/model/records';
import { closedPort } from '../../support/ports';
import { Nettrace, type Result, requests } from '../testing/nettrace';

const nettrace = new Nettrace();
const node = process.execPath;
const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** A socket of the test's own: the port, and each datagram that came. */
async function receiver(): Promise<{ to: string; datagrams: Buffer[] }> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  open.push(socket);
  const datagrams: Buffer[] = [];
  socket.on('message', (bytes) => datagrams.push(bytes));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { to: `127.0.0.1:${(socket.address() as AddressInfo).port}`, datagrams };
}

const summaryIn = ({ stderr }: Result) => JSON.parse(stderr.trim().split('\n').at(-1) ?? '');

describe('--stream', () => {
  test('N requests are N records, numbered, with the figures of the trace', async () => {
    const { to, datagrams } = await receiver();
    const n = 300;
    const streamed = await nettrace.run(['run', '--json', '--stream', `udp://${to}`, '--', node, requests, String(n)]);
    expect(streamed).toMatchObject({ code: 0, stdout: `served ${n}\n` });
    const summary = summaryIn(streamed);
    // Each has a connection of its own, which closes.
    await expect.poll(() => datagrams.length).toBe(2 * n + 1);
    const records = datagrams.map((bytes) => JSON.parse(bytes.toString('utf8')));
    expect(records.map((r) => r.seq)).toEqual(records.map((_, i) => i + 1));
    expect(records.filter((r) => r.event === 'request')).toHaveLength(n);
    expect(records.filter((r) => r.event === 'close')).toHaveLength(n);
    expect(records.at(-1)).toEqual({ v: 1, seq: 2 * n + 1, event: 'end', trace: summary.trace, records: 2 * n });
    expect(new Set(records.map((r) => r.trace))).toEqual(new Set([summary.trace]));
    expect(datagrams.every((bytes) => bytes.length <= 1232)).toBe(true);
    expect(datagrams.toString()).not.toContain('planted-secret');
    expect(summary.sinks).toMatchObject([{ sink: 'stream', sent: 2 * n, lost: 0 }]);
    expect(summary.sinks[0].bytes).toBe(datagrams.slice(0, -1).reduce((sum, b) => sum + b.length, 0));
  });

  test('1 in 10 records are sent, and the counts are of all', async () => {
    const { to, datagrams } = await receiver();
    const args = ['--json', '--stream', `udp://${to}`, '--stream-sample', '10', '--', node, requests, '1000'];
    const summary = summaryIn(await nettrace.run(['run', ...args]));
    await expect.poll(() => datagrams.length).toBe(201);
    const records = datagrams.map((bytes) => JSON.parse(bytes.toString('utf8')));
    expect(records.map((r) => r.seq)).toEqual(records.map((_, i) => i + 1));
    expect(records.every((r) => r.sample === 10)).toBe(true);
    for (const event of ['request', 'close']) expect(records.filter((r) => r.event === event)).toHaveLength(100);
    expect(records.at(-1)).toMatchObject({ event: 'end', records: 200, of: 2000 });
    expect(summary).toMatchObject({ counts: { requests: 1000 }, sinks: [{ sink: 'stream', sent: 200, lost: 0 }] });
  });

  test('a record says what the saved trace says', async () => {
    const { to, datagrams } = await receiver();
    const file = `${nettrace.home}/a.nettrace.json`;
    await nettrace.run(['run', '-o', file, '--stream', `udp://${to}`, '--', node, requests, '2']);
    const trace = JSON.parse(readFileSync(file, 'utf8')) as Trace;
    await expect.poll(() => datagrams.length).toBe(5);
    const records = datagrams.map((bytes) => JSON.parse(bytes.toString('utf8')));
    for (const r of trace.requests) {
      const record = records.find((one) => one.event === 'request' && one.request === r.id);
      expect(record).toMatchObject({
        method: r.method,
        url: r.url,
        server: new URL(r.url as string).host,
        status: 200,
        outcome: 'complete',
        process: trace.processes[0]?.pid,
        traceRequests: r.traceRequests,
        connection: r.connection,
        reused: false,
        bytesSent: r.bytesSent,
        bytesReceived: r.bytesReceived,
        duration: (r.endAt as number) - (r.createdAt as number),
      });
      const phases = Object.values(record.phases as Record<string, number>);
      expect(phases.reduce((sum, us) => sum + us, 0)).toBeCloseTo(record.duration, 6);
    }
  });

  test('nettrace receive shows them, and counts what is lost', async () => {
    const port = await closedPort();
    const ready = new Promise<void>((resolve) => {
      // It listens once its port is taken.
      const probe = async () => {
        const socket = createSocket('udp4');
        const isTaken = await new Promise<boolean>((done) => {
          socket.once('error', () => done(true)).bind(port, '127.0.0.1', () => done(false));
        });
        socket.close();
        if (isTaken) resolve();
        else setTimeout(probe, 50);
      };
      void probe();
    });
    const receiving = nettrace.run(['receive', '--port', String(port), '--count', '20']);
    await ready;
    const sent = await nettrace.run(['run', '--stream', `udp://localhost:${port}`, '--', node, requests, '10']);
    expect(sent.stderr).toContain(`nettrace: sent 20 records to udp://localhost:${port}\n`);
    const result = await receiving;
    expect(result.code).toBe(0);
    const lines = result.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(20);
    expect(lines.filter((r) => r.event === 'request')).toHaveLength(10);
    expect(result.stderr).toBe(
      `nettrace: receiving at udp://127.0.0.1:${port}\nnettrace: received 20 records of 1 trace, 0 lost\n`,
    );
  });
});

test('--statsd: counters are what the server counted', async () => {
  const { to, datagrams } = await receiver();
  const result = await nettrace.run(['run', '--json', '--statsd', to, '--', node, requests, '150']);
  expect(result).toMatchObject({ code: 0, stdout: 'served 150\n' });
  const { sinks } = summaryIn(result);
  expect(sinks).toMatchObject([{ sink: 'statsd', lost: 0 }]);
  await expect.poll(() => datagrams.reduce((sum, b) => sum + b.length, 0)).toBe(sinks[0].bytes);
  const lines = datagrams.flatMap((bytes) => bytes.toString('utf8').trimEnd().split('\n'));
  for (const line of lines) expect(line).toMatch(/^nettrace(\.[a-zA-Z0-9_]+)+:\d+(\.\d+)?\|(c|ms|g)$/);
  const counted = (name: string) =>
    lines
      .filter((line) => line.startsWith(`nettrace.${name}:`))
      .reduce((sum, line) => sum + Number(/:(\d+)\|c$/.exec(line)?.[1]), 0);
  expect(counted('requests')).toBe(150);
  expect(counted('requests.status.2xx')).toBe(150);
  expect(counted('requests.outcome.complete')).toBe(150);
  expect(counted('connections.closed')).toBe(150);
  expect(lines.filter((line) => line.startsWith('nettrace.request.duration:'))).toHaveLength(150);
  expect(lines).toContain('nettrace.self.lost:0|g');
  expect(datagrams.every((bytes) => bytes.length <= 1232)).toBe(true);
});

describe('a bad receiver', () => {
  test('that is not there changes nothing for the program, and is said', async () => {
    const to = `127.0.0.1:${await closedPort()}`;
    const args = ['run', '--quiet', '--stream', `udp://${to}`, '--statsd', to, '--', node, requests, '20'];
    const result = await nettrace.run(args);
    expect(result).toMatchObject({ code: 0, stdout: 'served 20\n' });
    expect(result.stderr).toMatch(/--stream: \d+ of 40 records lost \(nobody receives there\)/);
    for (const sink of ['stream', 'statsd'])
      expect(result.stderr.match(new RegExp(`--${sink}: some records are lost`, 'g'))).toHaveLength(1);
  });

  test.each([
    ['--stream-sample', '10', /give --stream too/],
    ['--stream', 'localhost:1', /use udp:\/\/HOST:PORT/],
    ['--stream', 'tcp://localhost:1', /use udp:\/\/HOST:PORT/],
    ['--stream', 'udp://localhost', /not an address/],
    ['--statsd', '8125', /not an address/],
    ['--statsd', 'no-such-host.invalid:8125', /no-such-host\.invalid was not found/],
  ])('%s %s ends nettrace before the program starts', async (option, value, reason) => {
    const result = await nettrace.run(['run', option, value, '--', node, requests, '1']);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toMatch(reason);
  });
});

/** How long the event loop was busy while a request lived, and how long its response may have waited for it. */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as NetServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemsOf } from '../../support/check';
import { only } from '../../support/observe';
import { nodes } from '../../support/programs/nodes';
import { runTraced } from '../../support/programs/run';

let server: Server;
let signal: NetServer;
let url: string;
/** Whose being there ends the computation. */
let file: string | undefined;
beforeAll(async () => {
  let answer: (() => void) | undefined;
  let signalled: Socket | undefined;
  // It answers 600 ms after the program has computed, however long that takes; or while it computes, for 300 ms more.
  const answerOnceBothAreThere = async () => {
    if (answer === undefined || signalled === undefined) return;
    const [socket, respond] = [signalled, answer];
    signalled = answer = undefined;
    if (file === undefined) return void setTimeout(respond, 600);
    socket.write('compute');
    while (!existsSync(`${file}.begun`)) await delay(5);
    respond();
    await delay(300);
    writeFileSync(file, '');
  };
  server = createServer((_, res) => {
    answer = () => void res.end('hello');
    void answerOnceBothAreThere();
  });
  signal = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      signalled = socket;
      void answerOnceBothAreThere();
    });
  });
  await new Promise<void>((done) => signal.listen(0, '127.0.0.1', done));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => {
  server.close();
  signal.close();
});

describe.each(nodes)('Node $major', (node) => {
  test.each(['http', 'fetch'])('the loop’s busy time is the request’s figure: %s', async (client) => {
    const busyOf = async (milliseconds: number | string) => {
      const run = await runTraced(node, join(import.meta.dirname, '../programs/busy.cjs'), {
        args: [url, String(milliseconds), client, String((signal.address() as AddressInfo).port)],
      });
      expect(run.stdout).toBe('done\n');
      expect(problemsOf(run)).toEqual([]);
      const r = only([...run.store.requests.values()]);
      const busy = (r.loopBusyDuration ?? Number.NaN) / 1000;
      return { r, busy, idle: ((r.endAt ?? 0) - (r.createdAt ?? 0)) / 1000 - busy };
    };
    const [still, computing] = [await busyOf(0), await busyOf(200)];
    // On a machine busy with others the program's own share takes longer, but it has nothing to do for most of the wait.
    expect(still.busy).toBeGreaterThan(0);
    expect(still.idle).toBeGreaterThan(100);
    expect(computing.busy).toBeGreaterThanOrEqual(199);
    expect(computing.idle).toBeGreaterThan(100);
    // The response came long after the program had computed.
    expect((computing.r.response?.loopDelayMax ?? Number.NaN) / 1000).toBeLessThan(199);
    file = join(mkdtempSync(join(tmpdir(), 'busy-')), 'end');
    const held = await busyOf(file).finally(() => {
      file = undefined;
    });
    expect((held.r.response?.loopDelayMax ?? Number.NaN) / 1000).toBeGreaterThanOrEqual(299);
    const [computed, waited] = [computing.r.processor, (await busyOf(-2000)).r.processor];
    const of = node.major < 22 ? 'process' : 'thread';
    expect(computed).toMatchObject({ of, duration: expect.any(Number) });
    expect((computed?.duration ?? Number.NaN) / 1000).toBeGreaterThanOrEqual(199);
    expect(waited?.of).toBe(of);
    expect((waited?.duration ?? Number.NaN) / 1000).toBeLessThan(1000);
  });
});

/** M125, M153: clear, get at any time, close; ids of several processes and threads in one trace. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { eveText } from '../../src/formats/eve/write';
import { harText } from '../../src/formats/har/write';
import { nativeText, parseNative } from '../../src/formats/native/format';
import { goErrors } from '../../src/formats/testing/eveGo';
import { harErrors } from '../../src/formats/testing/harSchema';
import { TraceSession } from '../../src/session/session';
import { hookAlone } from '../support/programs/hook';
import { nodes } from '../support/programs/nodes';
import { cleanEnvironment } from '../support/programs/program';
import { hookFolder } from '../support/programs/run';

let hookFile: string;
beforeAll(() => {
  hookFile = hookAlone();
});

/** Answers at once, but `/held` on command. */
async function upstream() {
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/held') held.push(response);
    else response.end('x');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const release = () => {
    for (const response of held.splice(0)) response.end('x');
  };
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { port, held, release, close };
}

const program = (port: number) => `
  const http = require('node:http');
  const agent = new http.Agent({ keepAlive: true });
  const get = (path) => new Promise((done) => http.get({ host: '127.0.0.1', port: ${port}, agent, path }, (r) => r.resume().on('end', done)));
  (async () => {
    for (const path of ['/1', '/2', '/3', '/held', '/4', '/5']) await get(path);
    agent.destroy();
  })();`;

function start(s: TraceSession, node: string, code: string) {
  const child = spawn(node, ['-e', code], { env: { ...cleanEnvironment(), ...s.environment({}) }, stdio: 'ignore' });
  const ended = once(child, 'close').then(async ([code]) => {
    s.processEnded(child.pid as number, { exitCode: code });
    await s.poll();
  });
  return { child, ended };
}

/** The document, proved to be one that every format takes. */
function sound(s: TraceSession) {
  const doc = s.document();
  expect(parseNative(nativeText(doc))).toEqual(doc);
  expect(harErrors(JSON.parse(harText(doc)))).toEqual([]);
  expect(goErrors(eveText(doc))).toEqual([]);
  return doc;
}

describe.each(nodes)('Node $major', ({ binary }) => {
  test('get in the middle of a request, clear, and what goes on', async () => {
    const up = await upstream();
    const s = await TraceSession.create({ hookFile, cacheFolder: hookFolder });
    try {
      const run = start(s, binary, program(up.port));
      await expect.poll(() => up.held.length).toBe(1);
      await expect.poll(() => s.store.counts.requests).toBe(4);
      const middle = sound(s);
      expect(middle.state).toBe('running');
      expect(middle.requests.map((r) => r.outcome)).toEqual(['complete', 'complete', 'complete', undefined]);

      await s.clear();
      const cleared = sound(s);
      expect(cleared.counts).toMatchObject({ requests: 1, failed: 0, connections: 1 });
      expect(cleared.requests.map((r) => [r.id, r.outcome])).toEqual([[middle.requests[3]?.id, undefined]]);
      expect(cleared.connections).toMatchObject([{ earlierTrace: true }]);
      expect(JSON.parse(eveText(cleared)).tcpConns).toMatchObject([{ reused: true }]);

      up.release();
      await run.ended;
      const after = sound(s);
      expect(after.counts).toMatchObject({ requests: 3, failed: 0 });
      expect(after.requests.map((r) => [r.outcome, r.lost, r.ordinal])).toEqual(
        [4, 5, 6].map((n) => ['complete', undefined, n]),
      );
      expect(after.losses).toEqual([]);

      await s.clear();
      expect(s.document()).toMatchObject({
        requests: [],
        dials: [],
        connections: [],
        counts: { requests: 0, connections: 0 },
      });
    } finally {
      await s.dispose();
      await up.close();
    }
  });

  test('ids are unique over four processes and a worker thread', async () => {
    const up = await upstream();
    const s = await TraceSession.create({ hookFile, cacheFolder: hookFolder });
    try {
      const gets = `const http = require('node:http'); for (const p of ['/a', '/b', '/c']) http.get({ host: '127.0.0.1', port: ${up.port}, path: p }, (r) => r.resume());`;
      const parent = `${gets}
        const { spawn } = require('node:child_process');
        for (let i = 0; i < 3; i++) spawn(process.execPath, ['-e', ${JSON.stringify(gets)}]);
        new (require('node:worker_threads').Worker)(${JSON.stringify(gets)}, { eval: true });`;
      await start(s, binary, parent).ended;
      await s.finish('ended');
      const doc = sound(s);
      expect(doc.counts.requests).toBe(15);
      expect(doc.processes).toHaveLength(4);
      const lists = [doc.requests, doc.dials, doc.lookups, doc.connections, doc.tlsTunnels];
      const ids = lists.flatMap((list) => list.map((r) => r.id));
      expect(ids.length).toBeGreaterThanOrEqual(45);
      expect(new Set(ids).size).toBe(ids.length);
      expect(new Set(doc.requests.map((r) => r.thread)).size).toBe(5);
    } finally {
      await s.dispose();
      await up.close();
    }
  });
});

test('close frees all: no handle, no folder, no listener is left', async () => {
  const up = await upstream();
  // Timers and file requests of the test runner come and go: those of the session are its watcher and its files.
  const open = () => process.getActiveResourcesInfo().filter((kind) => kind !== 'Timeout' && kind !== 'FSReqCallback');
  const before = open();
  const more = () => {
    const left = open();
    for (const kind of before) if (left.includes(kind)) left.splice(left.indexOf(kind), 1);
    return left;
  };
  for (const how of ['after its program', 'while it runs'] as const) {
    const s = await TraceSession.create({ hookFile, cacheFolder: hookFolder });
    let reported = 0;
    s.onDidChange(() => reported++);
    const run = start(s, process.execPath, program(up.port));
    await expect.poll(() => up.held.length).toBe(1);
    if (how === 'while it runs') await s.dispose();
    up.release();
    await run.ended;
    if (how === 'after its program') await s.finish('ended');
    await s.dispose();
    const reportedThen = reported;
    await expect.poll(more).toEqual([]);
    expect(reported).toBe(reportedThen);
    expect(existsSync(s.spoolFolder)).toBe(false);
  }
  await up.close();
});

/** Network breakpoints under a real debugger: what stops where, and what is reported instead of a stop. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NetworkBreakpoint } from '../../../src/model/lines/breakpoints';
import { nodes } from '../../support/programs/nodes';
import { commandOf, lineOf, runCommand } from '../../support/programs/program';
import { hookEnvironment } from '../../support/programs/run';
import { readSpool } from '../../support/programs/spool';

const program = join(import.meta.dirname, '../programs/breakpoints.cjs');
const at = (text: string) => `breakpoints.cjs:${lineOf(program, text)}`;

let server: Server;
let upstream: string;
/** Where nobody listens. */
let refused: string;
beforeAll(async () => {
  server = createServer((req, res) => {
    const status = Number(/\d{3}/.exec(req.url ?? '')?.[0] ?? 200);
    req.resume();
    if (req.url === '/never') return;
    if (req.url === '/slow') setTimeout(() => res.end('late'), 250);
    else res.writeHead(status, { 'content-length': 4 }).end('body');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  upstream = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const closed = createServer();
  await new Promise<void>((done) => closed.listen(0, '127.0.0.1', done));
  refused = `http://127.0.0.1:${(closed.address() as AddressInfo).port}/refused`;
  await new Promise((done) => closed.close(done));
});
afterAll(() => server.close());

interface Stop {
  function: string;
  frames: string[];
  record: Record<string, unknown>;
}

async function run(
  on: (typeof nodes)[number],
  breakpoints: Omit<NetworkBreakpoint, 'id'>[],
  args: string[],
  requests = 1,
) {
  const spool = mkdtempSync(join(tmpdir(), 'nettrace-spool-'));
  try {
    const state = {
      v: 1,
      generation: 1,
      requests: Array.from({ length: requests }, (_, i) => ({ id: `r${i}`, condition: '' })),
      breakpoints: breakpoints.map((b, i) => ({ ...b, id: `b${i}` })),
    };
    writeFileSync(join(spool, 'control.json'), JSON.stringify(state), { mode: 0o600 });
    const options = { args, env: { UPSTREAM: upstream, REFUSED: refused } };
    const ending = await runCommand(commandOf(on, program, options), options, hookEnvironment(spool, options));
    const stderr = ending.stderr.replace('Waiting for the debugger to disconnect...\n', '');
    expect({ code: ending.code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = readSpool(spool);
    const stops = ending.stdout
      .split('\n')
      .filter(Boolean)
      .map((l) => JSON.parse(l) as Stop);
    return { stops, lines };
  } finally {
    rmSync(spool, { recursive: true, force: true });
  }
}

/** What the lines say, without `over`. */
const hitsIn = (lines: { text: string }[]) =>
  lines
    .map((l) => JSON.parse(l.text))
    .filter((l) => l.k === 'brk' && l.what !== 'over')
    .map(({ what, hits, title, text, callSite }) => ({
      what,
      hits,
      title,
      text,
      at: callSite && `${callSite.file.replace(/^.*[\\/]/, '')}:${callSite.line}`,
    }));
const recordsOf = (stops: Stop[]) =>
  stops.map(({ record: { method, url, status } }) => [method, String(url).slice(upstream.length), status]);

describe.each(nodes)('Node $major', (node) => {
  test('a request starts: in the user’s call, before anything is sent; the hook is skipped', async () => {
    const { stops } = await run(node, [{ kind: 'requestStarts', condition: 'path:/b*' }], ['both', '/a', '/b']);
    expect(stops.map((s) => s.function)).toEqual(['networkBreakpoint', 'networkBreakpoint']);
    expect(stops.map((s) => s.frames.find((f) => f.startsWith('breakpoints.cjs')))).toEqual([
      at('http.get'),
      at('fetch'),
    ]);
    expect(recordsOf(stops)).toEqual([
      ['GET', '/b', undefined],
      ['GET', '/b', undefined],
    ]);
    expect(stops[0]?.record).toMatchObject({
      breakpoint: 'request starts',
      hits: 1,
      outcome: 'running',
      request: 'object',
    });
  });

  test('answers: by their status and a condition, with the call reported; also what is traced by nobody', async () => {
    const all = [
      { kind: 'responseArrives', condition: '-status:>=400' },
      { kind: 'status400', condition: 'method:POST' },
      { kind: 'status500', condition: 'url:/503' },
    ] as const;
    const paths = ['/200', '/404', '/503'];
    // Once recorded, once by nobody asked for.
    for (const requests of [1, 0]) {
      const { stops } = await run(node, [...all], ['both', ...paths], requests);
      expect(recordsOf(stops)).toEqual([
        ['GET', '/200', 200],
        ['GET', '/200', 200],
        ['GET', '/503', 503],
        ['GET', '/503', 503],
      ]);
      expect(stops.map((s) => String(s.record.callSite).replace(/^.*[\\/]|:\d+$/g, ''))).toEqual([
        at('http.get'),
        at('fetch'),
        at('http.get'),
        at('fetch'),
      ]);
    }
  });
});

const node = nodes.find((n) => n.major === 24) ?? (nodes[0] as (typeof nodes)[number]);

describe('each kind', () => {
  test('of several, the one whose condition holds', async () => {
    const all = [
      { kind: 'responseArrives', condition: '-status:>=400' },
      { kind: 'status400', condition: 'method:POST' },
      { kind: 'status500', condition: 'url:/503 method:GET' },
    ] as const;
    const { stops } = await run(node, [...all], ['post', '/200', '/404', '/503']);
    expect(stops.map((s) => [s.record.breakpoint, s.record.status])).toEqual([
      ['response arrives', 200],
      ['status ≥ 400', 404],
      ['status ≥ 400', 503],
    ]);
  });

  test('requests that fail: refused, or given up by a timer; at one call site', async () => {
    const both = await run(node, [{ kind: 'requestFails' }], ['refused']);
    expect(both.stops.map((s) => [s.record.outcome, s.record.error])).toEqual([
      ['failed', 'ECONNREFUSED'],
      ['failed', 'ECONNREFUSED'],
    ]);
    expect(hitsIn(both.lines).map((h) => h.at)).toEqual([at('refused'), at('refused-by-fetch')]);
    const callSite = { file: program, line: lineOf(program, 'refused-by-fetch') };
    const one = await run(node, [{ kind: 'requestFails', callSite }], ['refused']);
    expect(hitsIn(one.lines)).toMatchObject([{ hits: 1, at: at('refused-by-fetch') }]);
    const late = await run(node, [{ kind: 'requestFails' }], ['timeout']);
    expect(late.stops.map((s) => s.record.outcome)).toEqual(['aborted']);
  });

  test('slow requests, while they run; a busy program is not the network', async () => {
    const { stops } = await run(
      node,
      [{ kind: 'slowerThan', thresholdMs: 100, condition: 'path:/slow' }],
      ['both', '/slow', '/a'],
    );
    expect(stops.map((s) => s.record.outcome)).toEqual(['running', 'running']);
    expect(stops.map((s) => Number(s.record.durationMs) > 100)).toEqual([true, true]);
    const busy = await run(node, [{ kind: 'slowerThan', thresholdMs: 2000 }], ['blocked']);
    expect(busy.stops).toEqual([]);
  });

  test('the first request to a host', async () => {
    const { stops } = await run(node, [{ kind: 'firstHost' }], ['hosts']);
    expect(stops.map((s) => s.frames.find((f) => f.startsWith('breakpoints.cjs')))).toEqual([
      at('http.get'),
      at('other-host'),
    ]);
  });

  test('an answer that nobody reads, at the exit', async () => {
    const { stops } = await run(node, [{ kind: 'bodyNotRead' }], ['leave']);
    expect(recordsOf(stops)).toEqual([['GET', '/body', 200]]);
    expect(String(stops[0]?.record.callSite)).toContain(`${at('not-read')}:`);
  });

  test('hit conditions, log messages, and nothing armed', async () => {
    const many = ['fetch', '/1', '/2', '/3', '/4', '/5'];
    const third = await run(node, [{ kind: 'requestStarts', hitCondition: '%2' }], many);
    expect(recordsOf(third.stops).map(([, path]) => path)).toEqual(['/2', '/4']);
    const hits = hitsIn(third.lines);
    expect(hits.filter((h) => h.what === 'stop').map((h) => h.hits)).toEqual([2, 4]);
    expect(hits.at(-1)).toMatchObject({ what: 'count', hits: 5 });
    const logMessage = '{method} {path} {status} at {function}, {hits}. {nothing} {error}';
    const logged = await run(node, [{ kind: 'status400', logMessage }], ['fetch', '/404', '/1', '/503']);
    expect(logged.stops).toEqual([]);
    expect(hitsIn(logged.lines)).toEqual([
      {
        what: 'log',
        hits: 1,
        title: 'status ≥ 400',
        text: 'GET /404 404 at viaFetch, 1. {nothing} –',
        at: at('fetch'),
      },
      {
        what: 'log',
        hits: 2,
        title: 'status ≥ 400',
        text: 'GET /503 503 at viaFetch, 2. {nothing} –',
        at: at('fetch'),
      },
    ]);
    expect((await run(node, [], many)).stops).toEqual([]);
  });
});

/** The adapter as a client sees it, over a socket, on the published example trace. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readTrace } from '../../formats';
import { ReplaySession } from './session';

const example = join(__dirname, '../../model/golden/example.nettrace.json');

let server: Server;
let dc: DebugClient;
/** The sources of a trace recorded in /app are in this folder. */
let folder: string;
let stops: DebugProtocol.StoppedEvent['body'][];
let printed: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nettrace-replay-'));
  mkdirSync(join(folder, 'src'));
  mkdirSync(join(folder, 'dist'));
  for (const name of ['src/payment.ts', 'dist/session.js', 'dist/payment.js', 'dist/rates.js', 'dist/feed.js'])
    writeFileSync(join(folder, name), '// line\n'.repeat(70));
  server = createServer((socket) => {
    const session = new ReplaySession({ load: (path) => readTrace(path), roots: [folder] });
    session.setRunAsServer(true);
    session.start(socket, socket);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  dc = new DebugClient('node', '', 'net-trace-replay');
  await dc.start((server.address() as AddressInfo).port);
  stops = [];
  printed = '';
  dc.on('stopped', (e: DebugProtocol.StoppedEvent) => stops.push(e.body));
  dc.on('output', (e: DebugProtocol.OutputEvent) => {
    printed += e.body.output;
  });
});

afterEach(async () => {
  await dc.stop();
  await new Promise((closed) => server.close(closed));
  rmSync(folder, { recursive: true, force: true });
});

interface Options {
  configure?: () => Promise<unknown>;
  [more: string]: unknown;
}

/** Launches, and waits for the first stop. */
async function launch({ configure, ...more }: Options = {}): Promise<void> {
  await dc.initializeRequest();
  const initialized = dc.waitForEvent('initialized');
  await dc.launchRequest({ trace: example, ...more } as DebugProtocol.LaunchRequestArguments);
  await initialized;
  await configure?.();
  const stopped = dc.waitForEvent('stopped');
  await dc.configurationDoneRequest();
  await stopped;
}

async function stopAfter(request: () => Promise<unknown>): Promise<DebugProtocol.StoppedEvent['body']> {
  const stopped = dc.waitForEvent('stopped');
  await request();
  return (await stopped).body as DebugProtocol.StoppedEvent['body'];
}

const stackOf = async (threadId = 1) => (await dc.stackTraceRequest({ threadId })).body.stackFrames;
const variablesOf = async (variablesReference: number) =>
  (await dc.variablesRequest({ variablesReference })).body.variables;

/** Variables of a scope by name, as `name: value`. */
async function scope(name: string): Promise<Map<string, DebugProtocol.Variable>> {
  const threadId = stops.at(-1)?.threadId ?? 1;
  const [frame] = await stackOf(threadId);
  const { scopes } = (await dc.scopesRequest({ frameId: frame?.id ?? 0 })).body;
  const found = scopes.find((s) => s.name.startsWith(name));
  return new Map((found ? await variablesOf(found.variablesReference) : []).map((v) => [v.name, v]));
}

const evaluate = async (expression: string, context = 'repl') =>
  (await dc.evaluateRequest({ expression, context, frameId: (await stackOf())[0]?.id ?? 0 })).body;

describe('opening', () => {
  test('stops at the first request, its line of this machine in the stack', async () => {
    await launch();
    expect(stops[0]).toMatchObject({ reason: 'entry', description: 'GET /login is called', allThreadsStopped: true });
    const threads = (await dc.threadsRequest()).body.threads;
    expect(threads.map((t) => t.name)).toEqual(['checkout', 'probe 4720 (not begun)']);
    expect(await stackOf()).toMatchObject([
      { name: 'GET /login is called', presentationHint: 'label' },
      {
        name: 'openSession',
        line: 14,
        column: 22,
        source: { name: 'session.js', path: join(folder, 'dist/session.js') },
      },
    ]);
    expect(await stackOf(2)).toEqual([]);
    expect(printed).toContain('8 requests');
    expect(printed).toContain(
      'not on this machine: /app/node_modules/got/dist/source/core/index.js, /app/dist/probe.js',
    );
  });

  test('what is wrong with the file is the launch’s error', async () => {
    await dc.initializeRequest();
    await expect(dc.launchRequest({ trace: join(folder, 'no.json') } as never)).rejects.toThrow(/does not exist/);
    await expect(dc.launchRequest({} as never)).rejects.toThrow(/names no trace/);
  });

  test('a HAR is opened too, and says what it lacks', async () => {
    await launch({ trace: join(__dirname, '../../formats/golden/example.har') });
    expect(printed).toMatch(/Read from HAR/);
    expect((await stackOf(stops[0]?.threadId))[0]?.name).toMatch(/is called$/);
  });

  test('stopOnEntry false: on to the first breakpoint', async () => {
    const configure = () => dc.setExceptionBreakpointsRequest({ filters: ['status500'] });
    await launch({ stopOnEntry: false, configure });
    expect(stops[0]).toMatchObject({ reason: 'breakpoint' });
    expect(stops[0]?.description).toBe('status ≥ 500 · POST /v1/intents/42/confirm: response 503');
  });
});

describe('variables', () => {
  test('hold what was known at the instant, and nothing later', async () => {
    await launch();
    const called = await scope('Request');
    expect(called.get('state')?.value).toBe('queued');
    expect([...called.keys()]).not.toContain('response');
    expect([...called.keys()]).not.toContain('outcome');
    expect((await scope('Dial')).size).toBe(0);
    for (const step of ['lookup of api.example.test', 'connecting to api.example.test:8080'])
      expect((await stopAfter(() => dc.stepInRequest({ threadId: 1 }))).description, step).toContain('GET /login: ');
    expect((await scope('Dial')).get('host')?.value).toBe('api.example.test');
    while (!stops.at(-1)?.description?.includes('response 302')) await stopAfter(() => dc.nextRequest({ threadId: 1 }));
    const head = await scope('Request');
    expect(head.get('state')?.value).toBe('302 receiving…');
    const response = await variablesOf(head.get('response')?.variablesReference ?? 0);
    expect(response.map((v) => `${v.name}: ${v.value}`)).toContain('status: 302');
    expect(head.get('responseBeginAt')?.value).toMatch(/^\+345 ms \(345010 µs\)$/);
    expect(head.has('outcome')).toBe(false);
    const connection = await variablesOf(head.get('connection')?.variablesReference ?? 0);
    expect(connection.map((v) => v.name)).toContain('remote');
  });

  test('phases go on at their instant, and end as the panel says', async () => {
    await launch();
    await evaluate('at 4711-0-1');
    await stopAfter(() => dc.stepOutRequest({ threadId: 1 }));
    const done = await scope('Request');
    expect(done.get('total')?.value).toBe('266 ms');
    expect(done.get('phases')?.value).toBe(
      'queue 1.7 ms, dns 8.8 ms, tcp 251 ms, send 0.3 ms, wait 3.6 ms, download 0.2 ms',
    );
  });
});

describe('stepping', () => {
  test('forward and back lead through the same states', async () => {
    await launch();
    const state = async () => ({
      at: stops.at(-1)?.description,
      stack: await stackOf(),
      request: [...(await scope('Request')).values()].map((v) => [v.name, v.value]),
    });
    const there = [await state()];
    for (let i = 0; i < 25; i++) {
      await stopAfter(() => dc.stepInRequest({ threadId: 1 }));
      there.push(await state());
    }
    const back = [await state()];
    for (let i = 0; i < 25; i++) {
      await stopAfter(() => dc.stepBackRequest({ threadId: 1 }));
      back.push(await state());
    }
    const withoutIds = (list: typeof there) => list.map((s) => ({ ...s, stack: s.stack.map(({ id: _, ...f }) => f) }));
    expect(withoutIds(back.reverse())).toEqual(withoutIds(there));
  });

  test('step over skips events below the request, out goes to its end, restart frame to its call', async () => {
    await launch();
    expect((await stopAfter(() => dc.nextRequest({ threadId: 1 }))).description).toBe('GET /login: head sent');
    expect((await stopAfter(() => dc.stepOutRequest({ threadId: 1 }))).description).toMatch(/^GET \/login: done/);
    const [, frame] = await stackOf();
    const stop = await stopAfter(() => dc.restartFrameRequest({ frameId: frame?.id ?? 0 }));
    expect(stop).toMatchObject({ reason: 'restart', description: 'GET /login is called' });
  });

  test('the other thread has its own events; at their end it stays', async () => {
    await launch();
    const seen: (string | undefined)[] = [];
    for (let i = 0; i < 30; i++) seen.push((await stopAfter(() => dc.stepInRequest({ threadId: 2 }))).description);
    expect(seen).toContain('GET /health is called');
    expect(seen.at(-1)).toMatch(/^No more events of this thread that way/);
    expect(stops.at(-1)?.threadId).toBe(2);
  });

  test('continue to the end and back to the begin; restart', async () => {
    await launch();
    expect((await stopAfter(() => dc.continueRequest({ threadId: 1 }))).description).toBe('End of the trace');
    expect((await scope('Trace')).get('running')?.value).toBe('0 requests');
    expect((await stopAfter(() => dc.reverseContinueRequest({ threadId: 1 }))).description).toBe('Begin of the trace');
    const stop = await stopAfter(() => dc.customRequest('restart', {}));
    expect(stop).toMatchObject({ reason: 'entry', description: 'GET /login is called' });
  });
});

describe('breakpoints', () => {
  test('at a line: moved to the nearest call, hit forward and back; far from any, the reason', async () => {
    await launch();
    const path = join(folder, 'src/payment.ts');
    const { breakpoints } = (
      await dc.setBreakpointsRequest({ source: { path }, breakpoints: [{ line: 39 }, { line: 3 }] })
    ).body;
    expect(breakpoints[0]).toMatchObject({ verified: true, line: 41 });
    expect(breakpoints[1]).toMatchObject({ verified: false, message: expect.stringContaining('nearest is line 41') });
    const hit = await stopAfter(() => dc.continueRequest({ threadId: 1 }));
    expect(hit).toMatchObject({ reason: 'breakpoint', hitBreakpointIds: [breakpoints[0]?.id] });
    expect((await stackOf())[1]).toMatchObject({ name: 'loadIntent', line: 41, source: { path } });
    await stopAfter(() => dc.continueRequest({ threadId: 1 }));
    expect((await stopAfter(() => dc.reverseContinueRequest({ threadId: 1 }))).hitBreakpointIds).toEqual([
      breakpoints[0]?.id,
    ]);
    const other = await dc.setBreakpointsRequest({
      source: { path: join(folder, 'x.ts') },
      breakpoints: [{ line: 1 }],
    });
    expect(other.body.breakpoints[0]).toMatchObject({
      verified: false,
      message: 'No request of this trace was made in this file.',
    });
  });

  test('each kind of network breakpoint, with a condition by the query language; a wrong one says its column', async () => {
    await launch();
    const met = async (filterId: string, condition = '') => {
      const { body } = await dc.setExceptionBreakpointsRequest({
        filters: [],
        filterOptions: [{ filterId, condition }],
      });
      const [evaluated] = (body as DebugProtocol.SetExceptionBreakpointsResponse['body'])?.breakpoints ?? [];
      if (evaluated?.verified === false) return evaluated.message;
      await stopAfter(() => dc.customRequest('netTrace/seek', { event: 0 }));
      const found: string[] = [];
      for (;;) {
        const { description = '' } = await stopAfter(() => dc.continueRequest({ threadId: 1 }));
        if (description === 'End of the trace') return found;
        found.push(description.replace(/^.* · /, ''));
      }
    };
    expect(await met('requestStarts')).toHaveLength(8);
    // A saved trace knows at the call how it ends.
    expect(await met('requestStarts', 'status:>=500')).toEqual(['POST /v1/intents/42/confirm is called']);
    expect(await met('responseArrives', 'path:/health')).toEqual(['GET /health: response 200']);
    expect(await met('requestFails')).toEqual([
      'GET /: failed, CERT_HAS_EXPIRED in tls',
      'GET /: failed, ENOTFOUND in dns',
    ]);
    expect(await met('status400')).toEqual(['POST /v1/intents/42/confirm: response 503']);
    expect(await met('status500')).toEqual(['POST /v1/intents/42/confirm: response 503']);
    expect(await met('slowerThan')).toEqual(expect.arrayContaining([expect.stringMatching(/^POST .*confirm/)]));
    expect(await met('firstHost')).toHaveLength(5);
    expect(await met('bodyNotRead')).toEqual([expect.stringMatching(/^GET \/feed/)]);
    expect(await met('requestStarts', 'status:>')).toMatch(/column/);
  });

  test('a failed request stops as an exception, with its chain of causes and its line', async () => {
    await launch({ configure: () => dc.setExceptionBreakpointsRequest({ filters: ['requestFails'] }) });
    const stop = await stopAfter(() => dc.continueRequest({ threadId: 1 }));
    expect(stop.reason).toBe('exception');
    const info = (await dc.exceptionInfoRequest({ threadId: 1 })).body;
    expect(info).toMatchObject({ exceptionId: 'CERT_HAS_EXPIRED', breakMode: 'always' });
    expect(info.description).toContain('GET /: CERT_HAS_EXPIRED in tls');
    expect(info.details?.stackTrace).toContain('refreshRates (/app/dist/rates.js:9:9)');
  });

  test('a log message writes where it passes, and does not stop', async () => {
    await launch();
    await dc.setBreakpointsRequest({
      source: { path: join(folder, 'dist/feed.js') },
      breakpoints: [{ line: 22, logMessage: '{method} {path} at {callSite}: {status}' }],
    });
    expect((await stopAfter(() => dc.continueRequest({ threadId: 1 }))).description).toBe('End of the trace');
    expect(printed).toContain('GET /feed at feed.js:22: 200');
  });
});

describe('the console', () => {
  test('a query lists requests to open; those ahead say so', async () => {
    await launch();
    const { result, variablesReference } = await evaluate('status:>=500');
    expect(result).toBe('1 request');
    const [found] = await variablesOf(variablesReference);
    expect(found).toMatchObject({ name: '4711-0-10', value: '+368 ms POST /v1/intents/42/confirm 503 (ahead)' });
    const fields = await variablesOf(found?.variablesReference ?? 0);
    expect(fields.map((f) => f.name)).toContain('response');
    expect((await evaluate('status:404')).variablesReference).toBe(0);
    await expect(evaluate('statu:500')).rejects.toThrow(/status/);
  });

  test('at goes to an instant, an event, a request; help helps; watched, it goes nowhere', async () => {
    await launch();
    await stopAfter(() => evaluate('at 1s'));
    expect((await scope('Trace')).get('at')?.value).toMatch(/^\+9\d\d ms|^\+1\.00 s/);
    await stopAfter(() => evaluate('at event 1'));
    expect(stops.at(-1)?.description).toBe('the trace begins');
    await stopAfter(() => evaluate('at 4720-0-1'));
    expect(stops.at(-1)).toMatchObject({ reason: 'goto', description: 'GET /health is called', threadId: 2 });
    expect((await evaluate('help')).result).toContain('at 120ms');
    await expect(evaluate('at 1s', 'watch')).rejects.toThrow(/Debug Console/);
    await expect(evaluate('at nowhere')).rejects.toThrow(/no instant/);
  });

  test('a place in the tree, and an id under the pointer', async () => {
    await launch();
    expect((await evaluate('request.url', 'watch')).result).toMatch(/^http:\/\/api\.example\.test:8080\/login/);
    await expect(evaluate('request.response.status', 'watch')).rejects.toThrow(/not known at this position/);
    expect((await evaluate('4711-0-1', 'hover')).result).toContain('GET /login');
    await expect(evaluate('fetch', 'hover')).rejects.toThrow();
  });
});

describe('sources', () => {
  test('a missing source is replaced by a text of its known lines', async () => {
    await launch({ configure: () => dc.setExceptionBreakpointsRequest({ filters: ['requestFails'] }) });
    await stopAfter(() => dc.continueRequest({ threadId: 1 }));
    await stopAfter(() => dc.continueRequest({ threadId: 1 }));
    const [, frame] = await stackOf();
    expect(frame).toMatchObject({ name: '_makeRequest (library)', line: 812 });
    const sourceReference = frame?.source?.sourceReference ?? 0;
    const { content } = (await dc.sourceRequest({ sourceReference, source: frame?.source ?? {} })).body;
    expect(content.split('\n')[811]).toBe('// _makeRequest: 1 request; it is not on this machine');
    expect(content).toContain('// /app/node_modules/got/dist/source/core/index.js\n// Not shown');
  });

  test('pathMap and sourceRoot lead to them; loaded sources lists all', async () => {
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(join(elsewhere, 'out'), { recursive: true });
    writeFileSync(join(elsewhere, 'out/probe.js'), readFileSync(join(folder, 'dist/feed.js')));
    await launch({ pathMap: { '/app/dist/': join(elsewhere, 'out') } });
    const { sources } = (await dc.customRequest('loadedSources')).body as DebugProtocol.LoadedSourcesResponse['body'];
    expect(sources.map((s) => s.path).filter(Boolean)).toEqual(
      expect.arrayContaining([join(elsewhere, 'out/probe.js'), join(folder, 'src/payment.ts')]),
    );
    expect(sources).toHaveLength(7);
  });

  test('go to a line: its requests as targets', async () => {
    await launch();
    const source = { path: join(folder, 'dist/feed.js') };
    const { targets } = (await dc.customRequest('gotoTargets', { source, line: 22 }))
      .body as DebugProtocol.GotoTargetsResponse['body'];
    expect(targets).toMatchObject([{ label: expect.stringContaining('GET /feed is called') }]);
    const stop = await stopAfter(() => dc.customRequest('goto', { threadId: 1, targetId: targets[0]?.id }));
    expect(stop).toMatchObject({ reason: 'goto', description: 'GET /feed is called' });
  });
});

test('the host receives the position, may ask for it and set it; ends at the end', async () => {
  const positions: unknown[] = [];
  dc.on('netTrace.position', (e: DebugProtocol.Event) => positions.push(e.body));
  await launch();
  expect((await dc.customRequest('netTrace/position')).body).toMatchObject({
    at: 79410,
    request: '4711-0-1',
    beginAt: 0,
    endAt: 2751400,
  });
  await stopAfter(() => dc.customRequest('netTrace/seek', { at: 400_000 }));
  await expect.poll(() => positions.at(-1)).toMatchObject({ at: expect.any(Number), text: expect.any(String) });
  expect((positions.at(-1) as { at: number }).at).toBeLessThanOrEqual(400_000);
  await expect(dc.customRequest('netTrace/seek', {})).rejects.toThrow(/one of at/);
  const terminated = dc.waitForEvent('terminated');
  await dc.terminateRequest();
  await terminated;
  await dc.disconnectRequest();
});

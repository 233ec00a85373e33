/** An error inside any handler of the hook: the program runs as without it, the part is off, and one line says so. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { breakpointKinds } from '../../../src/model/lines/breakpoints';
import { visible } from '../../support/check';
import { present } from '../../support/observe';
import { type NodeVersion, nodes, repository } from '../../support/programs/nodes';
import { type Ending, runPlain } from '../../support/programs/program';
import { faultsOf, runTraced } from '../../support/programs/run';
import { type Everything, serveEverything } from '../testing/everything';

const folder = join(repository, 'src/hook');
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((f) => f.endsWith('.ts') && !f.endsWith('.test.ts'))
  .map((f) => readFileSync(join(folder, f), 'utf8'))
  .join('\n');
/** Every handler there is, by the name it is guarded under. */
const handlers = [...new Set([...sources.matchAll(/guarded\(\s*[\w.]+,\s*'([\w.]+)'/g)].map((m) => m[1] as string))];
const partOf = (handler: string): string => handler.split('.')[0] as string;
const parts = [...new Set(handlers.map(partOf))];

const program = join(import.meta.dirname, '../programs/everything.cjs');
const copies = join(import.meta.dirname, '../programs/copies.cjs');
const copy = join(repository, 'test/matrix/clients/node_modules/undici6');
let servers: Everything;
let env: Record<string, string>;

/** Handlers of copies of undici that a program brings, beside those that Node's own has. */
const ofCopies = [
  'retries.handler',
  'undici.piece',
  'undici.given',
  'undici.pools',
  'undici.hand',
  'undici.queued',
  'undici.refused',
  'undici.destroyed',
  'undici.handed',
  'undici.start',
  'undici.stream',
  'undici.loaded',
  'undici.throw',
  'retries.handlerFailed',
];
/** Where a request was given no socket that was dialled. */
const wrappers = join(import.meta.dirname, '../programs/wrappers.cjs');
const ofWrappers = ['net.carrier', 'net.uncarried'];
/** Handlers that a version of Node never calls, as it says the same in another way, or does not say it. */
const absent = (major: number): string[] => [
  // Of programs that are attached to: attach.test.ts.
  'net.adopt',
  'http2.adopt',
  // Of programs that start others: children.test.ts.
  'children',
  'children.spawn',
  'children.report',
  'children.worker',
  ...ofWrappers,
  ...ofCopies.filter((h) => major >= 24 || !['undici.piece', 'undici.given'].includes(h)),
  ...(major >= 24 ? [] : ['undici.chunk', 'undici.give']),
  // No WebSocket, no channels of HTTP/2 servers, none of failed requests.
  ...(major >= 22 ? ['incoming.served', 'incoming.streamBegin', 'incoming.streamEnd'] : ['undici.switch']),
  ...(major >= 20 ? [] : ['http1.error']),
];

/** Handlers of the resolver, which takes the place of others. */
const ofResolver = ['dns.own', 'dns.outcome', 'dns.exchange'];

/** All there are, each reported and none stopped at. */
const logged = breakpointKinds.map((kind) => ({ id: kind, kind, logMessage: '{url}', thresholdMs: 1 }));

/** Everything is traced, and each request compared with a condition too. */
const rules = [
  { id: 'all', condition: '' },
  { id: 'some', condition: 'status:200' },
];

/** Parts that are off unless asked for. */
const optional = { bodies: 1000, headers: 'values', sockets: true, keys: true, incoming: true };

beforeAll(async () => {
  servers = await serveEverything();
  env = servers.env;
});
afterAll(() => servers.close());

const execArgv = ['--no-warnings'];
/** What a user sees of a program without the hook. */
type Plain = { file: string; args: string[]; ending: Ending };
const plains = new Map<string, Promise<Plain>>();
/** One run for all tests of a program and version: what they compare with is the same. */
function withoutHook(node: NodeVersion, file: string, args: string[] = []): Promise<Plain> {
  const key = [node.binary, file, ...args].join(' ');
  const run = async () => {
    const ending = await runPlain(node, file, { env, args, execArgv });
    // Not kept for the repetition of a test.
    if (ending.code !== 0) plains.delete(key);
    return { file, args, ending };
  };
  const plain = plains.get(key) ?? run();
  plains.set(key, plain);
  return plain;
}

/** Runs the program with these handlers failing; those that were called, and failed. */
async function thrown(node: NodeVersion, { file, args, ending: plain }: Plain, failing: string[], ruled = false) {
  const resolver = failing.some((h) => ofResolver.includes(h));
  const run = await runTraced(node, file, {
    env,
    args,
    execArgv,
    timeoutMs: 60_000,
    conf: { ...optional, dnsResolver: resolver, resolverFiles: servers.resolverFiles, faults: failing },
    ...(failing.some((h) => partOf(h) === 'breakpoints') ? { breakpoints: logged } : {}),
    ...(ruled || failing.some((h) => partOf(h) === 'matching') ? { requests: rules } : {}),
  });
  expect({ failing, ...visible(run) }).toEqual({ failing, ...visible(plain) });
  const faults = faultsOf(run);
  for (const fault of faults) expect(fault).toMatchObject({ k: 'ctl', message: 'Error: injected' });
  expect(run.lines.at(-1)?.text).toMatch(/"k":"(exit|site)"/);
  const off = faults.map((f) => f.part);
  // A part goes off once, and only the one whose handler failed.
  expect(new Set(off).size).toBe(off.length);
  for (const part of off) expect(failing.map(partOf)).toContain(part);
  const done = failing.filter((h) => off.includes(partOf(h)));
  return { done, requests: [...run.store.requests.values()], incoming: [...run.store.incoming.values()] };
}

describe('a fault in', () => {
  test('the handlers found are those of all parts', () => {
    expect(handlers.length).toBeGreaterThanOrEqual(90);
    expect([...parts].sort()).toEqual([
      'bodies',
      'breakpoints',
      'children',
      'decoding',
      'dns',
      'headers',
      'http1',
      'http2',
      'incoming',
      'keys',
      'labels',
      'loop',
      'matching',
      'net',
      'proxy',
      'retries',
      'sockets',
      'timers',
      'tls',
      'udp',
      'undici',
    ]);
  });

  // Several at once, one a part. Where one keeps another from being called, that has its turn later.
  test.concurrent.each(nodes)('each handler, Node $major', { timeout: 600_000 }, async (node) => {
    const plain = await withoutHook(node, program);
    // Lookups have the most handlers. What is left of these needs no other requests.
    const lookups = await withoutHook(node, program, ['names']);
    const never = absent(node.major);
    expect((await thrown(node, plain, never)).done).toEqual([]);
    let waiting = handlers.filter((h) => !never.includes(h));
    for (let turn = 0; turn < 60 && waiting.length > 0; turn++) {
      const own = waiting.filter((h) => ofResolver.includes(h) === (turn % 4 === 3));
      const failing = own.filter((h, i) => own.findIndex((one) => partOf(one) === partOf(h)) === i);
      if (failing.length === 0) continue;
      const isLookup = failing.every((h) => partOf(h) === 'dns');
      const { done } = await thrown(node, isLookup ? lookups : plain, failing);
      const again = failing.filter((h) => !done.includes(h));
      waiting = [...waiting.filter((h) => !failing.includes(h)), ...again];
    }
    expect(waiting).toEqual([]);
  });

  // Each of them on one Node: what calls them is the same everywhere.
  const others = [
    ...ofCopies.map((handler) => ({ handler, file: copies, args: [copy] })),
    ...ofWrappers.map((handler) => ({ handler, file: wrappers, args: ['channel'] })),
  ];
  test.concurrent.each(others.map((other, i) => ({ ...other, node: present(nodes[i % nodes.length], 'Node') })))(
    '$handler, Node $node.major',
    async ({ handler, file, args, node }) => {
      const plain = await withoutHook(node, file, args);
      expect(await thrown(node, plain, [handler])).toMatchObject({ done: [handler] });
    },
  );

  // What one part would have reported is missing; what the others report goes on.
  test.concurrent.each(['undici.create', 'http1.begin', 'net.connect', 'dns.lookup'])(
    '%s: the other parts',
    async (name) => {
      const node = present(nodes.at(-2) ?? nodes.at(-1), 'Node');
      const { requests } = await thrown(node, await withoutHook(node, program), [name]);
      // Not those that the program answers, nor what a proxy of undici is asked.
      const own = requests.filter((r) => r.direction !== 'in' && r.method !== 'CONNECT');
      const apis = new Set(own.map((r) => r.api));
      expect(apis.has('fetch')).toBe(name !== 'undici.create');
      expect(apis.has('http')).toBe(name !== 'http1.begin');
    },
  );

  test.concurrent.each(['incoming.request', 'labels.label', 'retries.gotRetry', 'timers.abort', 'matching.condition'])(
    '%s: only its own part is off',
    async (name) => {
      const node = present(nodes.at(-2) ?? nodes.at(-1), 'Node');
      const { requests, incoming, done } = await thrown(node, await withoutHook(node, program), [name], true);
      expect({
        done,
        // Those of HTTP/2 came before.
        incoming: incoming.some((r) => r.api === 'http'),
        labels: requests.some((r) => r.label === 'job'),
        conditions: requests.some((r) => r.traceRequests?.some((id) => id.endsWith('some'))),
        all: requests.some((r) => r.traceRequests?.some((id) => id.endsWith('all'))),
      }).toEqual({
        done: [name],
        incoming: partOf(name) !== 'incoming',
        labels: partOf(name) !== 'labels',
        conditions: partOf(name) !== 'matching',
        all: true,
      });
    },
  );
});

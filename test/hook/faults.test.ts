// An error inside any handler of the hook: the program runs as without it, the part is off, and one line says so.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { visible } from '../support/check';
import { nodes, repository } from '../support/nodes';
import { present } from '../support/observe';
import { type Ending, runPlain } from '../support/program';
import { runTraced } from '../support/run';
import { Upstream } from '../support/upstream';

const folder = join(repository, 'src/hook');
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((f) => f.endsWith('.ts') && !f.endsWith('.test.ts'))
  .map((f) => readFileSync(join(folder, f), 'utf8'))
  .join('\n');
/** Every handler there is, by the name it is guarded under. */
const handlers = [...new Set([...sources.matchAll(/guarded\(\s*[\w.]+,\s*'([\w.]+)'/g)].map((m) => m[1] as string))];

const program = join(import.meta.dirname, 'programs/everything.cjs');
let upstream: Upstream;
let plain: Ending;
const node = present(nodes.find((n) => n.major === 24) ?? nodes.at(-1), 'a Node');
/** Handlers of what Node 24 tells in another way, and of copies of undici that a program brings. */
const elsewhere = [
  'undici.piece',
  'undici.given',
  'undici.pools',
  'undici.hand',
  'undici.handed',
  'undici.start',
  'undici.stream',
  'control.handler',
];

/** Handlers of the resolver, which takes the place of others. */
const ofResolver = ['dns.own', 'dns.outcome', 'dns.exchange'];

/** Parts that are off unless asked for. */
const optional = { bodies: 1000, sockets: true, keys: true, incoming: true };

beforeAll(async () => {
  upstream = await Upstream.start();
  plain = await runPlain(node, program, { env: upstream.environment });
});
afterAll(() => upstream.close());

describe('a fault in', () => {
  test('the handlers found are those of all parts', () => {
    expect(handlers.length).toBeGreaterThanOrEqual(30);
    expect(new Set(handlers.map((h) => h.split('.')[0]))).toEqual(
      new Set([
        'http1',
        'undici',
        'dns',
        'net',
        'tls',
        'udp',
        'sockets',
        'keys',
        'bodies',
        'decoding',
        'http2',
        'proxy',
        'control',
      ]),
    );
  });

  test.concurrent.each(handlers)('%s', async (name) => {
    const run = await runTraced(node, program, {
      env: upstream.environment,
      conf: { ...optional, resolver: ofResolver.includes(name), faults: [name] },
    });
    expect(visible(run)).toEqual(visible(plain));
    const faults = run.lines
      .filter(({ text }) => text.includes('"reason":"fault"'))
      .map(({ text }) => JSON.parse(text));
    if (elsewhere.includes(name)) return expect(faults).toEqual([]);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ k: 'ctl', part: name.split('.')[0], message: 'Error: injected' });
    expect(run.lines.at(-1)?.text).toMatch(/"k":"(exit|site)"/);
    // The other parts go on, and what was begun before is told.
    // Not those that the program answers, nor what a proxy of undici is asked.
    const own = [...run.store.requests.values()].filter((r) => r.direction !== 'in' && r.method !== 'CONNECT');
    const apis = new Set(own.map((r) => r.api));
    expect(apis.has('fetch')).toBe(name !== 'undici.create');
    expect(apis.has('http')).toBe(name !== 'http1.begin');
  });
});

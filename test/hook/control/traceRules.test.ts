/** Trace rules in real programs: what is asked for is recorded whole, what is not leaves nothing but a count. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { phasesOf } from '../../../src/model/phases/phases';
import type { Request } from '../../../src/model/records';
import { type NewTraceRule, TraceRules } from '../../../src/model/traceRules';
import { nodes } from '../../support/programs/nodes';
import { certificate } from '../../support/servers/certificates';
import { Proxies } from '../../support/servers/proxy';
import { type Client, Driver, Servers } from '../testing/driver';

let servers: Servers;
beforeAll(async () => {
  servers = await Servers.start();
});
afterAll(() => servers.close());

const open: Driver[] = [];
afterEach(() => Promise.all(open.splice(0).map((d) => d.dispose())));

/** A registry with these, enabled. */
function asking(...asked: NewTraceRule[]): { registry: TraceRules; ids: string[] } {
  const registry = new TraceRules();
  const ids = asked.map((a) => registry.create(a).id);
  for (const id of ids) registry.update(id, { enabled: true });
  return { registry, ids };
}

const newest = nodes.filter((n) => n.major === 24);
const start = async (registry: TraceRules, node = newest[0] as (typeof nodes)[number]) => {
  const driver = await Driver.start(node, { rules: registry });
  open.push(driver);
  return driver;
};
const pathOf = (r: Request) => new URL(r.url ?? '').pathname;
const phaseNames = (d: Driver, r: Request) => phasesOf(r, d.session.store, r.endAt ?? 0).phases.map((p) => p.name);

/** The phases that a new connection of this client has. */
const whole: Record<Client, string[]> = {
  http: ['dns', 'tcp', 'send', 'wait', 'download'],
  https: ['dns', 'tcp', 'tls', 'send', 'wait', 'download'],
  fetch: ['dns', 'tcp', 'send', 'wait', 'download'],
  http2: ['dns', 'tcp', 'send', 'wait', 'download'],
};

const clients = ['http', 'https', 'fetch', 'http2'] as const;

test.each(nodes)('Node $major: conditions known late, with a limit; all phases from the start', async (node) => {
  const { registry, ids } = asking(
    ...clients.map((client) => ({ condition: `status:>=500 path:/api/${client}/*`, limit: 5 })),
  );
  const d = await start(registry, node);
  for (const client of clients) {
    const url = servers.origins[client];
    expect(await d.ask({ client, url: `${url}/api/${client}/{i}`, count: 20 })).toEqual(Array(20).fill(503));
    expect(await d.ask({ client, url: `${url}/other/{i}`, count: 3 })).toEqual(Array(3).fill(200));
  }
  const requests = await d.end();
  const doc = d.session.document();
  for (const [n, client] of clients.entries()) {
    const own = requests.filter((r) => pathOf(r).startsWith(`/api/${client}/`));
    expect(own.map(pathOf)).toEqual([0, 1, 2, 3, 4].map((i) => `/api/${client}/${i}`));
    for (const r of own) {
      expect(r).toMatchObject({ traceRequests: [ids[n]], outcome: 'complete', response: { status: 503 } });
      expect(r.callSite).toMatchObject({ kind: 'user' });
      // The streams of HTTP/2 share one connection.
      const expected = client === 'http2' && r !== own[0] ? ['send', 'wait', 'download'] : whole[client];
      expect(phaseNames(d, r)).toEqual(expect.arrayContaining(expected));
    }
    const used = new Set(own.map((r) => r.connection));
    expect(used.size).toBe(client === 'http2' ? 1 : 5);
  }
  expect(requests).toHaveLength(20);
  expect(doc.traceRequests?.map((t) => [t.id, t.state])).toEqual(ids.map((id) => [id, 'limitReached']));
  // 15 over the limit of each client, 3 that match nothing.
  expect(doc.counts).toMatchObject({ requests: 20, untraced: 72 });
  expect(doc.connections.filter((c) => c.connect?.result === 'connected')).toHaveLength(16);
  expect(doc.certificates).toHaveLength(2);
  expect(doc.losses).toEqual([]);
});

describe('on one Node', () => {
  test('created, and not enabled: nothing is recorded, nothing is patched', async () => {
    const registry = new TraceRules();
    registry.create({ condition: '' });
    const d = await start(registry);
    expect(await d.ask({ client: 'http', url: `${servers.origins.http}/a` })).toEqual([200]);
    expect(await d.end()).toEqual([]);
    expect(d.session.document()).toMatchObject({
      connections: [],
      traceRequests: [{ enabled: false, state: 'created' }],
    });
  });

  test('two conditions: one record with both ids, also where one is known at the end', async () => {
    const { registry, ids } = asking({ condition: 'method:GET path:/api/*' }, { condition: 'status:503' });
    const d = await start(registry);
    await d.ask({ client: 'http', url: `${servers.origins.http}/api/x` });
    await d.ask({ client: 'fetch', url: `${servers.origins.http}/other` });
    const requests = await d.end();
    expect(requests.map((r) => r.traceRequests)).toEqual([ids]);
    const matched = d.session.document().traceRequests?.map((t) => t.matched?.map((m) => m.count));
    expect(matched).toEqual([[1], [1]]);
  });

  test('sampling: one of ten in detail, the counts are of all', async () => {
    const { registry } = asking({ condition: 'path:/api/*', sample: 10 });
    const d = await start(registry);
    await d.ask({ client: 'http', url: `${servers.origins.http}/api/{i}`, count: 200 });
    await d.ask({ client: 'http', url: `${servers.origins.http}/other`, count: 7 });
    // Nobody listens: these fail, and are counted as that.
    await d.ask({ client: 'http', url: 'http://127.0.0.1:1/api/x', count: 20 });
    const requests = await d.end();
    expect(requests).toHaveLength(22);
    expect(requests.filter((r) => r.outcome === 'failed')).toHaveLength(2);
    const { counts, settings } = d.session.document();
    expect(counts).toMatchObject({ requests: 220, counted: 198, failed: 20, untraced: 7 });
    expect(settings?.samplingModulus).toBe(10);
  });

  test('switched on and off in a running program', async () => {
    const registry = new TraceRules();
    const { id } = registry.create({ condition: '' });
    const d = await start(registry);
    const one = async (path: string) => {
      for (const client of ['http', 'fetch'] as const)
        expect(await d.ask({ client, url: `${servers.origins.http}${path}` })).toEqual([200]);
    };
    await one('/off');
    const original = await d.ask({ patched: true });
    expect(original).toBe('true');
    registry.update(id, { enabled: true });
    await expect.poll(() => d.session.poll().then(() => controlOf(d)?.enabled), { timeout: 5000 }).toEqual([id]);
    await one('/on');
    expect(await d.ask({ patched: true })).toBe('false');
    registry.update(id, { enabled: false });
    // A request notices it, once the hook may look again.
    await expect
      .poll(async () => {
        await d.ask({ client: 'http', url: `${servers.origins.http}/noticed` });
        await d.session.poll();
        return controlOf(d)?.generation;
      })
      .toBe(3);
    await one('/off');
    await expect.poll(() => d.ask({ patched: true })).toBe('true');
    registry.update(id, { enabled: true });
    await expect.poll(() => d.session.poll().then(() => controlOf(d)?.generation)).toBe(4);
    await one('/again');
    const requests = await d.end();
    const reported = requests.filter((r) => pathOf(r) !== '/noticed');
    expect(reported.map(pathOf)).toEqual(['/on', '/on', '/again', '/again']);
    expect(requests.every((r) => r.outcome === 'complete' && r.connection !== undefined)).toBe(true);
  });

  test('through a proxy: the CONNECT of its tunnel comes with it, and is not counted as left out', async () => {
    const proxies = await Proxies.start();
    const { registry, ids } = asking({ condition: 'status:>=500 path:/api/*' });
    const env = {
      NODE_USE_ENV_PROXY: '1',
      HTTPS_PROXY: proxies.urls.http,
      NODE_EXTRA_CA_CERTS: certificate.root,
    };
    const d = await Driver.start(newest[0] as (typeof nodes)[number], { rules: registry }, env);
    open.push(d);
    await d.ask({ client: 'fetch', url: `${servers.origins.https}/other` });
    await d.ask({ client: 'fetch', url: `${servers.origins.https}/api/x` });
    const requests = await d.end();
    await proxies.close();
    const [connect, get] = [requests.find((r) => r.method === 'CONNECT'), requests.find((r) => r.method === 'GET')];
    expect(requests).toHaveLength(2);
    expect(connect).toMatchObject({ traceRequests: ids, outcome: 'tunnel' });
    expect(get).toMatchObject({ traceRequests: ids, proxy: { mode: 'tunnel' }, connection: connect?.connection });
    expect(phaseNames(d, get as Request)).toEqual(expect.arrayContaining(['tcp', 'proxy', 'tls', 'send', 'wait']));
    const doc = d.session.document();
    expect(doc.connections.find((c) => c.id === get?.connection)?.tunnel).toMatchObject({ request: connect?.id });
    // The other one, and its own CONNECT.
    expect(doc.counts).toMatchObject({ requests: 2, untraced: 2 });
  });

  test('a debugger makes it known at once, both ways', async () => {
    const registry = new TraceRules();
    const { id } = registry.create({ condition: 'path:/api/*' });
    const d = await start(registry);
    expect(await d.ask({ patched: true })).toBe('true');
    registry.update(id, { enabled: true });
    expect(await d.ask({ control: true })).toBe('false');
    await d.ask({ client: 'http', url: `${servers.origins.http}/api/x` });
    registry.update(id, { enabled: false });
    await d.ask({ control: true });
    expect(await d.ask({ patched: true })).toBe('true');
    expect((await d.end()).map(pathOf)).toEqual(['/api/x']);
  });

  test('requests begun before tracing is off are reported to their end, then the patches are removed', async () => {
    const registry = new TraceRules();
    const { id } = registry.create({ condition: '' });
    const d = await start(registry);
    const origin = servers.origins.http;
    // Before any patch, so that the program knows Node's own functions.
    await d.ask({ client: 'http', url: `${origin}/first` });
    registry.update(id, { enabled: true });
    await expect.poll(() => d.ask({ patched: true })).toBe('false');
    const slow = d.ask({
      client: 'http',
      url: `${origin}/wait/1500`,
      later: { url: `${origin}/late`, ms: 1000 },
    });
    await expect.poll(() => servers.seen.includes('/wait/1500'), { interval: 5 }).toBe(true);
    registry.update(id, { enabled: false });
    expect(await slow).toEqual([200]);
    expect(servers.seen).toContain('/late');
    await expect.poll(() => d.ask({ patched: true })).toBe('true');
    const requests = await d.end();
    expect(requests.map((r) => [pathOf(r), r.outcome, r.response?.status])).toEqual([['/wait/1500', 'complete', 200]]);
  });

  test('children and workers go on with it; the threads of a process share a limit', async () => {
    const { registry, ids } = asking({ condition: 'path:/api/*', limit: 3 });
    const d = await start(registry);
    const url = `${servers.origins.http}/api/{i}`;
    await d.ask({ client: 'http', url, count: 2 });
    await d.ask({ client: 'http', url, count: 4, in: 'worker' });
    await d.ask({ client: 'fetch', url, count: 5, in: 'child' });
    const requests = await d.end();
    const by = new Map<string, number>();
    for (const r of requests) by.set(r.thread, (by.get(r.thread) ?? 0) + 1);
    expect([...by.values()]).toEqual([2, 1, 3]);
    expect(requests.every((r) => r.traceRequests?.[0] === ids[0])).toBe(true);
    expect(d.session.document().counts.untraced).toBe(5);
  });

  test('two sessions: each has its own', async () => {
    const [a, b] = [asking({ condition: 'path:/api/a' }), asking({ condition: 'path:/api/b' })];
    const [first, second] = [await start(a.registry), await start(b.registry)];
    for (const d of [first, second])
      for (const path of ['/api/a', '/api/b']) await d.ask({ client: 'http', url: `${servers.origins.http}${path}` });
    expect((await first.end()).map(pathOf)).toEqual(['/api/a']);
    expect((await second.end()).map(pathOf)).toEqual(['/api/b']);
    expect(first.session.document().traceRequests?.map((t) => t.id)).toEqual(a.ids);
    expect(second.session.document().traceRequests?.map((t) => t.id)).toEqual(b.ids);
  });

  test('by the line of code, by duration, by error: each of the clients', async () => {
    const { registry, ids } = asking(
      { condition: 'duration:>=150ms path:/wait/*' },
      { condition: 'duration:>=100s' },
      { condition: 'error:ECONNREFUSED' },
      { condition: 'file:driver.cjs path:/here' },
    );
    const d = await start(registry);
    await d.ask({ client: 'http', url: `${servers.origins.http}/wait/200` });
    await d.ask({ client: 'http', url: `${servers.origins.http}/other` });
    await d.ask({ client: 'fetch', url: 'http://127.0.0.1:2/refused' });
    await d.ask({ client: 'fetch', url: `${servers.origins.http}/here` });
    const requests = await d.end();
    expect(requests.map((r) => [pathOf(r), r.traceRequests])).toEqual([
      ['/wait/200', [ids[0]]],
      ['/refused', [ids[2]]],
      ['/here', [ids[3]]],
    ]);
    for (const r of requests) expect(r.callSite).toMatchObject({ kind: 'user' });
  });
});

const controlOf = (d: Driver) => [...d.session.store.processes.values()][0]?.threads[0]?.control;

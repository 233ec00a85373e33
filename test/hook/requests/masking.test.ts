/**
 * What a server sends may be made to be slow to look through for secrets. A program that records it goes on as without.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { visible } from '../../support/check';
import { nodes } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { faultsOf, runTraced } from '../../support/programs/run';

const program = join(import.meta.dirname, '../programs/masking.cjs');
const length = 64 * 1024;
const fill = (pump: string): string => pump.repeat(Math.ceil(length / pump.length)).slice(0, length);
/** Sixteen strings without commas stopped the event loop for ever; the others took seconds. */
const hostile: Record<string, string> = {
  list: `{"help": [${'"aaa"\n '.repeat(16)}x]}`,
  lists: `{"help": [${fill('"aaa"\n ')}x]}`,
  web: fill('eyJ--------'),
  options: fill('-'),
  urls: fill('a-'),
  quotes: fill('":"'),
  secrets: fill('"token":{"'),
  nested: fill('https://a:b@c?x=%7B%22a%22%3A1& '),
  escapes: fill('?a=%2525'),
};
const plainText = fill('Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod. ');
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer({ maxHeaderSize: 1 << 20 }, (req, res) => {
    const name = (req.url ?? '').slice(1).replace(/^headers-/, '');
    const text = hostile[name] ?? plainText;
    if (req.url?.startsWith('/headers-')) {
      // As many headers as 64 kB give in pieces of 2 kB.
      const one = text.replace(/\n/g, ' ');
      for (let at = 0, n = 0; at < one.length; at += 2048) res.setHeader(`x-${n++}`, one.slice(at, at + 2048));
      res.end('ok');
    } else res.setHeader('content-type', 'application/json').end(`${text}{"password": "SECRET-1"}`);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const conf = { headers: 'values', bodies: 128 * 1024 };
const names = Object.keys(hostile);
const paths = [...names.map((n) => `/${n}`), ...names.map((n) => `/headers-${n}`)];
const execArgv = ['--max-http-header-size=1048576'];

/** The smallest CPU time that each path took, in µs. */
function smallest(stderr: string): Map<string, number> {
  const min = new Map<string, number>();
  for (const [, path, us] of stderr.matchAll(/^(\S+) (\d+)$/gm)) {
    const key = path as string;
    min.set(key, Math.min(min.get(key) ?? Number.POSITIVE_INFINITY, Number(us)));
  }
  return min;
}

describe.each(nodes.slice(0, 1).concat(nodes.slice(-1)))('Node $major', (node) => {
  test('hostile headers and bodies of 64 kB cost about as much as plain ones', async () => {
    const args = [
      url,
      '/plain',
      '/headers-plain',
      ...Array(5)
        .fill(['/plain', '/headers-plain', ...paths])
        .flat(),
    ] as string[];
    const plain = await runPlain(node, program, { args, execArgv });
    const run = await runTraced(node, program, { args, execArgv, conf });
    expect({ ...visible(run), stderr: '' }).toEqual({ ...visible(plain), stderr: '' });
    expect(faultsOf(run)).toEqual([]);
    expect(run.lines.some(({ text }) => text.includes('SECRET-1'))).toBe(false);
    const bodies = run.trace.requests.filter((r) => r.response?.content?.text !== undefined);
    expect(bodies.length).toBeGreaterThan(0);
    const cost = smallest(run.stderr);
    const ofPlain = Math.max(cost.get('/plain') ?? 0, cost.get('/headers-plain') ?? 0);
    const slow = paths.filter((path) => (cost.get(path) ?? 0) > 10 * ofPlain);
    expect(slow).toEqual([]);
  });

  test('above the bound of a tick the part is off, once said, and nothing is written unmasked', async () => {
    const args = [url, '/plain', '/lists', '/plain'];
    const plain = await runPlain(node, program, { args, execArgv });
    const run = await runTraced(node, program, { args, execArgv, conf: { ...conf, maskingMs: 0 } });
    expect({ ...visible(run), stderr: '' }).toEqual({ ...visible(plain), stderr: '' });
    const faults = faultsOf(run);
    expect(faults.map((f) => f.part).sort()).toEqual(['bodies', 'headers']);
    for (const f of faults) expect(f.message).toBe('Error: masking took 0 ms of one tick');
    const [thread] = [...run.store.processes.values()].flatMap((p) => p.threads);
    expect(thread?.faults?.map((f) => f.part).sort()).toEqual(['bodies', 'headers']);
    expect(run.trace.requests).toHaveLength(3);
    // What the first one had was looked through and is there; of the others nothing is.
    expect(run.trace.requests.filter((r) => r.response?.content !== undefined)).toHaveLength(1);
    expect(run.lines.some(({ text }) => text.includes('SECRET-1'))).toBe(false);
  });

  test('above the bound a long text is left in its middle, and nothing of it is written', async () => {
    const args = [url, '/nested', '/plain'];
    const plain = await runPlain(node, program, { args, execArgv });
    const run = await runTraced(node, program, { args, execArgv, conf: { ...conf, maskingMs: 0 } });
    expect({ ...visible(run), stderr: '' }).toEqual({ ...visible(plain), stderr: '' });
    const faults = faultsOf(run);
    expect(faults.map((f) => f.part).sort()).toEqual(['bodies', 'headers']);
    expect(run.trace.requests.map((r) => r.response?.status)).toEqual([200, 200]);
    expect(run.trace.requests.filter((r) => r.response?.content?.text !== undefined)).toEqual([]);
  });
});

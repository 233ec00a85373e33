/**
 * Tries of one call are linked where the client's own objects, headers or calls say that they are; what the program itself
 * calls again is no retry. The server counts the tries.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemsOf, visible } from '../support/check';
import { Observed } from '../support/observe';
import { type NodeVersion, nodes } from '../support/programs/nodes';
import { runPlain } from '../support/programs/program';
import { runTraced } from '../support/programs/run';
import { folder } from './plan';

/** The least Node of each, and whether tries to one URL at the same time are distinguished. */
const clients: Readonly<Record<string, { min: number; apart?: true }>> = {
  axios: { min: 18 },
  ky: { min: 18, apart: true },
  ky2: { min: 22, apart: true },
  ofetch: { min: 18 },
  superagent: { min: 18 },
  aws: { min: 20, apart: true },
  openai: { min: 20 },
  stripe: { min: 20 },
  'p-retry': { min: 20 },
  'async-retry': { min: 18 },
  got11: { min: 18, apart: true },
  got14: { min: 20, apart: true },
  undici6: { min: 18, apart: true },
  undici7: { min: 20, apart: true },
  undici8: { min: 22, apart: true },
};

const tries = new Map<string, number>();
let server: Server;
let base: string;
beforeAll(async () => {
  server = createServer((req, res) => {
    const act = (req.url ?? '').split('/')[1] ?? '';
    const n = (tries.get(act) ?? 0) + 1;
    tries.set(act, n);
    const refuse = act !== 'retried' || n <= 2;
    req.resume().on('end', () => {
      const isXml = req.headers['amz-sdk-request'] !== undefined;
      res.writeHead(refuse ? 503 : 200, { 'content-type': isXml ? 'text/xml' : 'application/json' });
      res.end(isXml ? '<A><GetCallerIdentityResult/></A>' : '{}');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

async function run(node: NodeVersion, name: string, act: string) {
  const program = join(folder, 'retries.mjs');
  const options = { args: [name, base, act], execArgv: ['--no-warnings'] };
  tries.clear();
  const plain = await runPlain(node, program, options);
  const expected = tries.get(act);
  tries.clear();
  const traced = await runTraced(node, program, options);
  expect(visible(traced)).toEqual(visible(plain));
  expect(tries.get(act)).toBe(expected);
  expect(problemsOf(traced)).toEqual([]);
  const seen = new Observed(traced);
  expect(seen.requests).toHaveLength(expected ?? 0);
  return seen;
}

/** The newest Node, and the oldest that the client runs on. */
const ends = (min: number) => {
  const fit = nodes.filter((n) => n.major >= min);
  return [...new Set([fit.at(0), fit.at(-1)])].filter((n) => n !== undefined);
};

describe.each(Object.entries(clients))('%s', (name, { min, apart }) => {
  test.each(ends(min))('a retry is linked to the try before it, Node $major', async (node) => {
    const { requests } = await run(node, name, 'retried');
    expect(tries.get('retried')).toBe(3);
    const [first, second] = requests;
    expect(requests.map((r) => [r.attempt, r.retryOf, r.operation])).toEqual([
      [1, undefined, first?.id],
      [2, first?.id, first?.id],
      [3, second?.id, first?.id],
    ]);
  });

  test.each(ends(min))('a loop of the program is no retry, Node $major', async (node) => {
    const { requests } = await run(node, name, 'loop');
    expect(requests).toHaveLength(3);
    expect(requests.map((r) => [r.attempt, r.retryOf])).toEqual(Array(3).fill([undefined, undefined]));
  });

  test.each(ends(min))('two calls at once: no try is linked twice, Node $major', async (node) => {
    const { requests } = await run(node, name, 'both');
    const linked = requests.flatMap((r) => r.retryOf ?? []);
    expect(new Set(linked).size).toBe(linked.length);
    if (apart) expect(linked).toHaveLength(requests.length - 2);
  });
});

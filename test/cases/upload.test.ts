/**
 * A21: an upload to a server that reads slowly at first. All Nodes at once: each waits for the server most of the time.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { phasesOf } from '../../src/model/phases/phases';
import { problemsOf } from '../support/check';
import { nowUs } from '../support/clock';
import { Observed, only, present } from '../support/observe';
import { nodes } from '../support/programs/nodes';
import { runTraced, type TracedRun } from '../support/programs/run';

const program = join(import.meta.dirname, 'programs/slow-upload.cjs');
const MiB = 1024 * 1024;
const size = 20 * MiB;
/** What the server saw, by the major version in the path. */
const seen = new Map<string, { bytes: number; endAt: number }>();
let server: Server;
const runs = new Map<number, TracedRun>();

beforeAll(async () => {
  server = createServer(async (q, r) => {
    let bytes = 0;
    // 1 MiB a second for two seconds, then as it comes.
    for (let i = 0; i < 20; i++) {
      await sleep(100);
      bytes += (q.read(Math.min(q.readableLength, MiB / 10)) as Buffer | null)?.length ?? 0;
    }
    for await (const d of q) bytes += (d as Buffer).length;
    seen.set(q.url ?? '', { bytes, endAt: nowUs() });
    r.end(String(bytes));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await Promise.all(
    nodes.map(async (node) => {
      runs.set(
        node.major,
        await runTraced(node, program, { env: { SLOW_URL: `${url}/${node.major}` }, compared: true }),
      );
    }),
  );
});
afterAll(() => server.close());

describe.each(nodes)('Node $major', (node) => {
  test('A21: bytes written, the time that the socket took no more, and the last byte', () => {
    const run = present(runs.get(node.major), 'run');
    const truth = present(seen.get(`/${node.major}`), 'server’s view');
    expect(truth.bytes).toBe(size);
    expect(run.stdout).toBe(`${size}\n`);
    expect(run.stderr).toBe('');
    expect(problemsOf(run)).toEqual([]);
    const observed = new Observed(run);
    const r = only(run.trace.requests);
    const body = present(r.body, 'body');
    expect(body).toMatchObject({ bytes: size, declaredBytes: size, wireBytes: size });
    expect(body.drainWaits).toBeGreaterThan(0);
    expect(body.drainDuration).toBeGreaterThan(1_500_000 - run.lateness);
    const sendEnd = present(r.sendEndAt, 'last byte');
    expect(body.lastWriteAt).toBeLessThanOrEqual(sendEnd);
    expect(sendEnd).toBeLessThan(r.responseBeginAt ?? Number.NaN);
    // The kernel had the last byte before the server had; the program hears of it when its turn comes.
    expect(run.zero + sendEnd).toBeLessThan(truth.endAt + observed.tolerance);
    const send = phasesOf(r, run.store).phases.find((p) => p.name === 'send');
    expect(send?.parts).toContainEqual({ name: 'stall', duration: body.drainDuration });
    expect(body.drainDuration).toBeLessThanOrEqual(send?.duration ?? Number.NaN);
    observed.expectNear(run.zero + (r.responseBeginAt ?? 0), truth.endAt);
  });
});

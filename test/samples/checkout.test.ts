/** The checkout sample: prints the same every time, traced or not, and its trace holds what its comments promise. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Request, Trace } from '../../src/model/records';

const root = join(import.meta.dirname, '../..');
const program = join(root, 'samples/checkout/dist/main.js');
const expected = readFileSync(join(import.meta.dirname, 'checkout.txt'), 'utf8');

const node = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: root });

beforeAll(() => node('scripts/setup.mjs'));

test('prints the same every time and ends by itself', async () => {
  const { stdout, stderr } = await node(program);
  expect(stdout).toBe(expected);
  expect(stderr).toBe('');
});

describe('under nettrace run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nettrace-sample-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  let output = '';
  let trace: Trace;
  beforeAll(async () => {
    const file = join(folder, 'checkout.nettrace.json');
    const { stdout } = await node('dist/nettrace.cjs', 'run', '--quiet', '-o', file, '--', process.execPath, program);
    output = stdout;
    trace = JSON.parse(readFileSync(file, 'utf8')) as Trace;
  }, 60_000);

  const pathOf = ({ url = '' }: Request): string => url.replace(/^\w+:\/\/[^/]*/, '');
  /** Those to a path; a path to which there are none is a fault of the test, not an empty list. */
  const to = (path: RegExp): Request[] => {
    const found = trace.requests.filter((request) => path.test(pathOf(request)));
    expect(found, `requests to ${path}`).not.toEqual([]);
    return found;
  };
  const one = (path: RegExp): Request => {
    const [request, ...more] = to(path);
    if (request === undefined || more.length > 0) throw new Error(`${to(path).length} requests to ${path}`);
    return request;
  };
  const fileOf = ({ callSite }: Request): string | undefined => callSite?.source?.file.replace(/^.*[\\/]/, '');

  test('its output is that of an untraced run', () => expect(output).toBe(expected));

  test('every request is there once', () => {
    expect(trace.requests).toHaveLength(60);
    expect(to(/^\/articles/)).toHaveLength(13); // 12 articles, one of them in two hops
    expect(to(/^\/stock/)).toHaveLength(12);
    expect(to(/^\/v1\/intents/)).toHaveLength(7); // two a payment, and one try that was refused
    expect(to(/^\/customers/)).toHaveLength(3);
  });

  test('the worker and the child process are in it, the upstreams are not', () => {
    expect(trace.processes).toHaveLength(2);
    const threads = new Set(to(/^\/tax/).map((request) => request.thread));
    expect([...threads]).toHaveLength(1);
    expect(new Set([...trace.requests].map((request) => request.thread)).size).toBe(3);
    expect(to(/^\/labels/).every((request) => fileOf(request) === 'labelPrinter.ts')).toBe(true);
  });

  test('every request names a line of TypeScript', () => {
    expect(new Set(trace.requests.map(fileOf))).toEqual(
      new Set(
        ['taxWorker', 'prices', 'inventory', 'payment', 'receipt', 'labelPrinter', 'notices'].map((n) => `${n}.ts`),
      ),
    );
    const source = readFileSync(join(root, 'samples/checkout/src/payment.ts'), 'utf8').split('\n');
    for (const request of to(/confirm$/))
      expect(source[(request.callSite?.source?.line ?? 0) - 1]).toContain('confirm');
  });

  test('two connections carry all of the warehouse, and its third request waits for one', () => {
    const requests = [...to(/^\/stock/), ...to(/^\/reservations/)];
    expect(new Set(requests.map((request) => request.connection)).size).toBe(2);
    expect(Math.max(...requests.map((request) => request.ordinal ?? 0))).toBeGreaterThan(5);
    const queued = to(/^\/stock/).filter(
      ({ createdAt = Number.NaN, assignedAt = Number.NaN }) => assignedAt - createdAt > 20_000,
    );
    expect(queued.length).toBeGreaterThanOrEqual(6);
  });

  test('a redirect is two linked hops of one line', () => {
    const first = one(/^\/articles\/kettle/);
    const second = one(/^\/articles-2026\/kettle/);
    expect(first.response?.status).toBe(301);
    expect(second).toMatchObject({ redirectOf: first.id, response: { status: 200 } });
    expect(second.callSite?.source).toEqual(first.callSite?.source);
  });

  test('each failure has its phase and code', () => {
    for (const request of to(/^\/customers/)) {
      expect(request).toMatchObject({ outcome: 'failed', error: { phase: 'tls', code: 'CERT_HAS_EXPIRED' } });
    }
    expect(one(/^\/send/)).toMatchObject({ outcome: 'failed', error: { phase: 'dns' } });
    expect(one(/^\/texts/)).toMatchObject({ outcome: 'failed', error: { phase: 'tcp', code: 'ECONNREFUSED' } });
    expect(one(/^\/loyalty/)).toMatchObject({ outcome: 'aborted' });
    expect(
      to(/confirm$/)
        .map((request) => request.response?.status)
        .sort(),
    ).toEqual([201, 201, 201, 503]);
    expect(one(/^\/coupons/).response?.status).toBe(404);
  });

  test('slow server, slow body, unpacked body, upload and unread body are distinguished', () => {
    // The whole cannot be shorter than what the server took; of it, which part is long, not how long this machine saw it.
    for (const {
      createdAt = Number.NaN,
      sendEndAt = Number.NaN,
      responseBeginAt = Number.NaN,
      endAt = Number.NaN,
      response,
    } of to(/confirm$/)) {
      if (response?.status !== 201) continue;
      expect(responseBeginAt - createdAt).toBeGreaterThan(500_000);
      expect(responseBeginAt - sendEndAt).toBeGreaterThan(endAt - responseBeginAt);
    }
    for (const {
      createdAt = Number.NaN,
      sendEndAt = Number.NaN,
      responseBeginAt = Number.NaN,
      endAt = Number.NaN,
    } of to(/^\/print/)) {
      expect(endAt - createdAt).toBeGreaterThan(300_000);
      expect(endAt - responseBeginAt).toBeGreaterThan(responseBeginAt - sendEndAt);
    }
    for (const { response } of to(/^\/templates/)) {
      expect(response?.contentEncoding).toBe('gzip');
      expect(response?.wireBytes).toBeLessThan(1_000);
    }
    for (const request of to(/^\/print/)) expect(request.body?.bytes).toBeGreaterThan(7_000); // the template, unpacked
    for (const request of to(/^\/archive/)) expect(request.body?.bytes).toBe(72_000);
    for (const request of to(/^\/visits/)) expect(request.outcome).toBe('notRead');
  });
});

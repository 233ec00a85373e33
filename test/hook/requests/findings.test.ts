/** From a running program to what is said of it: findings and verdicts on records that the hook made. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyse } from '../../../src/analysis/analyse';
import { verdictOf } from '../../../src/analysis/verdict/verdict';
import type { Request } from '../../../src/model/records';
import { present } from '../../support/observe';
import { closedPort } from '../../support/ports';
import { nodes } from '../../support/programs/nodes';
import { lineOf } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';

const program = join(import.meta.dirname, '../programs/findings.cjs');
let server: Server;
let port: number;
let closed: number;
/** What the requests for a large body asked for. */
let asked: (string | undefined)[] = [];
beforeAll(async () => {
  const served = new WeakSet();
  server = createServer((req, res) => {
    if (req.url?.startsWith('/large')) {
      asked.push(req.headers['accept-encoding']);
      return void res.end('x'.repeat(req.url === '/large' ? 20_000 : 20));
    }
    if (req.url === '/hang') return;
    if (req.url === '/close') return void res.writeHead(200, { connection: 'close' }).end('bye');
    const limit = { '/stale': 2, '/reset': 5 }[req.url ?? ''];
    if (limit === undefined) return void req.resume().on('end', () => res.end('hello'));
    if (served.has(req.socket)) return void req.socket.resetAndDestroy();
    served.add(req.socket);
    res.setHeader('keep-alive', `timeout=${limit}`);
    res.end('hello');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
  closed = await closedPort();
});
afterAll(() => server.close());

describe.each(nodes)('Node $major', (node) => {
  const run = async (act: string, env: Record<string, string> = {}) => {
    asked = [];
    const { stdout, store } = await runTraced(node, program, {
      args: [act],
      env: { FINDINGS_PORT: String(port), FINDINGS_CLOSED: String(closed), ...env },
    });
    const findings = analyse(store);
    const find = (rule: string) =>
      present(
        findings.find((f) => f.rule === rule),
        `${rule} among ${findings.map((f) => f.rule)}`,
      );
    const verdict = (r: Request | undefined) => verdictOf(present(r, 'request'), store, 0);
    return { stdout, findings, find, verdict, requests: [...store.requests.values()] };
  };

  test('HTTP/2: four of six requests waited for a free stream, as the server allows two; no Agent is blamed', async () => {
    const { find, findings, verdict, requests } = await run('streams');
    expect(requests).toHaveLength(6);
    expect(find('stream-queue')).toMatchObject({ subjects: requests.slice(2).map((r) => r.id), fault: 'unclear' });
    expect(verdict(requests[5])).toMatchObject({ rule: 'streamQueue' });
    expect(findings.map((f) => f.rule)).not.toContain('agent-queue');
  });

  test('HTTP/2: requests that waited for their connection waited for no socket, and for no stream', async () => {
    const { findings, verdict, requests } = await run('setUp');
    expect(requests).toHaveLength(6);
    for (const rule of ['agent-queue', 'stream-queue']) expect(findings.map((f) => f.rule)).not.toContain(rule);
    for (const r of requests) expect(verdict(r).rule).not.toMatch(/Queue$/);
  });

  test('a full thread pool is named, not the resolver', async () => {
    const { stdout, find, verdict, requests } = await run('pool', { UV_THREADPOOL_SIZE: '1' });
    expect(stdout).toBe('ok,ok\n');
    expect(find('dns-thread-pool')).toMatchObject({ fault: 'yourCode', certainty: 'sure' });
    expect(verdict(requests[0])).toMatchObject({ rule: 'threadPool', fault: 'yourCode' });
    expect(verdict(requests[0]).text).toMatch(/^Waited [\d.]+ (m?s )?of [\d.]+ m?s \(\d+ %\) for a thread/);
  });

  test('a connection that the server dropped while it was idle', async () => {
    const { stdout, find, verdict, requests } = await run('stale');
    expect(stdout).toBe('ok\nECONNRESET\n');
    expect(find('stale-keep-alive').text).toMatch(
      /failed on a kept connection: idle [\d.]+ m?s, the server’s limit is 2\.00 s/,
    );
    expect(verdict(requests[1])).toMatchObject({ level: 'failed', rule: 'staleKeepAlive', fault: 'node' });
  });

  test('a server that resets a connection because of the request did not drop an idle one', async () => {
    const { stdout, findings, verdict, requests } = await run('reset');
    expect(stdout).toBe('ok\nECONNRESET\n');
    expect(findings.map((f) => f.rule)).not.toContain('stale-keep-alive');
    expect(verdict(requests[1])).toMatchObject({ level: 'failed', fault: 'unclear', certainty: 'unclear' });
  });

  test('who ended a connection is known without headers, and a socket’s timer that ended nothing is none', async () => {
    const { requests } = await run('closes');
    expect(requests.map((r) => r.closes)).toEqual(['response', 'request', undefined, undefined, undefined]);
    expect(requests.map((r) => r.headers)).toEqual(Array(5).fill(undefined));
    expect(requests.map((r) => r.timeout?.kind)).toEqual([undefined, undefined, undefined, undefined, 'socket']);
    expect(requests[3]).toMatchObject({ outcome: 'aborted' });
  });

  test('a request that was aborted before it was made is no failed lookup', async () => {
    const { stdout, findings, requests } = await run('aborted');
    expect(stdout).toBe('ABORT_ERR\n');
    expect(requests.map((r) => r.outcome)).toEqual(['aborted']);
    expect(findings).toEqual([]);
  });

  test('what was asked for is known where a large response came uncompressed, without its headers', async () => {
    const { requests } = await run('large');
    expect(requests.map((r) => r.asksCompressed)).toEqual([false, true, false, true, undefined]);
    expect(requests.map((r) => r.headers)).toEqual(Array(5).fill(undefined));
    expect(asked).toEqual([undefined, 'gzip, br', 'identity, gzip;q=0', expect.stringContaining('gzip'), undefined]);
  });

  test('short connections, repeated lookups, refused connects: once each, with their count', async () => {
    const { find, findings } = await run('habits');
    expect(find('failed-connects').text).toBe(
      `10 connections to 127.0.0.1:${closed} were refused (ECONNREFUSED), called at findings.cjs:${lineOf(program, 'get')}.`,
    );
    expect(find('repeated-look-ups').title).toBe('localhost was looked up 12 times');
    expect(find('keep-alive-off')).toMatchObject({ fault: 'yourCode', severity: 'info' });
    expect(find('keep-alive-off').text).toMatch(/^12 of 12 requests opened a connection of their own/);
    expect(new Set(findings.map((f) => f.rule)).size).toBe(findings.length);
  });
  test('Nagle’s algorithm: switched on by the program, with its stalls where there were enough', async () => {
    const { find } = await run('nagle');
    const found = find('nagle-delayed-ack');
    expect(found.fault).toBe('yourCode');
    expect(found.evidence).toContainEqual({
      ref: found.subjects[0],
      field: 'options.noDelay',
      what: 'noDelay',
      value: 'false',
    });
    // Linux holds an ACK back for 40 ms, but not each of them on a busy machine.
    if (found.severity === 'warning')
      expect(found.text).toMatch(/^\d times the response came \d+ ms after a small write/);
    else expect(found.text).toMatch(/a small write waits/);
  });
});

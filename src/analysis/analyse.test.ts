/** Each rule: what makes it fire, the near miss that does not, and silence where the data is not there. */

import { Compile } from 'typebox/compile';
import { describe, expect, test } from 'vitest';
import { documentOf } from '../model/document';
import { trace } from '../model/records';
import { finding as findingSchema } from '../model/records/analysis';
import { analyse } from './analyse';
import { analysisVersion } from './base/limits';
import { withFindings } from './document';
import { ruleCases } from './testing/ruleCases';
import { each, failedDials, list, lookups, stale, unresolved } from './testing/ruleRecords';
import { exchange, ms, type Records, rulesOf, site, storeOf } from './testing/store';

describe('rules', () => {
  test.each(ruleCases)('%s fires; its near miss and missing data do not', (rule, fires, nearMiss, unknown) => {
    expect(rulesOf(fires)).toContain(rule);
    expect(rulesOf(nearMiss)).not.toContain(rule);
    expect(rulesOf(unknown)).not.toContain(rule);
  });

  test('every finding follows its schema, has evidence, and fits its line', () => {
    const valid = Compile(findingSchema);
    for (const [, records] of ruleCases) {
      for (const f of analyse(storeOf(records))) {
        expect([...valid.Errors(f)]).toEqual([]);
        expect(f.evidence.length).toBeGreaterThan(0);
        expect(f.text.length).toBeLessThanOrEqual(160);
        expect(f.advice?.length ?? 0).toBeLessThanOrEqual(120);
        expect(`${f.title} ${f.text} ${f.advice}`).not.toMatch(/undefined(?! \w)|NaN|Infinity|\[object/);
      }
    }
  });

  test('failed connects are counted by error and line', () => {
    const refused = failedDials(10, 'ECONNREFUSED');
    const far = failedDials(3, 'EHOSTUNREACH');
    const rename = (id: string | undefined) => `far-${id}`;
    const both: Records = {
      requests: [...(refused.requests ?? []), ...(far.requests ?? []).map((r) => ({ ...r, id: rename(r.id) }))],
      dials: [
        ...(refused.dials ?? []),
        ...(far.dials ?? []).map((d) => ({ ...d, id: rename(d.id), request: rename(d.request), attempts: [] })),
      ],
      connections: [
        ...(refused.connections ?? []),
        ...(far.connections ?? []).map((c) => ({ ...c, id: rename(c.id), dial: rename(c.dial) })),
      ],
    };
    const found = analyse(storeOf(both)).filter((f) => f.rule === 'failed-connects');
    expect(found.map((f) => f.title)).toEqual(['10 connections refused', '3 connections failed: EHOSTUNREACH']);
    expect(found[0]?.text).toBe('10 connections to 10.0.0.7:5432 were refused (ECONNREFUSED), called at shop.ts:31.');
  });

  test('a connection that a pool opened by itself and no request waited for is no error', () => {
    const { connections = [], dials = [] } = failedDials(1, 'ECONNREFUSED', { request: undefined, via: 'undici' });
    const [spare, ...none] = analyse(storeOf({ requests: [exchange(9, 0)], connections, dials }));
    expect(none).toEqual([]);
    expect(spare).toMatchObject({
      severity: 'info',
      text: '1 connection that the pool opened by itself to 10.0.0.7:5432 failed (ECONNREFUSED); no request was affected.',
    });
    expect(spare).not.toHaveProperty('advice');
    // A request that waited for it failed with it, also if another request opened the connection.
    const waited = [{ id: '1-0-9', dial: 'd-0', createdAt: 0, outcome: 'failed' as const, error: { phase: 'tcp' } }];
    expect(analyse(storeOf({ requests: waited, connections, dials }))[0]).toMatchObject({ severity: 'error' });
    // A socket of the program itself, such as a database's, is always somebody's.
    const own = dials.map((d) => ({ ...d, via: 'net' }));
    expect(analyse(storeOf({ connections, dials: own }))[0]).toMatchObject({ severity: 'error' });
  });

  test('failed lookups and 5xx are counted by host and line, each status with its count', () => {
    const [lookup] = analyse(storeOf(each(3, (i) => unresolved(i))));
    expect(lookup).toMatchObject({
      severity: 'error',
      title: 'Host not found: db.internl',
      text: '3 requests to db.internl failed: no such host (ENOTFOUND), called at shop.ts:12.',
    });
    const statuses = [503, 503, 200, 500, 404];
    const answers = each(5, (i) =>
      exchange(i, i * 300, { callSite: site(i === 4 ? 9 : 3), response: { status: statuses[i] as number } }),
    );
    const [errors, ...none] = analyse(storeOf(answers));
    expect(none).toEqual([]);
    expect(errors).toMatchObject({
      severity: 'error',
      text: '3 of 4 requests to https://api.shop.example from shop.ts:3 were answered with 2 × 503, 1 × 500.',
      subjects: ['1-0-0', '1-0-1', '1-0-3'],
    });
    const gateway = each(1, (i) => exchange(i, 0, { response: { status: 504 } }));
    expect(analyse(storeOf(gateway))[0]).toMatchObject({
      fault: 'unclear',
      text: '1 request to https://api.shop.example was answered with 504.',
    });
  });

  test('a program that reuses connections already gets no advice to do so', () => {
    const opened = (reused: boolean): Records => ({
      ...lookups(50),
      lookups: lookups(50).lookups?.map((l, i) => ({ ...l, dial: `d-${i}` })) ?? [],
      dials: list(50, (i) => ({ id: `d-${i}`, connection: `c-${i}`, via: 'agent' as const })),
      connections: list(50, (i) => ({ id: `c-${i}`, dial: `d-${i}` })),
      requests: list(100, (i) =>
        exchange(i, i * 500, { connection: `c-${reused ? Math.floor(i / 2) : i}`, ordinal: reused ? 1 + (i % 2) : 1 }),
      ),
    });
    const advice = (reused: boolean) =>
      analyse(storeOf(opened(reused))).find((f) => f.rule === 'repeated-look-ups')?.advice;
    expect(advice(false)).toContain('keepAlive: true');
    expect(advice(true)).not.toContain('keepAlive: true');
  });

  test('one hint a name, however many lookups', () => {
    const found = analyse(storeOf(lookups(50)));
    expect(found.map((f) => f.title)).toEqual(['api.shop.example was looked up 50 times']);
  });

  test('a stale connection is reported with its idle time and the server’s limit', () => {
    expect(analyse(storeOf(stale()))[0]).toMatchObject({
      text: 'A request to https://api.shop.example failed on a kept connection: idle 480 ms, the server’s limit is 500 ms.',
      fault: 'node',
      certainty: 'sure',
    });
  });

  test('a stale connection is reported only with evidence: near the limit, not acknowledged, or refused by the system', () => {
    const without = (more: object, connection: object) =>
      analyse(storeOf(stale({ bytesSent: 100, ...more }, { keepAliveHint: undefined, ...connection })));
    // The server may have failed on the request itself.
    expect(without({ idleDuration: 113 * ms }, {})).toEqual([]);
    expect(without({ idleDuration: 113 * ms }, { keepAliveHint: { timeout: 5000 * ms } })).toEqual([]);
    expect(without({ idleDuration: 60_000 * ms }, {})).toEqual([]);
    const kernel = (bytesAcked: number) => ({
      bytesSent: 200,
      requestCount: 2,
      kernel: { at: 0, final: true, bytesAcked },
    });
    expect(without({ idleDuration: 60_000 * ms }, kernel(101))[0]).toMatchObject({
      certainty: 'likely',
      fault: 'node',
    });
    expect(without({ idleDuration: 60_000 * ms }, kernel(201))).toEqual([]);
    expect(without({ idleDuration: 113 * ms }, kernel(101))).toEqual([]);
    const write = { phase: 'send', code: 'EPIPE', syscall: 'write' };
    expect(without({ error: write }, {})[0]).toMatchObject({ rule: 'stale-keep-alive', certainty: 'likely' });
    expect(without({ error: write, body: { bytes: 1 } }, {})).toEqual([]);
  });

  test('the advice is that of the client in use', () => {
    const of = (records: Records, rule: string) => analyse(storeOf(records)).find((f) => f.rule === rule);
    const headers = (more: object) =>
      of(
        each(1, (i) => exchange(i, 0, { outcome: 'failed', timeout: { kind: 'headers', limit: 1e6, ...more } })),
        'timeout',
      );
    expect(headers({ client: 'got' })).toMatchObject({
      title: 'Timed out: timeout.response of got of 1.00 s',
      advice: 'Raise `timeout.response` of got, or find out what is slow.',
    });
    expect(headers({})?.advice).not.toMatch(/dispatcher|undici/);
    const fetched = { api: 'fetch', outcome: 'failed', timeout: { kind: 'headers' } } as const;
    expect(of({ requests: [exchange(1, 0, fetched)] }, 'timeout')?.advice).toContain(
      '`headersTimeout` of the dispatcher',
    );
    expect(of(stale({ api: 'http' }), 'stale-keep-alive')?.advice).toContain('Agent');
    expect(of(stale({ api: 'fetch' }), 'stale-keep-alive')?.advice).toContain('`keepAliveTimeout` of the dispatcher');
  });

  test('who asked for compression is not blamed for a server that does not compress', () => {
    const of = (more: object) => {
      const response = { status: 200, contentType: 'application/json', bodyBytes: 100_000 };
      return analyse(storeOf({ requests: [exchange(1, 0, { response, ...more })] }))[0];
    };
    expect(of({ asksCompressed: true })).toMatchObject({ fault: 'server', certainty: 'likely' });
    expect(of({ asksCompressed: false })).toMatchObject({
      fault: 'yourCode',
      advice: expect.stringContaining('http.get'),
    });
    expect(of({})).toMatchObject({ fault: 'unclear', certainty: 'unclear' });
    const headers = (value: string) => [{ name: 'Accept-Encoding', value }];
    expect(of({ headers: headers('gzip, deflate') })).toMatchObject({ fault: 'server' });
    expect(of({ headers: headers('identity') })).toMatchObject({ fault: 'yourCode' });
    expect(of({ headers: [] })).toMatchObject({ fault: 'yourCode' });
  });

  test('four tries are three retries', () => {
    const failing = each(4, (i) => exchange(i, i * 111, { response: { status: 503 } }));
    const storm = analyse(storeOf(failing)).find((f) => f.rule === 'retry-storm');
    expect(storm?.title).toBe('3 retries without backoff');
    expect(storm?.text).toContain('was tried 4 times');
  });

  test('one request that a busy loop held up is enough', () => {
    const one = each(1, () => exchange(1, 1000, { wait: 450, loopBusyDuration: 440 * ms }));
    expect(rulesOf(one)).toContain('event-loop-blocked');
  });

  test('a connection that failed under a request which another connection carried is a note', () => {
    const { connections = [], dials = [] } = failedDials(1, 'ECONNREFUSED', { request: '1-0-9', via: 'agent' });
    const requests = [exchange(9, 0)];
    expect(analyse(storeOf({ requests, connections, dials }))[0]).toMatchObject({ severity: 'info' });
    const failed = [exchange(9, 0, { outcome: 'failed' })];
    expect(analyse(storeOf({ requests: failed, connections, dials }))[0]).toMatchObject({ severity: 'error' });
  });

  test('nothing to say of a healthy trace', () => {
    const healthy = list(1000, (i) =>
      exchange(i, i * 13, {
        connection: `c-${i % 4}`,
        url: 'https://api.shop.example/feed',
        ordinal: 2 + i,
        thread: `1-${i % 3}`,
      }),
    );
    expect(analyse(storeOf({ requests: healthy, connections: list(4, (i) => ({ id: `c-${i}` })) }))).toEqual([]);
  });
});

describe('documents', () => {
  test('carry the findings, valid by the schema; those of today’s rules are kept, others made again', () => {
    const store = storeOf(lookups(50));
    const doc = withFindings(documentOf(store), store);
    expect([...Compile(trace).Errors(doc)]).toEqual([]);
    expect(doc.findings?.map((f) => [f.id, f.rule, f.analysisVersion])).toEqual([
      ['f-1', 'repeated-look-ups', analysisVersion],
    ]);
    const own = [{ ...(doc.findings?.[0] as object), title: 'kept' }] as never;
    store.header = { ...store.header, findings: own };
    expect(withFindings(documentOf(store), store).findings?.[0]?.title).toBe('kept');
    store.header = { ...store.header, findings: [{ ...(own[0] as object), analysisVersion: '0.1' }] as never };
    expect(withFindings(documentOf(store), store).findings?.[0]?.title).toBe('api.shop.example was looked up 50 times');
  });
});

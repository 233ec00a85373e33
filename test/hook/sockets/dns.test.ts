/**
 * Each call of `dns`: what it was asked, what it gave, how long it took and where it was called; and that the program
 * notices nothing. The truth is the program without tracing, and what the name server saw.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { phasesOf } from '../../../src/model/phases/phases';
import type { Lookup } from '../../../src/model/records';
import { problemsOf, visible } from '../../support/check';
import { Observed, only, present } from '../../support/observe';
import { nodes } from '../../support/programs/nodes';
import { lineOf, runPlain } from '../../support/programs/program';
import { runTraced, type TracedRun } from '../../support/programs/run';
import { NameServer } from '../../support/servers/nameServer';
import { Upstream } from '../../support/servers/upstream';

const program = join(import.meta.dirname, '../programs/dns.cjs');
let upstream: Upstream;
let names: NameServer;

beforeAll(async () => {
  upstream = await Upstream.start();
  names = await NameServer.start(({ name, type }) => {
    if (name === 'none.test') return { rcode: 'NXDOMAIN' };
    if (name === 'broken.test') return { rcode: 'SERVFAIL' };
    if (name === 'refused.test') return { rcode: 'REFUSED' };
    if (name.endsWith('.arpa')) return { rcode: 'NXDOMAIN' };
    if (name !== 'a.test') return undefined;
    switch (type) {
      case 'A':
        return { answers: [{ type, name, ttl: 227, data: '192.0.2.7' }] };
      case 'AAAA':
        return { answers: [{ type, name, ttl: 60, data: '2001:db8::7' }] };
      case 'MX':
        return { answers: [{ type, name, ttl: 60, data: { preference: 10, exchange: 'mail.test' } }] };
      case 'TXT':
        return { answers: [{ type, name, ttl: 60, data: ['one "x"'] }] };
      case 'SRV':
        return { answers: [{ type, name, ttl: 60, data: { priority: 1, weight: 2, port: 3, target: 's.test' } }] };
      case 'ANY' as typeof type:
        return {
          answers: [
            { type: 'A', name, ttl: 227, data: '192.0.2.7' },
            { type: 'NS', name, ttl: 60, data: 'ns.test' },
          ],
        };
      case 'SOA':
        return {
          answers: [
            {
              type,
              name,
              ttl: 60,
              data: { mname: 'ns.test', rname: 'me.test', serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 },
            },
          ],
        };
      default:
        return {};
    }
  });
});
afterAll(async () => {
  await upstream.close();
  await names.close();
});

describe.each(nodes)('Node $major', (node) => {
  const env = () => ({ ...upstream.environment, DNS_PORT: String(names.port), UP_HTTP: upstream.urls.http });
  /** Without `compared` the program is not run without tracing. */
  const seen = async (
    act: string,
    compared = true,
    more: Record<string, string> = {},
  ): Promise<[TracedRun, Lookup[]]> => {
    const options = { args: [act], execArgv: ['--no-deprecation'], env: { ...env(), ...more } };
    const plain = compared ? await runPlain(node, program, options) : undefined;
    const run = await runTraced(node, program, options);
    if (plain) expect(visible(run)).toEqual(visible(plain));
    expect(problemsOf(run)).toEqual([]);
    return [run, [...run.store.lookups.values()].sort((a, b) => (a.beginAt ?? 0) - (b.beginAt ?? 0))];
  };
  /** The lookup that was made in the line with the mark. */
  const at = (lookups: Lookup[], mark: string): Lookup =>
    present(
      lookups.find((l) => l.callSite?.file === program && l.callSite.line === lineOf(program, mark)),
      `lookup @${mark}`,
    );

  test('lookup', async () => {
    const [run, lookups] = await seen('lookup', true, { NODE_OPTIONS: '--dns-result-order=ipv4first' });
    const answer = { call: 'lookup', hostname: 'localhost', answeredBy: 'getaddrinfo' };
    expect(lookups).toHaveLength(5);
    expect(at(lookups, 'callback')).toMatchObject({ ...answer, options: { order: 'ipv4first' }, inFlight: 0 });
    expect(at(lookups, 'options')).toMatchObject({ ...answer, options: { all: true, family: 4 } });
    expect(at(lookups, 'options').options?.hints).toBeGreaterThan(0);
    expect(at(lookups, 'family')).toMatchObject({ ...answer, options: { family: 4 } });
    expect(at(lookups, 'promise')).toMatchObject({ ...answer, options: { all: true, order: 'verbatim' } });
    expect(at(lookups, 'promisified')).toMatchObject(answer);
    for (const l of lookups) {
      expect(l.addresses?.[0]?.address).toMatch(/^(127\.0\.0\.1|::1)$/);
      expect((l.endAt ?? Number.NaN) - (l.beginAt ?? Number.NaN)).toBeGreaterThan(0);
      expect(l.dial).toBeUndefined();
    }
    expect(run.trace.counts.lookups).toBe(5);
  });

  test('resolve, Resolver, reverse, lookupService', async () => {
    const [, lookups] = await seen('resolve');
    const servers = [`127.0.0.1:${names.port}`];
    const record = { name: 'a.test', class: 'IN' };
    const given = { hostname: 'a.test', servers, answeredBy: 'network', rcode: 'no-error' };
    expect(at(lookups, 'ttl')).toMatchObject({
      ...given,
      call: 'resolve4',
      options: { type: 'A' },
      records: [{ ...record, type: 'A', ttl: 227, value: '192.0.2.7' }],
      addresses: [{ address: '192.0.2.7', family: 4, ttl: 227 }],
    });
    // The time to live is known only where the program got it.
    expect(at(lookups, 'plain').records).toEqual([{ ...record, type: 'AAAA', value: '2001:db8::7' }]);
    const values = (mark: string) => at(lookups, mark).records?.map((r) => [r.type, r.value]);
    expect(values('mx')).toEqual([['MX', '10 mail.test']]);
    expect(values('txt')).toEqual([['TXT', '"one \\"x\\""']]);
    expect(values('srv')).toEqual([['SRV', '1 2 3 s.test']]);
    expect(values('soa')).toEqual([['SOA', 'ns.test me.test 1 2 3 4 5']]);
    expect(values('any')).toEqual([
      ['A', '192.0.2.7'],
      ['NS', 'ns.test'],
    ]);
    const failure = (mark: string) => {
      const l = at(lookups, mark);
      return [l.rcode, l.error?.code, l.error?.phase, l.records, l.addresses];
    };
    expect(failure('none')).toEqual(['non-existent-domain', 'ENOTFOUND', 'dns', undefined, undefined]);
    expect(failure('broken')).toEqual(['server-fail', 'ESERVFAIL', 'dns', undefined, undefined]);
    expect(failure('refused')).toEqual(['query-refused', 'EREFUSED', 'dns', undefined, undefined]);
    expect(failure('silent')).toEqual([undefined, 'ETIMEOUT', 'dns', undefined, undefined]);
    expect(at(lookups, 'reverse')).toMatchObject({ call: 'reverse', hostname: '10.1.2.3', options: { type: 'PTR' } });
    expect(at(lookups, 'module')).toMatchObject(given);
    expect(at(lookups, 'service')).toMatchObject({ call: 'lookupService', hostname: '127.0.0.1' });
    expect(at(lookups, 'service').endAt).toBeDefined();
    expect(at(lookups, 'service').service).toEqual({ port: 80, hostname: 'localhost', name: 'http' });
    expect(lookups).toHaveLength(14);
  });

  test('promises settle in the same order of jobs', async () => {
    const [, lookups] = await seen('order');
    expect(lookups.map((l) => l.error?.code ?? l.answeredBy).sort()).toEqual(
      [...Array(4).fill('ECANCELLED'), 'EBADNAME', 'EINVAL', 'EBADNAME', 'getaddrinfo'].sort(),
    );
  });

  test('a rejection that nobody handles stays one', async () => {
    const [run, lookups] = await seen('unhandled');
    expect(run.stdout).toBe('unhandled "ENOTFOUND" true\n');
    expect(only(lookups).rcode).toBe('non-existent-domain');
  });

  test('A43: the lookup waits for the only thread of the pool', async () => {
    const options = { args: ['pool'], env: { ...env(), UV_THREADPOOL_SIZE: '1' }, compared: true };
    const run = await runTraced(node, program, options);
    expect(problemsOf(run)).toEqual([]);
    const lookup = only([...run.store.lookups.values()]);
    const [beginAt, endAt] = [present(lookup.beginAt, 'begin'), present(lookup.endAt, 'end')];
    const wait = present(lookup.poolWaitDuration, 'wait for the pool');
    // From the call until the thread was done with what it did before, as the program heard of it.
    const truth = Number(run.stdout) - (run.zero + beginAt);
    expect(truth).toBeGreaterThan(50_000);
    new Observed(run).expectNear(wait, truth);
    expect(wait).toBeLessThanOrEqual(endAt - beginAt);
    expect(lookup.by).toEqual({ poolWaitDuration: 'hook' });
    const request = only(run.trace.requests);
    expect(request.outcome).toBe('complete');
    const dns = present(
      phasesOf(request, run.store).phases.find((p) => p.name === 'dns'),
      'dns',
    );
    expect(dns.parts).toMatchObject([{ name: 'poolWait', duration: wait }]);
  });

  test('busy itself, the program does not wait for the pool', async () => {
    const [, lookups] = await seen('busy', false);
    expect(only(lookups).poolWaitDuration).toBeUndefined();
  });

  test('a program that watches lookups sees its own only', async () => {
    const [run] = await seen('observed');
    expect(run.stdout).toMatch(/seen \[\["lookup","localhost"\]\]/);
  });

  test('DNS that the program speaks by its own socket', async () => {
    names.asked.length = 0;
    const [run] = await seen('speaks');
    const exchanges = [...run.store.dnsExchanges.values()].sort((a, b) => (a.beginAt ?? 0) - (b.beginAt ?? 0));
    expect(
      exchanges.map((x) => [x.queries?.[0]?.id, x.queries?.[0]?.questions[0]?.name, x.replies?.[0]?.rcode]),
    ).toEqual([
      [700, 'a.test', 'no-error'],
      [701, 'a.test', 'no-error'],
      [702, 'silent.test', undefined],
      [703, 'none.test', 'non-existent-domain'],
    ]);
    expect(exchanges[0]?.replies?.[0]?.answers).toEqual([
      { name: 'a.test', type: 'A', class: 'IN', ttl: 227, value: '192.0.2.7' },
    ]);
    const socket = present(run.store.connections.get(exchanges[0]?.connection ?? ''), 'socket');
    expect(socket).toMatchObject({ kind: 'udp', protocol: 'dns', datagramsSent: 4, datagramsReceived: 3 });
    expect(socket.fromResolver).toBeUndefined();
    expect(exchanges.every((x) => x.connection === socket.id && x.server?.port === names.port)).toBe(true);
    expect([...run.store.dials.values()].map((d) => d.callSite?.line)).toContain(lineOf(program, 'speaks'));
  });

  test('DNS that the program speaks over TCP, and what is none', async () => {
    const [run] = await seen('speaksTcp');
    const exchanges = [...run.store.dnsExchanges.values()].sort((a, b) => (a.beginAt ?? 0) - (b.beginAt ?? 0));
    expect(
      exchanges.map((x) => [x.queries?.[0]?.id, x.queries?.[0]?.questions[0]?.name, x.replies?.[0]?.rcode]),
    ).toEqual([
      [710, 'a.test', 'no-error'],
      [711, 'none.test', 'non-existent-domain'],
      [712, 'a.test', 'no-error'],
      [713, 'silent.test', undefined],
      [714, 'a.test', 'no-error'],
    ]);
    for (const x of exchanges) {
      expect(x).toMatchObject({ transport: 'tcp', server: { address: '127.0.0.1', port: names.port } });
      expect(run.store.connections.get(x.connection ?? '')).toMatchObject({ kind: 'tcp', protocol: 'dns' });
    }
    const asked = names.asked.filter((a) => a.transport === 'tcp').slice(-5);
    expect(exchanges.map((x) => x.queries?.[0]?.size)).toEqual(asked.map((a) => a.size));
    expect(exchanges.map((x) => x.replies?.[0]?.size)).toEqual(asked.map((a) => a.replySize));
    expect(exchanges[0]?.replies?.[0]?.answers[0]).toMatchObject({ ttl: 227, value: '192.0.2.7' });
    const dial = present(
      run.trace.dials.find((d) => d.connection === exchanges[0]?.connection),
      'dial',
    );
    expect(dial.callSite?.line).toBe(lineOf(program, 'speaksTcp'));
    expect(run.trace.connections.map((c) => c.protocol)).toEqual(['dns', 'dns', undefined, undefined, undefined]);
  });

  test('M039: a literal is not looked up; a function of the program answers by itself', async () => {
    const [run, lookups] = await seen('origins', false);
    expect(run.trace.requests).toHaveLength(2);
    expect(only(lookups)).toMatchObject({
      hostname: 'cached.test',
      call: 'custom',
      answeredBy: 'custom',
      addresses: [{ address: '127.0.0.1', family: 4 }],
    });
  });

  test('M041: 50 connections make 50 lookups', async () => {
    const [run, lookups] = await seen('many', false);
    expect(lookups).toHaveLength(50);
    expect(run.trace.counts.lookups).toBe(50);
    expect(lookups.every((l) => l.hostname === 'localhost' && l.inFlight === 0 && l.dial !== undefined)).toBe(true);
  });
});

/**
 * The hook's own resolver: what it asked and received is in the trace as the name server saw it, what the program gets
 * is what it would get, and what it cannot do is left to the system.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eveText } from '../../../src/formats/eve/write';
import type { DnsExchange, Lookup } from '../../../src/model/records';
import { problemsOf } from '../../support/check';
import { only, present } from '../../support/observe';
import { nodes } from '../../support/programs/nodes';
import { runTraced, type TracedRun } from '../../support/programs/run';
import { NameServer, type Said } from '../../support/servers/nameServer';

const program = join(import.meta.dirname, '../programs/resolver.cjs');
const folder = mkdtempSync(join(tmpdir(), 'nettrace-resolver-'));
let names: NameServer;
let web: Server;

/** 127.0.0.2 refuses, 127.0.0.3 says nothing. */
const zone = (name: string, type: string, at: string, transport: string): Said | undefined => {
  if (at === '127.0.0.2') return { rcode: 'REFUSED' };
  if (at === '127.0.0.3') return undefined;
  switch (name) {
    case 'web.test':
      if (type === 'AAAA') return {};
      return {
        authoritative: true,
        answers: [
          { type: 'CNAME', name, ttl: 300, data: 'host.test' },
          { type: 'A', name: 'host.test', ttl: 227, data: '127.0.0.1' },
        ],
      };
    case 'both.test':
      return type === 'A'
        ? { answers: [{ type: 'A', name, ttl: 10, data: '127.0.0.1' }] }
        : { answers: [{ type: 'AAAA', name, ttl: 20, data: '::1' }] };
    case 'short.sub.test':
      return type === 'A' ? { answers: [{ type: 'A', name, ttl: 10, data: '127.0.0.1' }] } : {};
    case 'long.test':
      if (transport === 'udp') return { truncated: true };
      return type === 'A' ? { answers: [{ type: 'A', name, ttl: 10, data: '127.0.0.1' }] } : {};
    case 'broken.test':
      return { rcode: 'SERVFAIL' };
    case 'refused.test':
      return { rcode: 'REFUSED' };
    case 'silent.test':
      return undefined;
    case 'half.test':
      return type === 'A' ? { answers: [{ type: 'A', name, ttl: 10, data: '127.0.0.1' }] } : { rcode: 'SERVFAIL' };
    default:
      return { rcode: 'NXDOMAIN' };
  }
};

beforeAll(async () => {
  names = await NameServer.start(
    ({ name, type }, { at, transport }) => zone(name, type, at, transport),
    ['127.0.0.1', '127.0.0.2', '127.0.0.3'],
  );
  web = createServer((_, r) => r.end('hello'));
  await new Promise<void>((r) => web.listen(0, '127.0.0.1', r));
  writeFileSync(join(folder, 'hosts'), '127.0.0.1 localhost filed.test\n');
  writeFileSync(join(folder, 'nsswitch.conf'), 'hosts: files dns\n');
});
beforeEach(() => {
  names.asked.length = 0;
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  web.close();
  await names.close();
});

interface Options {
  resolvConf?: string;
  nsswitch?: string;
  conf?: object;
}

async function traced(node: (typeof nodes)[number], args: string[], o: Options = {}): Promise<TracedRun> {
  const { resolvConf = 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n', nsswitch } = o;
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const resolverFiles = {
    resolvConf: resolvConf === '' ? join(folder, 'none') : file('resolv.conf', resolvConf),
    hosts: join(folder, 'hosts'),
    nsswitch: nsswitch === undefined ? join(folder, 'nsswitch.conf') : file('nsswitch', nsswitch),
    port: names.port,
  };
  const run = await runTraced(node, program, {
    args,
    env: { WEB_PORT: String((web.address() as AddressInfo).port) },
    conf: { dnsResolver: true, resolverFiles, ...o.conf },
  });
  expect(run.stderr).toBe('');
  expect(problemsOf(run)).toEqual([]);
  return run;
}

const exchangesOf = (run: TracedRun, l?: Lookup): DnsExchange[] =>
  (run.trace.dnsExchanges ?? []).filter((x) => l === undefined || x.lookup === l.id);
const lookupOf = (run: TracedRun, host: string): Lookup =>
  present(
    run.trace.lookups.find((l) => l.hostname === host),
    `lookup of ${host}`,
  );
const sourceOf = (run: TracedRun) => run.trace.sources.find((s) => s.name === 'resolver');

describe.each(nodes)('Node $major', (node) => {
  test('both families of a name: lookup, messages and sockets as the server saw them', async () => {
    const run = await traced(node, ['get', 'web.test'], {
      resolvConf: 'nameserver 127.0.0.1\noptions edns0\n',
    });
    expect(run.stdout).toBe('web.test 200\n');
    const lookup = only(run.trace.lookups);
    const dial = only(run.trace.dials);
    expect(lookup).toMatchObject({
      call: 'lookup',
      dial: dial.id,
      answeredBy: 'network',
      rcode: 'no-error',
      servers: ['127.0.0.1'],
      addresses: [{ address: '127.0.0.1', family: 4, ttl: 227 }],
    });
    const exchanges = exchangesOf(run, lookup);
    expect(exchanges.map((x) => x.queries?.[0]?.questions[0]?.type).sort()).toEqual(['A', 'AAAA']);
    expect(names.asked).toHaveLength(2);
    for (const asked of names.asked) {
      const x = present(
        exchanges.find((e) => e.queries?.[0]?.id === asked.id),
        'exchange',
      );
      expect(x).toMatchObject({ transport: 'udp', server: { address: '127.0.0.1', port: names.port } });
      expect(x.queries).toMatchObject([
        {
          recursionDesired: true,
          truncated: false,
          size: asked.size,
          optUdpPayloadSize: 1200,
          questions: [{ name: 'web.test', type: asked.type, class: 'IN' }],
        },
      ]);
      const own = { recursionAvailable: true, authoritative: asked.type === 'A', truncated: false, rcode: 'no-error' };
      expect(x.replies).toMatchObject([{ id: asked.id, size: asked.replySize, ...own }]);
      const c = present(
        run.trace.connections.find((one) => one.id === x.connection),
        'socket',
      );
      expect(c).toMatchObject({
        kind: 'udp',
        dial: dial.id,
        fromResolver: true,
        protocol: 'dns',
        remote: { address: '127.0.0.1', port: names.port },
        bytesSent: asked.size,
        bytesReceived: asked.replySize,
        datagramsSent: 1,
        datagramsReceived: 1,
        closedBy: 'local',
      });
      expect(c.local?.port).toBe(asked.remotePort);
      expect(c.closedAt).toBeLessThanOrEqual((lookup.endAt ?? Number.NaN) + 1);
    }
    expect(exchanges.flatMap((x) => x.replies?.[0]?.answers ?? [])).toEqual([
      { name: 'web.test', type: 'CNAME', class: 'IN', ttl: 300, value: 'host.test' },
      { name: 'host.test', type: 'A', class: 'IN', ttl: 227, value: '127.0.0.1' },
    ]);
    // Its own sockets are none of the program's connections.
    expect(run.trace.counts.connections).toBe(1);
    expect(sourceOf(run)?.state).toBe('on');
    const eve = JSON.parse(eveText(run.trace)) as { dnsQueries: unknown[]; udpConns: { fromResolver?: boolean }[] };
    expect(eve.dnsQueries).toHaveLength(2);
    expect(eve.udpConns.map((c) => c.fromResolver)).toEqual([true, true]);
  });

  test('M038: no such name, server failure, refusal and silence are distinguished', async () => {
    const run = await traced(node, ['get', 'none.test', 'broken.test', 'refused.test', 'silent.test']);
    const reported = (host: string) => {
      const l = lookupOf(run, host);
      return [l.error?.code, l.rcode, l.error?.phase, exchangesOf(run, l)[0]?.error?.code];
    };
    expect(reported('none.test')).toEqual(['ENOTFOUND', 'non-existent-domain', 'dns', undefined]);
    expect(reported('broken.test')).toEqual(['EAI_AGAIN', 'server-fail', 'dns', undefined]);
    expect(reported('refused.test')).toEqual(['EAI_AGAIN', 'query-refused', 'dns', undefined]);
    expect(reported('silent.test')).toEqual(['EAI_AGAIN', undefined, 'dns', 'ETIMEOUT']);
    const { requests, dials, connections } = run.trace;
    expect(requests.map((r) => [r.outcome, r.error?.phase])).toEqual(Array(4).fill(['failed', 'dns']));
    expect(dials.map((d) => d.error?.phase)).toEqual(Array(4).fill('dns'));
    expect(new Set(connections.map((c) => c.fromResolver))).toEqual(new Set([true]));
  });

  test('a truncated reply is asked for again over TCP', async () => {
    const run = await traced(node, ['get', 'long.test']);
    const exchanges = exchangesOf(run);
    expect(exchanges.map((x) => x.transport).sort()).toEqual(['tcp', 'tcp', 'udp', 'udp']);
    for (const x of exchanges.filter((e) => e.transport === 'tcp')) {
      const first = present(
        exchanges.find((e) => e.id === x.followUpOf),
        'first exchange',
      );
      expect(first.replies?.[0]?.truncated).toBe(true);
      expect(first.queries?.[0]?.questions).toEqual(x.queries?.[0]?.questions);
      const c = run.trace.connections.find((one) => one.id === x.connection);
      expect(c).toMatchObject({ kind: 'tcp', fromResolver: true, connect: { result: 'connected' }, protocol: 'dns' });
    }
    expect(lookupOf(run, 'long.test').addresses).toMatchObject([{ address: '127.0.0.1' }]);
  });

  test('names of the search list; one family is enough', async () => {
    const run = await traced(node, ['lookup', 'short', 'half.test'], {
      resolvConf: 'nameserver 127.0.0.1\nsearch none.test sub.test\n',
    });
    const asked = (host: string) => [
      ...new Set(exchangesOf(run, lookupOf(run, host)).map((x) => x.queries?.[0]?.questions[0]?.name)),
    ];
    expect(asked('short')).toEqual(['short.none.test', 'short.sub.test']);
    expect(asked('half.test')).toEqual(['half.test']);
    expect(run.stdout).toBe(
      'short [[{"address":"127.0.0.1","family":4}]]\nhalf.test [[{"address":"127.0.0.1","family":4}]]\n',
    );
  });

  test('hosts file and literals: nothing is asked', async () => {
    const run = await traced(node, ['lookup', 'filed.test', '127.0.0.1']);
    expect(run.stdout).toContain('filed.test [[{"address":"127.0.0.1","family":4}]]');
    expect(only(run.trace.lookups)).toMatchObject({ hostname: 'filed.test', answeredBy: 'hosts' });
    expect(run.trace.dnsExchanges ?? []).toEqual([]);
    expect(names.asked).toEqual([]);
  });

  test('an error of the callback is the program’s, its context too; it ends as soon as it may', async () => {
    const run = await traced(node, ['throws', 'both.test']);
    expect(run.stdout).toBe('uncaught "mine"\nleft []\n');
    const forms = await traced(node, ['forms', 'both.test']);
    expect(forms.stdout).toContain('context ["mine"]');
    expect(forms.stdout).toContain('v4 first [[{"address":"127.0.0.1","family":4},{"address":"::1","family":6}]]');
    expect(forms.stdout).toContain('6 ["::1",6]');
    expect(forms.stdout).toContain('promise {"address":"::1","family":6}');
  });
});

test('servers in turn, with what was wrong with those passed over', async () => {
  const node = present(nodes.at(-1), 'a Node');
  const run = await traced(node, ['lookup', 'both.test'], {
    resolvConf: 'nameserver 127.0.0.2\nnameserver 127.0.0.3\nnameserver 127.0.0.1\noptions timeout:1 attempts:1\n',
  });
  expect(only(run.trace.lookups)).toMatchObject({
    servers: ['127.0.0.2', '127.0.0.3', '127.0.0.1'],
    skippedServers: [
      { server: '127.0.0.2', why: 'query-refused' },
      { server: '127.0.0.3', why: 'timeout' },
    ],
    addresses: [
      { address: '::1', ttl: 20 },
      { address: '127.0.0.1', ttl: 10 },
    ],
  });
  expect(exchangesOf(run)).toHaveLength(6);
});

describe('what is left to the system', () => {
  const node = present(nodes.at(-1), 'a Node');
  test.each([
    ['other sources of names', { nsswitch: 'hosts: files ldap dns\n' }, 'names come from ldap too'],
    ['no servers', { resolvConf: '' }, 'no /etc/resolv.conf'],
  ])('%s', async (_, options, why) => {
    const run = await traced(node, ['lookup', 'localhost.nowhere.invalid'], options);
    expect(sourceOf(run)).toMatchObject({ state: 'unavailable' });
    expect(sourceOf(run)?.detail).toContain(why);
    expect(run.lines.filter(({ text }) => text.includes('"reason":"resolver"'))).toHaveLength(1);
    expect(names.asked).toEqual([]);
    expect(only(run.trace.lookups).rcode).toBeUndefined();
  });

  test('off: nothing of it is there', async () => {
    const run = await traced(node, ['lookup', 'localhost'], { conf: { dnsResolver: false } });
    expect(run.trace.dnsExchanges).toBeUndefined();
    expect(JSON.parse(eveText(run.trace))).toMatchObject({ dnsQueries: [] });
  });
});

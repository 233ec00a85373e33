import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseHosts } from '../../../model/base/hosts';
import { parseResolvConf, parseSwitch } from './config';
import { ordered } from './order';
import { candidatesOf } from './search';

describe('resolv.conf', () => {
  test('servers, search list and options', () => {
    const text =
      '# by hand\nnameserver 10.0.0.1\nnameserver fe80::1%eth0 ; second\nnameserver nonsense\nnameserver 10.0.0.3\n' +
      'nameserver 10.0.0.4\nsearch one.test two.test\noptions ndots:2 timeout:3 attempts:4 rotate edns0 no-such:9 use-vc\n';
    expect(parseResolvConf(text, '', 'host')).toEqual({
      servers: ['10.0.0.1', 'fe80::1%eth0', '10.0.0.3'],
      search: ['one.test', 'two.test'],
      ndots: 2,
      timeoutMs: 3000,
      attempts: 4,
      rotate: true,
      optSize: 1200,
      useTcp: true,
      noAaaa: false,
    });
  });

  test('what is not said: this machine asks itself, in its own domain', () => {
    expect(parseResolvConf('', '', 'host.corp.test')).toMatchObject({
      servers: ['127.0.0.1'],
      search: ['corp.test'],
      ndots: 1,
      timeoutMs: 5000,
      attempts: 2,
      optSize: 0,
    });
  });

  test('the later of domain and search counts, options of the environment come last', () => {
    const c = parseResolvConf('search a.test\ndomain b.test\noptions ndots:3', 'ndots:5 timeout:99', 'h');
    expect(c).toMatchObject({ search: ['b.test'], ndots: 5, timeoutMs: 30_000 });
  });

  test('any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, env) => {
        const c = parseResolvConf(`nameserver ${text}\noptions ${env}\n${text}`, env, 'h');
        expect(c.servers.length).toBeGreaterThan(0);
        expect(Number.isSafeInteger(c.ndots + c.attempts + c.timeoutMs)).toBe(true);
      }),
    );
  });
});

test('names in the order of the search list', () => {
  const c = parseResolvConf('search one.test two.test\noptions ndots:2', '', 'h');
  expect(candidatesOf('a', c)).toEqual(['a.one.test', 'a.two.test', 'a']);
  expect(candidatesOf('a.b.c', c)).toEqual(['a.b.c', 'a.b.c.one.test', 'a.b.c.two.test']);
  expect(candidatesOf('a.', c)).toEqual(['a']);
  expect(candidatesOf('a..b.c', c)).toEqual([]);
});

test.each([
  ['hosts: files dns', true, ''],
  ['hosts:  files mdns4_minimal [NOTFOUND=return] dns # x', true, ''],
  ['hosts: files myhostname resolve [!UNAVAIL=return] dns', true, ''],
  ['passwd: files', true, ''],
  ['hosts: dns', false, ''],
  ['hosts: files', true, 'names do not come from DNS'],
  ['hosts: files ldap dns', true, 'names come from ldap too'],
])('nsswitch.conf: %s', (text, files, foreign) => {
  expect(parseSwitch(text)).toMatchObject({ files, foreign });
});

test('hosts file', () => {
  const hosts = parseHosts('127.0.0.1 localhost Box # me\n::1 localhost\n127.0.0.1 localhost\nbroken x\n10.0.0.1\n');
  expect(hosts.get('localhost')).toEqual([
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]);
  expect(hosts.get('box')).toEqual([{ address: '127.0.0.1', family: 4 }]);
  expect(hosts.get('x')).toBeUndefined();
});

describe('order of addresses', () => {
  const of = (...list: string[]) => list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const order = (list: string[], has: { v4: boolean; v6: boolean }) => ordered(of(...list), has).map((f) => f.address);

  test('IPv6 first where there is a way, last where there is none; loopback always is one', () => {
    const list = ['192.0.2.1', '2606::1', '192.0.2.2'];
    expect(order(list, { v4: true, v6: true })).toEqual(['2606::1', '192.0.2.1', '192.0.2.2']);
    expect(order(list, { v4: true, v6: false })).toEqual(['192.0.2.1', '192.0.2.2', '2606::1']);
    expect(order(['127.0.0.1', '::1'], { v4: false, v6: false })).toEqual(['::1', '127.0.0.1']);
  });

  test('addresses of a site, and tunnels, come behind IPv4', () => {
    expect(order(['fd00::1', '192.0.2.1', '2002::1', '2001::1'], { v4: true, v6: true })).toEqual([
      '192.0.2.1',
      '2002::1',
      '2001::1',
      'fd00::1',
    ]);
  });
});

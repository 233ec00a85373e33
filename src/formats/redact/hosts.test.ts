import { expect, test } from 'vitest';
import { hostOf, isLoopback, isPrivate } from '../../analysis/base/places';
import { Hosts } from './hosts';
import { Tokens } from './tokens';

const hosts = () => new Hosts(new Tokens());

test('a name keeps its number of labels, and the ends that it shares with others', () => {
  const h = hosts();
  const [api, web, corp, other] = ['api.pay.corp.com', 'web.pay.corp.com', 'corp.com', 'api.pay.corp.net'].map((n) =>
    h.host(n),
  );
  expect(api).toMatch(/^h-[0-9a-f]{6}\.h-[0-9a-f]{6}\.h-[0-9a-f]{6}\.example$/);
  expect(web?.split('.').slice(1)).toEqual(api?.split('.').slice(1));
  expect(api?.endsWith(`.${corp}`)).toBe(true);
  expect(other?.endsWith(`.${corp}`)).toBe(false);
  expect(h.host('API.pay.corp.com')).toBe(api);
  expect(h.host('api.pay.corp.com.')).toBe(`${api}.`);
  expect(h.host('*.pay.corp.com')).toBe(`*.${api?.split('.').slice(1).join('.')}`);
});

test.each([
  ...[
    'localhost',
    'app.localhost',
    '127.0.0.1',
    '127.8.9.1',
    '::1',
    '[::1]',
    'db',
    'db.local',
    'a.b.internal',
    'nas.lan',
  ],
  ...[
    'x.home.arpa',
    '10.1.2.3',
    '172.16.0.9',
    '172.32.0.9',
    '192.168.1.1',
    '169.254.3.4',
    'fc00::1',
    'fe80::1',
    '8.8.8.8',
  ],
  ...['example.com', '2600::1', '100.64.0.1', '1.1.1.1.example.com', 'x', ''],
])('%s is as near as before', (name) => {
  const copy = hosts().host(name);
  const of = (text: string) => hostOf(`http://${text.includes(':') && !text.startsWith('[') ? `[${text}]` : text}/`);
  expect([isLoopback(of(copy)), isPrivate(of(copy))]).toEqual([isLoopback(of(name)), isPrivate(of(name))]);
});

test('many addresses and names: each has its own', () => {
  const h = hosts();
  const addresses = Array.from({ length: 3000 }, (_, n) => `8.${n >> 8}.${n & 255}.7`);
  expect(new Set(addresses.map((a) => h.address(a))).size).toBe(3000);
  const names = Array.from({ length: 20_000 }, (_, n) => `n${n}.corp.com`);
  expect(new Set(names.map((a) => h.host(a))).size).toBe(20_000);
});

test('a name of very many labels is bounded, and still its own', () => {
  const h = hosts();
  const [a, b] = ['a', 'b'].map((first) => h.host(`${first}.${'x.'.repeat(60)}com`));
  expect(a?.split('.')).toHaveLength(9);
  expect(a).not.toBe(b);
});

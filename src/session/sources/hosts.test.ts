import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Lookup } from '../../model/records';
import { scratch } from '../testing/scratch';
import { Hosts } from './hosts';

const file = join(scratch(), 'hosts');
writeFileSync(file, '127.0.0.1 localhost Box # here\n::1 localhost\nnonsense x\n');
const hosts = new Hosts(file);

const lookup = (hostname: string, addresses: string[], more: Partial<Lookup> = {}): Lookup => ({
  id: '1-0-1',
  thread: '1-0',
  hostname,
  answeredBy: 'getaddrinfo',
  addresses: addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  ...more,
});

test.each([
  ['localhost', ['127.0.0.1'], 'hosts'],
  ['LOCALHOST.', ['::1', '127.0.0.1'], 'hosts'],
  ['box', ['127.0.0.1'], 'hosts'],
  ['box', ['127.0.0.1', '10.0.0.1'], 'getaddrinfo'],
  ['x', ['127.0.0.1'], 'getaddrinfo'],
  ['other.test', ['127.0.0.1'], 'getaddrinfo'],
  ['localhost', [], 'getaddrinfo'],
])('%s %j: %s', (name, addresses, origin) => {
  const placed = hosts.placed(lookup(name, addresses));
  expect(placed.answeredBy).toBe(origin);
  expect(placed.by).toEqual(origin === 'hosts' ? { answeredBy: 'analysis' } : undefined);
});

test('an answer that has a source already keeps it', () => {
  expect(hosts.placed(lookup('localhost', ['127.0.0.1'], { answeredBy: 'custom' })).answeredBy).toBe('custom');
});

test('without a hosts file no answer comes from it', () => {
  const l = lookup('localhost', ['127.0.0.1']);
  expect(new Hosts(join(scratch(), 'none')).placed(l)).toBe(l);
});

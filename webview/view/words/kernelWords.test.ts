import { expect, test } from 'vitest';
import type { ConntrackEntry, KernelEvent } from '../types';
import { eventText, leavesAs, reaches } from './kernelWords';

const end = (address: string, port: number) => ({ address, port });
const entry = (to: { address: string; port: number }, from: { address: string; port: number }): ConntrackEntry => ({
  id: 'ct-1',
  connection: '1-0-3',
  original: { source: end('192.168.99.1', 33623), destination: end('142.251.36.132', 443) },
  reply: { source: from, destination: to },
});

test('an address that is translated on its way, in words; one that is not, not at all', () => {
  const nat = entry(end('192.168.88.2', 33623), end('142.251.36.132', 443));
  expect([leavesAs(nat), reaches(nat)]).toEqual(['192.168.88.2:33623', undefined]);
  const plain = entry(end('192.168.99.1', 33623), end('142.251.36.132', 443));
  expect([leavesAs(plain), reaches(plain)]).toEqual([undefined, undefined]);
  expect(reaches(entry(end('192.168.99.1', 33623), end('10.0.0.7', 8443)))).toBe('10.0.0.7:8443');
});

test('events in words', () => {
  const text = (kind: string, more: Partial<KernelEvent> = {}) => eventText({ id: 'e-1', at: 1, kind, ...more });
  expect([
    text('state', { from: 'synSent', to: 'established', duration: 1500 }),
    text('retransmit', { retransmitKind: 'rto', bytes: 1448 }),
    text('retransmit'),
    text('drop', { reason: 'NETFILTER_DROP', direction: 'sent', bytes: 1500, place: 'nf_hook_slow+0x8f' }),
    text('resetReceived', { tcpState: 'established' }),
    text('icmp', { icmp: { version: 4, type: 3, code: 4, mtu: 1280, from: '10.0.0.1' } }),
  ]).toMatchInlineSnapshot(`
    [
      "synSent → established after 1.5 ms",
      "1.4 kB retransmitted: retransmission timeout",
      "a segment retransmitted",
      "packet dropped: NETFILTER_DROP, sent, 1.5 kB, nf_hook_slow+0x8f",
      "reset by the server in established",
      "ICMP type 3 code 4 from 10.0.0.1, packets up to 1280 B",
    ]
  `);
});

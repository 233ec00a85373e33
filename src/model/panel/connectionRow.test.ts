import { expect, test } from 'vitest';
import { connectionLines, foldLines } from '../testing/store';
import { connectionRowOf } from './connectionRow';

const row = (lines: object[], id = '1-0-91') => {
  const store = foldLines(lines);
  return connectionRowOf(store.connections.get(id) as never, store);
};

test('a TLS connection that the server closed', () => {
  expect(
    row([
      { k: 'dial', id: 90, request: 1, host: 'a.test', port: 443, beginAt: 10 },
      { k: 'lookup', id: 92, dial: 90, call: 'lookup', hostname: 'a.test', beginAt: 11, endAt: 14 },
      {
        k: 'conn',
        dial: 90,
        endAt: 20,
        attempts: [{ id: 91, remote: { address: '::1', port: 443 }, beginAt: 15, endAt: 20, result: 'connected' }],
        connection: 91,
        protocol: 'http/1.1',
      },
      { k: 'tls', id: 93, connection: 91, version: 'TLSv1.3', beginAt: 20, endAt: 30 },
      { k: 'close', id: 91, closedAt: 99, closedBy: 'peer', requestCount: 3 },
    ]),
  ).toEqual({
    id: '1-0-91',
    number: 1,
    thread: '1-0',
    host: 'a.test:443',
    remote: '[::1]:443',
    protocol: 'TLS 1.3 · http/1.1',
    beginAt: 10,
    readyAt: 30,
    endAt: 99,
    closedBy: 'closed by the server',
    requests: 3,
    phases: [
      { name: 'dns', beginAt: 11, duration: 3 },
      { name: 'tcp', beginAt: 15, duration: 5 },
      { name: 'tls', beginAt: 20, duration: 10 },
    ],
  });
});

test('a connection that the exit closed ends with its thread', () => {
  expect(row([...connectionLines(1, 5, 6), { k: 'exit', at: 70, code: 0 }])).toMatchObject({
    endAt: 70,
    closedBy: 'open until the program ended',
  });
});

test('a socket for datagrams is a lane with its own end, an incoming connection none', () => {
  const udp = { id: 91 };
  const local = { address: '127.0.0.1', port: 7 };
  expect(
    row([
      { k: 'dial', id: 90, via: 'dgram', beginAt: 3 },
      { k: 'conn', dial: 90, kind: 'udp', createdAt: 3, attempts: [udp], connection: 91, local },
      { k: 'close', id: 91, closedAt: 9, closedBy: 'local', datagramsSent: 1 },
    ]),
  ).toMatchObject({ host: 'from 127.0.0.1:7', protocol: 'UDP', beginAt: 3, readyAt: 3, endAt: 9, phases: [] });
  const attempts = [{ ...udp, result: 'connected' }];
  expect(row([{ k: 'conn', direction: 'in', attempts, connection: 91, local }])).toBeUndefined();
});

test('a failed attempt is no lane', () => {
  expect(
    row([{ k: 'conn', endAt: 9, attempts: [{ id: 91, beginAt: 1, endAt: 9, result: 'failed' }] }]),
  ).toBeUndefined();
});

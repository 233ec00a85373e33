import { expect, test } from 'vitest';
import { addressOf, isLoopback, placeText } from './address';

test.each([
  ['9464', '127.0.0.1', 9464],
  ['0', '127.0.0.1', 0],
  ['0.0.0.0:9464', '0.0.0.0', 9464],
  ['[::1]:80', '::1', 80],
  ['metrics.example:1', 'metrics.example', 1],
])('%s is an address to listen on', (text, host, port) => {
  expect(addressOf('--metrics', text, 'listen')).toEqual({ host, port });
});

test.each(['', 'x', ':', ':80', 'a:b', '65536', '-1', '::1:80', 'http://a:80', 'a:80/x', 'u@a:80'])(
  '%j is none',
  (text) => {
    expect(() => addressOf('--metrics', text, 'listen')).toThrow(/^--metrics: this is not an address\./);
  },
);

test.each(['8125', 'localhost:0', 'localhost'])('%s is none to send to', (text) => {
  expect(() => addressOf('--statsd', text, 'send')).toThrow(/Use HOST:PORT/);
});

test('an IPv6 address is written in brackets', () => {
  expect(placeText({ host: '::1', port: 80 })).toBe('[::1]:80');
  expect(placeText({ host: 'localhost', port: 80 })).toBe('localhost:80');
});

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['LOCALHOST', true],
  ['127.0.0.1.attacker.example', false],
  ['0.0.0.0', false],
  ['::', false],
  ['', false],
])('loopback %s: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});

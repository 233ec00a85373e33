// Errors made inside calls that the hook wraps: CALL says which, WAY how the program comes to see the error.
const http = require('node:http');
const https = require('node:https');
const net = require('node:net');
const tls = require('node:tls');
const dns = require('node:dns');
const dgram = require('node:dgram');
const http2 = require('node:http2');

class Broken extends http.Agent {
  createConnection() {
    throw new Error('no connection');
  }
}
const mine = () => {
  throw new Error('mine');
};
const quiet = (emitter) => emitter.on('error', () => {});
const post = () => quiet(http.request({ host: '127.0.0.1', port: 1, method: 'POST' }));

const calls = {
  url: () => http.get('http://bad url'),
  protocol: () => http.get('nope://x'),
  port: () => http.request({ host: '127.0.0.1', port: 1e6 }),
  header: () => http.get({ port: 1, headers: { 'x y': '1' } }),
  method: () => http.request({ port: 1, method: 'A B' }),
  path: () => https.get({ port: 1, path: '/a b' }),
  signal: () => https.request({ port: 1, signal: 5 }),
  agent: () => http.get({ agent: new Broken() }),
  agents: () => http.get({ agent: 5 }),
  write: () => post().write(5),
  end: () => post().end(5),
  connect: () => net.connect(99999),
  socket: () => new net.Socket().connect({ port: -1 }),
  lookup: () => net.connect({ host: 'localhost', port: 1, lookup: mine }),
  noLookup: () => net.connect({ host: 'localhost', port: 1, lookup: 5 }),
  tls: () => tls.connect({ port: 99999 }),
  timeout: () => new net.Socket().setTimeout('soon'),
  dns: () => dns.lookup(5, () => {}),
  dnsFamily: () => dns.lookup('localhost', { family: 7 }, () => {}),
  dnsPromise: () => dns.promises.lookup(5),
  resolve: () => dns.resolve4(5, () => {}),
  resolvePromise: () => dns.promises.resolve4(5),
  fetch: () => fetch('nonsense'),
  fetchMethod: () => fetch('http://127.0.0.1:1', { method: 'A B' }),
  datagram: () => dgram.createSocket('udp4').send(5),
  http2: () => http2.connect('nope://x'),
};

const deep = (n, act) => (n === 0 ? act() : deep(n - 1, act));
const callOf = (name) => async () => deep(3, calls[name]);

const ways = {
  // Printed by Node itself; a promise's by the same way.
  uncaught: (name) => deep(3, calls[name]),
  // Rendered when the call is long over.
  later: (name) => callOf(name)().catch((e) => setTimeout(() => console.error(e.stack), 1)),
  limit(name) {
    Error.stackTraceLimit = 4;
    return ways.later(name);
  },
  prepared(name) {
    Error.prepareStackTrace = (e, frames) =>
      [e.message, ...frames.map((f) => `${f.getFunctionName()} ${f.getFileName()}`)].join('\n');
    return ways.later(name);
  },
};

if (process.argv[2] === 'list') console.log(JSON.stringify([Object.keys(calls), Object.keys(ways)]));
else ways[process.argv[3]](process.argv[2]);

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
// Never connected: Node 18 cuts stacks to the limit at the last error that it made, so there must be no other.
const post = () => quiet(http.request({ createConnection: () => new net.Socket(), method: 'POST' }));

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
const soon = (act) => new Promise((done) => setTimeout(() => done(act()), 1));
/** The error of a call, printed when the call is long over. */
const later = (name) => callOf(name)().catch((e) => soon(() => console.error(name, e.stack)));

/** Each of them sets up how errors are printed, and gives how one call is made. */
const ways = {
  later: () => later,
  at: () => (name) => callOf(name)().catch((e) => console.error(name, e.stack)),
  inside: () => {
    Error.stackTraceLimit = 100;
    return later;
  },
  limit: () => {
    Error.stackTraceLimit = 4;
    return later;
  },
  prepared: () => {
    const prepare = (e, frames) =>
      [e.message, ...frames.map((f) => `${f.getFunctionName()} ${f.getFileName()}:${f.getLineNumber()}`)].join('\n');
    Error.prepareStackTrace = prepare;
    if (Error.prepareStackTrace !== prepare) console.error('another function stands there');
    return later;
  },
  removed: () => {
    const nodes = Error.prepareStackTrace;
    Error.prepareStackTrace = undefined;
    if (Error.prepareStackTrace !== undefined) console.error('a function stands there');
    return async (name) => {
      await later(name);
      Error.prepareStackTrace = nodes;
      await later(name);
    };
  },
};

async function all(way) {
  const make = ways[way]();
  for (const name of Object.keys(calls)) await make(name);
}

// A name alone: the error is not caught, and printed by Node.
const [name, way] = process.argv.slice(2);
if (name === 'list') console.log(JSON.stringify([Object.keys(calls), Object.keys(ways)]));
else if (way) all(way);
else deep(3, calls[name]);

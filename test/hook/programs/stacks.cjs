// Where the program's functions are called under the hook's: the stack there, by the name of the place. ARG: how it is read.
const http = require('node:http');
const http2 = require('node:http2');
const net = require('node:net');
const dns = require('node:dns');
const dgram = require('node:dgram');
const { once, EventEmitter } = require('node:events');
const { promisify } = require('node:util');

if (process.argv[2] === 'prepared') {
  Error.prepareStackTrace = (e, frames) =>
    [e.message, ...frames.map((f) => `    at ${f.getFunctionName()} ${f.getFileName()}:${f.getLineNumber()}`)].join(
      '\n',
    );
}
if (process.argv[2] === 'limit') Error.stackTraceLimit = 3;
if (process.argv[2] === 'whole') Error.stackTraceLimit = 50;

const stacks = new Map();
/** The first stack of each place. */
const here = (name) => {
  if (stacks.has(name)) return;
  const holder = { toString: () => name };
  if (process.argv[2] === 'captured') Error.captureStackTrace(holder, here);
  stacks.set(name, process.argv[2] === 'captured' ? holder : new Error(name));
};
const on = (emitter, of, ...names) => {
  for (const name of names) emitter.on(name, () => here(`${of} ${name}`));
  return emitter;
};
const ended = (stream) => once(stream, 'close');

class Agent extends http.Agent {
  createConnection(...args) {
    here('createConnection');
    return on(super.createConnection(...args), 'socket', 'lookup', 'connect', 'ready', 'data', 'close');
  }
  addRequest(...args) {
    here('addRequest');
    return super.addRequest(...args);
  }
  keepSocketAlive(socket) {
    here('keepSocketAlive');
    return super.keepSocketAlive(socket);
  }
}

async function overHttp(port) {
  const agent = new Agent({ keepAlive: true });
  const lookup = (_name, options, callback) => {
    here('own lookup');
    setImmediate(() => callback(null, options.all ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4));
  };
  for (const method of ['POST', 'GET']) {
    const req = http.request({ host: 'name.test', port, method, agent, lookup, timeout: 5000 }, (res) => {
      here('response callback');
      on(res, 'response', 'data', 'end', 'close');
      res.on('readable', () => {
        here('response readable');
        while (res.read() !== null);
      });
    });
    on(req, 'request', 'socket', 'finish', 'response', 'close');
    if (method === 'POST') req.write('x'.repeat(100), () => here('write callback'));
    req.end(method === 'POST' ? 'y' : '', () => here('end callback'));
    await ended(req);
  }
  agent.destroy();
  const gone = on(http.get({ host: '127.0.0.1', port, path: '/destroy' }), 'gone', 'error', 'close');
  await new Promise((done) => gone.on('close', done));
  const up = http.get({ host: '127.0.0.1', port, headers: { connection: 'upgrade', upgrade: 'x' } });
  up.on('upgrade', (_res, socket) => {
    here('upgrade');
    socket.destroy();
  });
  await once(up, 'upgrade');
}

async function overFetch(port) {
  const url = `http://127.0.0.1:${port}/`;
  const response = await fetch(url, {
    get method() {
      here('fetch options');
      return 'GET';
    },
  });
  here('fetch');
  await response.text();
  here('fetch text');
  await fetch('http://127.0.0.1:1/').catch(() => here('fetch failed'));
}

async function overHttp2() {
  const server = on(http2.createServer(), 'http2 server', 'session', 'stream');
  server.on('stream', (stream) => stream.end('ok'));
  await once(server.listen(0), 'listening');
  const session = on(http2.connect(`http://127.0.0.1:${server.address().port}`), 'session', 'connect', 'close');
  const stream = on(session.request({ ':path': '/' }), 'stream', 'response', 'data', 'end', 'close');
  stream.end();
  await ended(stream);
  session.close(() => here('session closed'));
  await ended(session);
  server.close();
}

async function others() {
  await new Promise((done) => {
    dns.lookup('127.0.0.1', () => {
      here('dns.lookup');
      done();
    });
  });
  await new Promise((done) => {
    dns.lookup('localhost', () => {
      here('dns.lookup of a name');
      done();
    });
  });
  await promisify(dns.lookup)('localhost');
  here('dns.lookup promisified');
  await dns.promises.lookup('localhost');
  here('dns.promises.lookup');
  const socket = on(dgram.createSocket('udp4'), 'datagram', 'listening', 'message', 'close');
  await new Promise((done) => socket.bind(0, '127.0.0.1', done));
  socket.send('x', socket.address().port, '127.0.0.1', () => here('datagram sent'));
  await once(socket, 'message');
  socket.close();
  await ended(socket);
  require('node:child_process').execFileSync(process.execPath, ['-e', ''], { env: {} });
  here('child');
  EventEmitter.prototype.emit.call(on(new EventEmitter(), 'emitter', 'event'), 'event');
}

async function main() {
  const server = on(http.createServer(), 'server', 'connection', 'request', 'close');
  server.on('request', (req, res) => {
    on(res, 'answer', 'finish', 'close');
    if (req.url === '/destroy') return req.socket.destroy();
    on(req, 'question', 'data', 'end', 'close');
    res.write('a');
    setTimeout(() => res.end('b'), 10);
  });
  server.on('upgrade', (_req, socket) => socket.end('HTTP/1.1 101 Yes\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  await overHttp(port);
  await overFetch(port);
  await overHttp2();
  await others();
  const raw = on(
    net.connect({ port, host: 'localhost' }, () => here('net.connect')),
    'raw',
    'connect',
    'ready',
    'close',
  );
  raw.resume();
  await once(raw, 'connect');
  raw.write('GET / HTTP/1.0\r\n\r\n', () => here('raw written'));
  await ended(raw);
  process.on('exit', () => {
    here('exit');
    for (const [name, e] of [...stacks].sort()) console.error(`${name}: ${e.stack}`);
  });
  process.exit();
}
main();

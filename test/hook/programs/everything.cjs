// A little of everything that the hook has a handler for; prints what a user sees of it.
const dgram = require('node:dgram');
const dns = require('node:dns');
const http = require('node:http');
const http2 = require('node:http2');
const https = require('node:https');
const net = require('node:net');
const zlib = require('node:zlib');
const { channel } = require('node:diagnostics_channel');
const { readFileSync } = require('node:fs');
// Timers end in the order of their instants: this one after what the hook looks at each second, for the first time.
const second = new Promise((r) => setTimeout(r, 1001));
const base = process.env.UP_HTTP;
const { port } = new URL(base);
// No name can have a part this long: whoever looks it up says so without asking a name server.
const unknown = `http://${'x'.repeat(64)}.invalid/`;

const ca = readFileSync(process.env.UP_CA);
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

const done = (req, act) =>
  new Promise((resolve) => {
    req.on('error', (e) => resolve(`${e.name} ${e.code} ${e.message}`));
    req.on('response', (res) => {
      let bytes = 0;
      res.on('data', (d) => {
        bytes += d.length;
        act?.(req, res);
      });
      res.on('end', () => resolve(`${res.statusCode} ${bytes}`));
      res.on('error', (e) => resolve(`${res.statusCode} ${e.code}`));
      res.on('close', () => resolve('closed'));
    });
  });

async function main() {
  console.log(
    ...(await Promise.all([done(http.get(`${base}/ok`, { agent })), done(http.get(`${base}/ok`, { agent }))])),
  );
  const post = http.request(`http://localhost:${port}/echo`, { method: 'POST', agent });
  post.write('hello ');
  post.write(Buffer.alloc(1_000_000));
  post.end('world');
  console.log(await done(post));
  console.log(await done(http.get(`${base}/chunks?n=3&ms=5`, { agent })));
  console.log(await done(http.get(`${base}/chunks?n=2&ms=5000`), (_, res) => res.destroy()));
  // Whether the head came before the reset is the kernel's matter.
  console.log(/ECONNRESET/.exec(await done(http.get(`${base}/rst`)))?.[0]);
  const silent = http.get(`${base}/silent`, { timeout: 30 });
  silent.on('timeout', () => silent.destroy(new Error('too slow')));
  console.log(await done(silent));
  console.log(await done(http.get(unknown)));
  console.log(await done(https.get(`${process.env.UP_HTTPS}/ok`, { ca, agent: new https.Agent() })));
  console.log(await done(https.get(`${process.env.UP_EXPIRED}/ok`, { ca, agent: new https.Agent() })));
  console.log(
    /^\w*Error/.exec(await done(https.get(`${process.env.UP_STRICT}/ok`, { ca, agent: new https.Agent() })))?.[0],
  );
  const own = { createConnection: () => net.connect(port, '127.0.0.1'), headers: { connection: 'close' } };
  console.log(await done(http.get(`${base}/ok`, own)));
  try {
    http.get({ host: '127.0.0.1', port: 1e6 });
  } catch (e) {
    console.log(e.code);
  }
  const socket = net.connect(port, '127.0.0.1', () => socket.setNoDelay(true).resetAndDestroy());
  await new Promise((r) => socket.on('close', r));
  console.log((await (await fetch(`${base}/redirect?n=1`)).text()).length);
  console.log((await (await fetch(`${base}/echo`, { method: 'POST', body: 'abc' })).text()).length);
  const signal = AbortSignal.timeout(30);
  signal.addEventListener('abort', () => {});
  console.log(await fetch(`${base}/silent`, { signal }).catch((e) => e.name));
  console.log(await fetch(unknown).catch((e) => `${e.message} ${e.cause.code}`));
  for (let i = 0; i < 2; i++) console.log((await fetch(`${base}/status?is=503`)).status);
  console.log((await fetch(new Request(`${base}/ok`).clone())).status);
  console.log(await fetch('nope://x').catch((e) => e.cause.message));
  console.log((await (await fetch(`${base}/gzip?n=2000`)).text()).length);
  console.log(await unzipped());
  await switches();
  console.log(await streams());
  console.log(await datagrams());
  console.log(await names());
  console.log(await control());
  agent.destroy();
  await second;
}

/** Streams of HTTP/2: one with a body, one given up, a session that is ended. */
async function streams() {
  const server = http2.createServer();
  server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    stream.on('end', () => {
      stream.respond();
      stream.end('hello');
    });
    stream.resume();
  });
  await new Promise((r) => server.listen(0, '127.0.0.1', r));
  const session = http2.connect(`http://127.0.0.1:${server.address().port}`);
  const textOf = (stream) =>
    new Promise((r) => stream.on('data', () => undefined).on('close', () => r(`${stream.id} ${stream.rstCode}`)));
  const post = session.request({ ':method': 'POST' });
  post.write(Buffer.alloc(100_000));
  post.end();
  const texts = [await textOf(post)];
  const never = session.request({ ':method': 'POST' });
  setTimeout(() => never.close(8), 20);
  texts.push(await textOf(never));
  await new Promise((r) => {
    session.on('close', r);
    session.destroy();
  });
  server.close();
  return texts.join();
}

async function lookups() {
  console.log(await done(http.get(`http://localhost:${port}/ok`)));
  console.log(await done(http.get(unknown)));
  console.log(await names());
  await second;
}

/** A server of its own that is also a proxy, a label, what a client says of its tries, an abort. */
async function control() {
  const server = http.createServer((_, answer) => answer.end('own'));
  server.on('connect', (_, socket) => socket.end('HTTP/1.1 200 Fine\r\n\r\n'));
  await new Promise((r) => server.listen(0, '127.0.0.1', r));
  const { port } = server.address();
  const label = globalThis[Symbol.for('nettrace.label')] ?? ((_, body) => body());
  const said = [await label('job', () => done(http.get({ port, agent: false })))];
  said.push(
    await new Promise((r) => {
      const request = http.request({ port, method: 'CONNECT', path: 'origin.test:443', agent: false });
      request.on('connect', (answer, socket) => socket.resume().on('end', () => r(answer.statusCode)));
      request.end();
    }),
  );
  for (const name of ['create', 'start', 'retry', 'create'])
    channel(`got:request:${name}`).publish({ requestId: name });
  const controller = new AbortController();
  const given = fetch(`${base}/silent`, { signal: controller.signal }).catch((e) => e.message);
  controller.abort(new Error('enough'));
  said.push(await given);
  await new Promise((r) => server.close(r));
  return said.join();
}

/** Explicit lookups, and a DNS query to its own server. */
async function names() {
  const resolver = new dns.promises.Resolver({ timeout: 20, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  const codes = [
    await dns.promises.lookup('localhost', 4).then((a) => a.address),
    await new Promise((r) => dns.lookup('localhost', 4, (e, a) => r(e?.code ?? a))),
    await resolver.resolve4('a.test').catch((e) => e.syscall),
  ];
  // For a.test, A, IN.
  const question = Buffer.from('00070100000100000000000001610474657374000001000100', 'hex').subarray(0, 24);
  const socket = dgram.createSocket('udp4');
  await new Promise((r) => socket.bind(0, '127.0.0.1', r));
  const asked = new Promise((r) => socket.on('message', (message) => r(message.readUInt16BE(0))));
  socket.send(question, socket.address().port, '127.0.0.1');
  codes.push(await asked);
  socket.close();
  // The same by TCP, with its length in front; the answer is the question, marked as an answer.
  const server = net.createServer((s) =>
    s
      .on('error', () => {})
      .once('data', (d) => {
        d[4] |= 0x80;
        s.end(d);
      }),
  );
  await new Promise((r) => server.listen(0, '127.0.0.1', r));
  const stream = net.connect(server.address().port, '127.0.0.1');
  stream.write(Buffer.concat([Buffer.from([0, question.length]), question]));
  codes.push(await new Promise((r) => stream.once('data', (d) => r(d.readUInt16BE(4)))));
  await new Promise((r) => server.close(r));
  return codes.join();
}

/** An echo to itself, by sockets that are bound and connected. */
async function datagrams() {
  const echo = dgram.createSocket('udp4');
  await new Promise((r) => echo.bind(0, '127.0.0.1', r));
  echo.on('message', (message, from) => echo.send(message, from.port, from.address));
  const client = dgram.createSocket('udp4');
  await new Promise((r) => client.connect(echo.address().port, '127.0.0.1', r));
  const answer = new Promise((r) => client.on('message', (message) => r(String(message))));
  client.send('datagram');
  const text = await answer;
  client.close();
  echo.close();
  return text;
}

const unzipped = () =>
  new Promise((resolve) => {
    http.get(`${base}/gzip?n=2000`, { agent }, (res) => {
      let bytes = 0;
      const out = res.pipe(zlib.createGunzip());
      out.on('data', (d) => {
        bytes += d.length;
      });
      out.on('end', () => resolve(bytes));
    });
  });

/** A server that agrees to every switch of protocol, by http and by the runtime's own WebSocket. */
async function switches() {
  const head = 'HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n';
  const server = net.createServer((s) => s.on('error', () => {}).once('data', () => s.write(head)));
  await new Promise((r) => server.listen(0, '127.0.0.1', r));
  const there = `127.0.0.1:${server.address().port}`;
  const upgrading = http.get(`http://${there}/`, { headers: { connection: 'Upgrade', upgrade: 'websocket' } });
  const socket = await new Promise((r) => upgrading.on('upgrade', (_, s) => r(s)));
  socket.end(socket.write('to the peer') ? 'the end' : '');
  await new Promise((r) => socket.resume().on('close', r).destroySoon());
  if (globalThis.WebSocket) {
    const web = new WebSocket(`ws://${there}/`);
    console.log(await new Promise((r) => web.addEventListener('error', (e) => r(e.type))));
  }
  server.close();
}

// `names`: only what looks names up.
const begin = process.argv[2] === 'names' ? lookups : main;
begin().then(() => console.log('end'));

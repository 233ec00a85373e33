// What the analysis has something to say of: each act makes one kind of trouble. The servers are the test's.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { FINDINGS_PORT: port, FINDINGS_CLOSED: closed } = process.env;

const get = (options) =>
  new Promise((resolve) => {
    http
      // @get
      .get({ host: '127.0.0.1', port, path: '/', ...options }, (res) => res.resume().on('end', () => resolve('ok')))
      .on('error', (e) => resolve(e.code));
  });

const acts = {
  // The only thread of the pool waits for a pipe's other end when the lookup asks for it, until the loop has stood still
  // for most of the time: on a busy machine that takes longer.
  async pool() {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nettrace-pool-'));
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    fs.open(pipe, 'r', (_, fd) => fs.closeSync(fd));
    const asked = { host: 'localhost', agent: new http.Agent(), family: 4 };
    const answers = Promise.all([get(asked), get(asked)]);
    const before = performance.eventLoopUtilization();
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const { idle, active } = performance.eventLoopUtilization(before);
      if (idle > 2500 && idle > 20 * active) break;
    }
    fs.closeSync(fs.openSync(pipe, 'w'));
    console.log((await answers).join());
    fs.rmSync(folder, { recursive: true });
  },
  // The server promises to keep the connection, and resets it when the second request comes.
  async stale() {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    console.log(await get({ path: '/stale', agent }));
    await new Promise((r) => setTimeout(r, 1050));
    console.log(await get({ path: '/stale', agent }));
    agent.destroy();
  },
  async reset() {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 2; i++) {
      console.log(await get({ path: '/reset', agent }));
      await new Promise((r) => setTimeout(r, 50));
    }
    agent.destroy();
  },
  async large() {
    await get({ path: '/large' });
    await get({ path: '/large', headers: { 'Accept-Encoding': 'gzip, br' } });
    await get({ path: '/large', headers: ['accept-encoding', 'identity, gzip;q=0', 'host', 'x'] });
    await (await fetch(`http://127.0.0.1:${port}/large`)).text();
    await get({ path: '/large-not' });
  },
  // With an agent that keeps connections: the server closes, the request does, a socket's timer runs out that nobody asked.
  async closes() {
    const agent = new http.Agent({ keepAlive: true });
    await get({ path: '/close', agent });
    await get({ agent, headers: { connection: 'close' } });
    await get({ agent });
    agent.destroy();
    await new Promise((resolve) => {
      const req = http.get({ host: '127.0.0.1', port, path: '/hang', agent: false, timeout: 20 });
      // What it sets in motion is over long before the request is given up.
      req.on('timeout', () => setTimeout(() => req.destroy(), 300));
      req.on('error', resolve);
    });
    await new Promise((resolve) => {
      const req = http.get({ host: '127.0.0.1', port, path: '/hang', agent: false, timeout: 20 });
      req.on('timeout', () => req.destroy()).on('error', resolve);
    });
  },
  // The signal was aborted before: the socket is given up while its name is looked up.
  async aborted() {
    console.log(await get({ host: 'localhost', signal: AbortSignal.abort() }));
  },
  async habits() {
    const agent = new http.Agent({ keepAlive: false });
    for (let i = 0; i < 12; i++) await get({ host: 'localhost', family: 4, agent });
    const ends = [];
    for (let i = 0; i < 10; i++) ends.push(await get({ port: closed, agent }));
    console.log(ends.join());
  },
  // Two small writes a request with Nagle's algorithm on: the second waits for the ACK of the first.
  async nagle() {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => {
        const options = { host: '127.0.0.1', port, method: 'POST', agent, headers: { 'transfer-encoding': 'chunked' } };
        const req = http.request(options, (res) => res.resume().on('end', resolve));
        req.on('socket', (socket) => socket.setNoDelay(false));
        req.write('a'.repeat(100));
        setTimeout(() => req.end('b'.repeat(100)), 2);
      });
    }
    agent.destroy();
  },
  // Six at once over HTTP/2, of which the server allows two.
  async streams() {
    await overHttp2({ settings: { maxConcurrentStreams: 2 } });
  },
  // As many, before their connection is there.
  async setUp() {
    await overHttp2({}, (_, o, done) =>
      setTimeout(() => (o.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)), 150),
    );
  },
};

/** With a lookup of the program's own it does not wait for the connection. */
async function overHttp2(serverOptions, lookup) {
  const http2 = require('node:http2');
  const server = http2.createServer(serverOptions);
  server.on('stream', (stream) =>
    setTimeout(() => {
      stream.respond({ ':status': 200 });
      stream.end('x');
    }, 200),
  );
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = lookup ? 'slow.test' : '127.0.0.1';
  const session = http2.connect(`http://${host}:${server.address().port}`, lookup && { lookup });
  if (!lookup) await new Promise((resolve) => session.once('remoteSettings', resolve));
  const ask = () => new Promise((resolve) => session.request({ ':path': '/' }).resume().on('close', resolve));
  await Promise.all(Array.from({ length: 6 }, ask));
  session.close();
  server.close();
}

acts[process.argv[2]]();

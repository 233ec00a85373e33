// Requests of node:http2, over TLS and in plain; what is done is the first argument.
const http2 = require('node:http2');
const net = require('node:net');
const { promisify } = require('node:util');
const { readFileSync } = require('node:fs');
const { UP_H2, UP_H2C, UP_CA, UP_CLOSED } = process.env;

const pause = (ms) => new Promise((r) => setTimeout(r, ms));
/** Reads an answer to its end; says how it ended. */
const done = (stream) =>
  new Promise((resolve) => {
    let text = '';
    let status = 0;
    stream.setEncoding('utf8');
    stream.on('response', (h) => {
      status = h[':status'];
    });
    stream.on('data', (d) => {
      text += d;
    });
    stream.on('error', (e) => {
      text = `${e.code} ${e.message}`;
    });
    stream.on('close', () => resolve(`${status} ${text} rst ${stream.rstCode}`));
  });
const opened = (url, options) => {
  const session = http2.connect(url, { ca: readFileSync(UP_CA), ...options }); // @connect
  session.on('error', (e) => console.log('session', e.code));
  return session;
};
const ask = (session, path, more) => done(session.request({ ':path': path, ...more })); // @ask

const acts = {
  async parallel() {
    const session = opened(UP_H2);
    const three = [1, 2, 3].map((n) => session.request({ ':path': `/think?ms=60&n=${n}` })); // @three
    console.log(await Promise.all(three.map(done)));
    console.log(await ask(session, '/ok'));
    await new Promise((r) => session.close(r));
  },
  async many() {
    const session = opened(UP_H2C);
    const all = Array.from({ length: 300 }, (_, n) => session.request({ ':path': `/ok?n=${n}` })); // @many
    console.log(new Set(await Promise.all(all.map(done))));
    await new Promise((r) => session.close(r));
  },
  async plain() {
    const session = await promisify(http2.connect)(UP_H2C);
    console.log(await ask(session, '/ok?token=SECRET'));
    console.log(await ask(session, '/chunks'));
    console.log(await ask(session, '/early'));
    const post = session.request(
      { ':path': '/echo', ':method': 'POST', 'x-own': 'SECRET', [http2.sensitiveHeaders]: ['x-own'] },
      { endStream: false },
    );
    post.write('x'.repeat(1000));
    post.end('y'.repeat(500));
    post.on('trailers', (t) => console.log(t['x-sum']));
    console.log(await done(post));
    const upload = session.request({ ':path': '/slow', ':method': 'POST' });
    upload.write(Buffer.alloc(1_000_000));
    upload.once('drain', () => upload.end());
    console.log(await done(upload));
    console.log(await ask(session, '/ok', { ':method': 'HEAD' }));
    const tunnel = session.request({ ':method': 'CONNECT', ':authority': 'example.test:443' });
    tunnel.end('to it');
    console.log(await done(tunnel));
    await new Promise((r) => session.close(r));
  },
  async ends() {
    const session = opened(UP_H2C);
    console.log(await ask(session, '/refuse'));
    console.log(await ask(session, '/cancel'));
    const control = new AbortController();
    const silent = session.request({ ':path': '/silent?by=signal' }, { signal: control.signal });
    setTimeout(() => control.abort(new Error('enough')), 50);
    console.log(await done(silent));
    console.log(await done(session.request({ ':path': '/silent?by=before' }, { signal: AbortSignal.abort() })));
    const closed = session.request({ ':path': '/silent?by=close' });
    setTimeout(() => closed.close(http2.constants.NGHTTP2_CANCEL), 50);
    console.log(await done(closed));
    const late = session.request({ ':path': '/silent?by=timeout' });
    // Given up at once, and over a while after: the loop is busy in between.
    late.setTimeout(60, () => {
      late.close(8);
      for (const begin = performance.now(); performance.now() - begin < 30; );
    });
    console.log(await done(late));
    console.log(await ask(session, '/bye'));
    for (const path of ['/goaway', '/drop']) console.log(await ask(opened(UP_H2C), path));
    console.log(await ask(opened(`http://127.0.0.1:${UP_CLOSED}`), '/never'));
    const given = opened(UP_H2C);
    const dropped = ask(given, '/silent?by=session');
    setTimeout(() => given.destroy(new Error('no answer to a ping')), 60);
    console.log(await dropped);
    process.exit(0);
  },
  async limit() {
    const session = opened(UP_H2C);
    await new Promise((r) => session.once('remoteSettings', r));
    console.log(await Promise.all([1, 2].map((n) => ask(session, `/think?ms=100&n=${n}`))));
    session.close();
  },
  async own() {
    const { port } = new URL(UP_H2C);
    const session = opened(UP_H2C, { createConnection: () => net.connect(port, '127.0.0.1') }); // @own
    console.log(await ask(session, '/ok'));
    session.close();
  },
  async unread() {
    const session = opened(UP_H2C);
    const stream = session.request({ ':path': '/ok' });
    await new Promise((r) => stream.on('response', r));
    await pause(50);
    process.exit(0);
  },
};

acts[process.argv[2]]();

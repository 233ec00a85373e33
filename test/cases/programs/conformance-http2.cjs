// Prints all that a program can see of http2 clients: looks of classes, listener counts, keys, event order, errors.
const http2 = require('node:http2');
const net = require('node:net');
const util = require('node:util');
const { readFileSync } = require('node:fs');
const { UP_H2, UP_H2C, UP_CA, UP_CLOSED } = process.env;

const say = (...what) => console.log(...what);
const keys = (o) => Reflect.ownKeys(o).map(String).sort().join();
// Which of the two ends of a stream comes first is the network's affair: Node listens by that, and stops its timer.
const listeners = (emitter) =>
  emitter
    .eventNames()
    .filter((n) => n !== 'end' && n !== 'timeout')
    .map((n) => `${String(n)}:${emitter.listenerCount(n)}`)
    .sort()
    .join();
const look = (name, o) => {
  for (let p = o, depth = 0; p && depth < 3; p = Object.getPrototypeOf(p), depth++) {
    if (!Object.hasOwn(p, 'constructor')) {
      depth--;
      continue;
    }
    say(name, depth, p.constructor.name, keys(p));
    for (const key of Reflect.ownKeys(p)) {
      const d = Object.getOwnPropertyDescriptor(p, key);
      const f = d.value ?? d.get;
      if (typeof f !== 'function') continue;
      const flags = [d.writable, d.enumerable, d.configurable, !!d.get].join();
      say(' ', String(key), f.name, f.length, flags, keys(f), String(f).length);
    }
  }
};

/** Order of all events of a stream and its session. */
function watched(title, session, open, act = () => undefined) {
  return new Promise((resolve) => {
    const lines = [];
    const push = (line) => lines.at(-1) !== line && lines.push(line);
    const note = (who, emitter, names) => {
      for (const name of names) emitter.on(name, () => push(`${who}.${name}[${listeners(emitter)}]`));
    };
    note('session', session, ['connect', 'goaway', 'close', 'timeout', 'frameError']);
    session.on('error', (e) => push(`session error ${e.code} ${e.message} ${keys(e)}`));
    let stream;
    try {
      stream = open();
    } catch (e) {
      say(title, e.name, e.code, e.message);
      return resolve();
    }
    push(`made ${keys(stream)} ${listeners(stream)} ${stream.pending} ${stream.id} ${keys(stream.sentHeaders ?? {})}`);
    stream.on('error', (e) => push(`error ${e.name} ${e.code} ${e.message} ${keys(e)} ${e.cause?.code}`));
    const names = ['ready', 'headers', 'continue', 'response', 'trailers', 'data', 'end', 'finish', 'drain'];
    note('stream', stream, [...names, 'aborted', 'timeout', 'wantTrailers']);
    act(stream);
    stream.on('close', () => {
      push(`closed ${stream.rstCode} ${stream.destroyed} ${stream.aborted} ${keys(stream)} ${listeners(session)}`);
      setImmediate(() => setImmediate(() => resolve(say(title, lines.join('\n  ')))));
    });
  });
}

async function order() {
  const session = http2.connect(UP_H2C);
  const marks = [];
  const mark = (m) => marks.push(m);
  await new Promise((r) => session.on('connect', r));
  process.nextTick(mark, 'tick 1');
  const stream = session.request({ ':path': '/ok' });
  mark('after request');
  process.nextTick(mark, 'tick 2');
  Promise.resolve().then(() => mark('job'));
  setImmediate(mark, 'immediate');
  stream.on('ready', () => mark('ready'));
  stream.resume();
  await new Promise((r) => stream.on('close', r));
  say(marks.join(' | '));
  await new Promise((r) => session.close(r));
}

const opened = (url, options) => http2.connect(url, { ca: readFileSync(UP_CA), servername: 'localhost', ...options });
const flow = (stream) => stream.resume();

(async () => {
  say(http2.connect.name, http2.connect.length, keys(http2.connect), String(http2.connect).length);
  say(util.inspect(util.promisify(http2.connect)).slice(0, 40));
  say((await import('node:http2')).connect === http2.connect);
  const look1 = http2.connect(UP_H2C);
  look('session', Object.getPrototypeOf(look1));
  look('socket', net.Socket.prototype);
  say(keys(look1), listeners(look1), util.inspect(look1.socket).length > 0);
  const first = look1.request({ ':path': '/ok' });
  look('stream', Object.getPrototypeOf(first));
  for (const [o, names] of [
    [look1, ['request', 'destroy', 'close', 'emit', 'goaway']],
    [first, ['close', 'destroy', 'write', 'end', 'emit', 'setTimeout', '_write']],
  ])
    for (const n of names) say(n, o[n].name, o[n].length, keys(o[n]), String(o[n]).length, n in o, Object.hasOwn(o, n));
  first.resume();
  await new Promise((r) => first.on('close', r));
  await new Promise((r) => look1.close(r));

  const session = opened(UP_H2);
  await watched('first', session, () => session.request({ ':path': '/ok' }), flow);
  const plain = opened(UP_H2C);
  const get = (path, more, options) => () => plain.request({ ':path': path, ...more }, options);
  await watched('chunks', plain, get('/chunks'), (s) => s.on('readable', () => s.read()));
  await watched('early', plain, get('/early'), flow);
  const post = { ':method': 'POST' };
  await watched('echo', plain, get('/echo', post), (s) => flow(s).end('abc'));
  await watched('slow', plain, get('/slow', post), (s) => {
    flow(s).write(Buffer.alloc(300_000));
    s.once('drain', () => s.end());
  });
  await watched('trailers', plain, get('/echo', post, { waitForTrailers: true }), (s) => {
    s.on('wantTrailers', () => s.sendTrailers({ 'x-a': '1' }));
    flow(s).end('abc');
  });
  await watched('refuse', plain, get('/refuse'), flow);
  await watched('cancel', plain, get('/cancel'), flow);
  await watched('close', plain, get('/silent'), (s) => setTimeout(() => s.close(8), 20));
  await watched('destroy', plain, get('/silent'), (s) => setTimeout(() => s.destroy(new Error('own')), 20));
  await watched('timeout', plain, get('/silent'), (s) => s.setTimeout(30, () => s.close()));
  const control = new AbortController();
  await watched('signal', plain, get('/silent', {}, { signal: control.signal }), () => {
    setTimeout(() => control.abort(), 30);
  });
  await watched('aborted', plain, get('/silent', {}, { signal: AbortSignal.abort() }));
  for (const [title, headers, options] of [
    ['no object', 5],
    ['bad header', { ':bad': 'x' }],
    ['bad option', {}, { endStream: 5 }],
  ]) {
    await watched(
      title,
      plain,
      () => plain.request(headers, options),
      (s) => s.close(),
    );
  }
  await watched('bye', plain, get('/bye'), flow);
  // The end of the session comes by itself.
  while (!plain.closed) await new Promise((r) => setTimeout(r, 5));
  await watched('after bye', plain, get('/ok'), flow);
  const go = opened(UP_H2C);
  await watched('goaway', go, () => go.request({ ':path': '/goaway' }), flow);
  const dropped = opened(UP_H2C);
  await watched('drop', dropped, () => dropped.request({ ':path': '/drop' }), flow);
  const refused = opened(`http://127.0.0.1:${UP_CLOSED}`);
  await watched('no server', refused, () => refused.request());
  const ended = opened(UP_H2C);
  await watched(
    'session end',
    ended,
    () => ended.request({ ':path': '/silent' }),
    (s) => s.once('ready', () => setTimeout(() => ended.destroy(new Error('own')), 30)),
  );
  const own = opened(UP_H2C, { createConnection: () => net.connect(new URL(UP_H2C).port, '127.0.0.1') });
  await watched('own socket', own, () => own.request({ ':path': '/ok' }), flow);
  await order();
  for (const f of [() => http2.connect('ftp://x'), () => http2.connect('bad'), () => http2.connect(UP_H2C, 5)]) {
    try {
      f();
    } catch (e) {
      say(e.name, e.code, e.message);
    }
  }
  say(listeners(process), Error.stackTraceLimit);
  process.exit(0);
})();

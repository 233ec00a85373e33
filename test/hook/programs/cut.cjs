// Requests under way while the hook leaves: prints what a user of each sees, event by event. With `bare` no hook comes.
const modules = require('node:module');
const http = require('node:http');
const https = require('node:https');
const http2 = require('node:http2');
const { readFileSync } = require('node:fs');

const bare = process.argv[2] === 'bare';
const base = process.env.UP_HTTP;
const ca = readFileSync(process.env.UP_CA);
const seen = {};

const counted = [
  'socket',
  'response',
  'data',
  'end',
  'finish',
  'close',
  'error',
  'aborted',
  'drain',
  'timeout',
  'connect',
];
const emitters = [];

/** All that is emitted, once in a row: how many pieces the kernel makes of a body is its matter. */
function watch(name, emitter, events) {
  const list = [];
  seen[name] = list;
  emitters.push([name, emitter]);
  for (const event of events)
    emitter.prependListener(event, (a) => {
      const word = `${event}${a instanceof Error ? ` ${a.code}` : ''}`;
      if (list.at(-1) !== word) list.push(word);
    });
}

/** Listener counts at the end. */
function reportRest() {
  for (const [name, emitter] of emitters) {
    seen[name].push(counted.map((event) => emitter.listenerCount(event)).join());
    // A socket has one more once its peer has ended, which may come before it is closed or not.
    if (!name.endsWith('socket')) seen[name].push(Object.keys(emitter).sort().join());
  }
}

const ended = (emitter) => new Promise((resolve) => emitter.on('close', resolve));

async function main() {
  if (!bare) modules.createRequire(process.env.HOOK)(process.env.HOOK);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const secure = new https.Agent({ ca, keepAlive: true });
  const server = http2.createServer((_req, res) => setTimeout(() => res.end('hello'), 200));
  await new Promise((r) => server.listen(0, '127.0.0.1', r));
  const session = http2.connect(`http://127.0.0.1:${server.address().port}`);
  await new Promise((r) => session.on('connect', r));

  const post = http.request(`${base}/echo`, { method: 'POST' });
  post.write('first ');
  const requests = {
    slow: http.get(`${base}/chunks?n=4&ms=50`, { agent }),
    queued: http.get(`${base}/ok`, { agent }),
    secure: https.get(`${process.env.UP_HTTPS}/think?ms=200`, { agent: secure }),
    post,
    given: http.get(`${base}/silent`),
    stream: session.request({ ':path': '/' }),
  };
  for (const [name, request] of Object.entries(requests)) {
    watch(name, request, ['socket', 'response', 'finish', 'error', 'aborted', 'close']);
    request.on('error', () => {});
    if (name === 'stream') request.resume();
    else
      request.on('response', (res) => {
        watch(`${name} answer`, res, ['data', 'end', 'error', 'aborted', 'close']);
        res.resume();
      });
    request.on('socket', (socket) => watch(`${name} socket`, socket, ['connect', 'secureConnect', 'error', 'close']));
  }
  const all = Object.values(requests).map(ended);
  const head = new Promise((resolve) => requests.slow.on('response', resolve));
  const fetched = fetch(`${base}/chunks?n=4&ms=50`).then((res) => res.text());
  const gone = fetch(`${base}/silent`, { signal: AbortSignal.timeout(100) }).catch((e) => e.name);
  await head;

  globalThis[Symbol.for('nettrace.hook')]?.uninstall();
  post.end('last');
  setTimeout(() => requests.given.destroy(new Error('enough')), 50);
  await Promise.all([...all, fetched, gone]);
  seen.fetched = (await fetched).length;
  seen.gone = await gone;
  await new Promise((r) => setImmediate(r));
  reportRest();
  console.log(JSON.stringify(seen));
  process.exit();
}
void main();

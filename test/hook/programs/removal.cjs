// Looks at everything that can be reached in the program before the hook comes, while it is there, and after it has left:
// prints what is different then. With `bare` as its argument no hook comes: what Node itself changes meanwhile.
const modules = require('node:module');
const http = require('node:http');
const https = require('node:https');
const http2 = require('node:http2');
const net = require('node:net');
const dgram = require('node:dgram');
const dns = require('node:dns');
const { readFileSync } = require('node:fs');

const bare = process.argv[2] === 'bare';
const base = process.env.UP_HTTP;
const ca = readFileSync(process.env.UP_CA);
// Read once, it is no accessor any more.
void performance.timeOrigin;
const secure = new https.Agent({ keepAlive: true, ca });

const read = (req) =>
  new Promise((resolve) => {
    req.on('error', (e) => resolve(e.code));
    req.on('response', (res) => res.resume().on('end', () => resolve(res.statusCode)));
  });

let session;
/** Requests and sockets of all kinds, so that what is patched late is patched. */
async function everything() {
  await read(http.get(`${base}/ok`));
  await read(https.get(`${process.env.UP_HTTPS}/ok`, { agent: secure }));
  await (await fetch(`${base}/gzip?n=2000`)).text();
  await (await fetch(`${base}/redirect?n=1`)).text();
  await new Promise((resolve) => {
    const stream = session.request({ ':path': '/' });
    stream.resume().on('end', resolve);
  });
  const upgrade = http.get(base, { headers: { connection: 'upgrade', upgrade: 'x' } });
  await new Promise((resolve) => {
    upgrade.on('upgrade', (_, socket) => socket.end('x', resolve));
    upgrade.on('response', (res) => res.resume().on('end', resolve));
    upgrade.on('error', resolve);
  });
  const socket = net.connect(new URL(base).port, '127.0.0.1');
  await new Promise((resolve) =>
    socket.on('connect', () => socket.write('x', () => socket.resetAndDestroy().on('close', resolve))),
  );
  const udp = dgram.createSocket('udp4');
  await new Promise((resolve) => udp.send('x', 9, '127.0.0.1', () => udp.close(resolve)));
  await dns.promises.lookup('localhost');
  await new dns.promises.Resolver({ timeout: 1, tries: 1 }).resolve4('x.invalid').catch(() => {});
  await fetch(`${base}/silent`, { signal: AbortSignal.timeout(20) }).catch(() => {});
}

const roots = () => {
  const list = [
    ['globalThis', globalThis],
    ['process', process],
    ['Error', Error],
  ];
  for (const name of modules.builtinModules) {
    if (
      name.startsWith('_') ||
      /^(node:)?(sys|punycode|trace_events|wasi|inspector|test|sqlite|sea|quic|ffi|stream\/iter|vfs)/.test(name)
    )
      continue;
    list.push([name, require(name)]);
  }
  // Prototypes that no module exports.
  const udp = dgram.createSocket('udp4');
  udp.close();
  list.push(['udp handle', udp[Object.getOwnPropertySymbols(udp).find((s) => s.description === 'state symbol')]]);
  list.push(['resolver', new dns.Resolver()._handle], ['session', Object.getPrototypeOf(session)], ['stream', sample]);
  return list;
};
let sample;

/** Every object that can be reached by values and prototypes, with all its properties. Getters are not called. */
function look() {
  const seen = new Map();
  const queue = roots();
  while (queue.length > 0) {
    const [path, object] = queue.shift();
    if (object === null || (typeof object !== 'object' && typeof object !== 'function') || seen.has(object)) continue;
    if (ArrayBuffer.isView(object) || object instanceof Map || object instanceof Set || path.split('.').length > 6)
      continue;
    const descriptors = {};
    for (const key of Reflect.ownKeys(object)) {
      const d = Object.getOwnPropertyDescriptor(object, key);
      descriptors[key] = d;
      // What is counted, cached or kept by instances is not the hook's.
      if (typeof d.value === 'function' || key === 'prototype' || key === 'promises' || path.split('.').length < 2)
        queue.push([`${path}.${String(key)}`, d.value]);
    }
    const above = Object.getPrototypeOf(object);
    seen.set(object, { path, descriptors, above });
    queue.push([`${path}.[[Prototype]]`, above]);
  }
  return seen;
}

const text = (f) => (typeof f === 'function' ? Function.prototype.toString.call(f) : '');

function difference(before, after) {
  const out = [];
  for (const [object, { path, descriptors, above }] of before) {
    const now = after.get(object) ?? {
      descriptors: Object.getOwnPropertyDescriptors(object),
      above: Object.getPrototypeOf(object),
    };
    if (now.above !== above) out.push(`${path}: prototype`);
    // What Node has loaded is not taken back.
    if (path.startsWith('process.env') || path === 'process.moduleLoadList') continue;
    for (const key of new Set([...Reflect.ownKeys(descriptors), ...Reflect.ownKeys(now.descriptors)])) {
      const [a, b] = [descriptors[key], now.descriptors[key]];
      const at = `${path}.${String(key)}`;
      if (a === undefined || b === undefined) out.push(`${at}: ${a === undefined ? 'came' : 'went'}`);
      else if (a.get !== b.get || a.set !== b.set) out.push(`${at}: accessor`);
      else if (a.enumerable !== b.enumerable || a.configurable !== b.configurable || a.writable !== b.writable)
        out.push(`${at}: flags`);
      else if ((typeof a.value === 'function' || typeof b.value === 'function') && a.value !== b.value)
        out.push(`${at}: ${text(a.value) === text(b.value) ? 'another function' : 'another text'}`);
    }
  }
  return [...new Set(out)].sort();
}

async function main() {
  const server = http2.createServer((_, res) => res.end('hello'));
  await new Promise((r) => server.listen(0, '127.0.0.1', r));
  session = http2.connect(`http://127.0.0.1:${server.address().port}`);
  sample = session.request({ ':path': '/' });
  sample.resume();
  await everything();
  sample = Object.getPrototypeOf(sample);
  const before = look();
  const rounds = [];
  let during = 0;
  for (let round = 0; round < 3; round++) {
    if (!bare) modules.createRequire(process.env.HOOK)(process.env.HOOK);
    await everything();
    if (!bare) during = difference(before, look()).length;
    globalThis[Symbol.for('nettrace.hook')]?.uninstall();
    rounds.push(difference(before, look()));
    Object.assign(process.env, JSON.parse(process.env.AGAIN ?? '{}'));
  }
  console.log(JSON.stringify({ objects: before.size, during, rounds }));
  process.exit();
}
void main();

// Prints all that a program can see of http, fetch, sockets and errors: listener counts, keys, event order, wrapped
// functions' looks. Run with and without the hook, the output must be the same.
const http = require('node:http');
const https = require('node:https');
const net = require('node:net');
const dns = require('node:dns');
const tls = require('node:tls');
const { readFileSync } = require('node:fs');
const util = require('node:util');
const base = process.env.UP_HTTP;

const say = (...what) => console.log(...what);
const keys = (o) => Reflect.ownKeys(o).map(String).sort().join();
const listeners = (emitter) =>
  emitter
    .eventNames()
    .map((n) => `${String(n)}:${emitter.listenerCount(n)}`)
    .sort()
    .join();
const look = (name, o, key) => {
  const d = Object.getOwnPropertyDescriptor(o, key);
  const f = d?.value;
  say(
    name,
    key,
    typeof f,
    f?.name,
    f?.length,
    d && [d.writable, d.enumerable, d.configurable, !!d.get].join(),
    f && keys(f),
  );
};

function looks() {
  for (const key of ['request', 'get', 'Agent', 'ClientRequest', 'globalAgent']) look('http', http, key);
  for (const key of ['request', 'get', 'Agent', 'globalAgent']) look('https', https, key);
  for (const key of ['connect', 'createConnection', 'Socket']) look('net', net, key);
  for (const key of ['lookup', 'resolve4', 'reverse']) look('dns', dns, key);
  look('tls', tls, 'connect');
  look('global', globalThis, 'fetch');
  for (const key of ['addRequest', 'createConnection', 'createSocket']) look('Agent', http.Agent.prototype, key);
  look('Socket', net.Socket.prototype, 'connect');
  look('ClientRequest', http.ClientRequest.prototype, 'onSocket');
  say(keys(globalThis).replace(/Symbol\(nettrace[^)]*\),?/g, ''));
  say(listeners(process), Error.stackTraceLimit, typeof Error.prepareStackTrace);
  say(util.inspect(util.promisify(dns.lookup)).slice(0, 40), dns.lookup === require('node:dns').lookup);
}

/** Order of all events of a request, its response and its socket, with listener counts at each. */
function watched(url, options = {}, act = () => undefined, module = http) {
  return new Promise((resolve) => {
    // How a body is cut into pieces is the network's affair: equal lines in a row count once.
    const log = {
      lines: [],
      push(line) {
        if (!this.ended && this.lines.at(-1) !== line) this.lines.push(line);
      },
    };
    const note = (who, emitter, names) => {
      for (const name of names) emitter.on(name, () => log.push(`${who}.${name}[${listeners(emitter)}]`));
    };
    const req = module.get(url, options);
    log.push(`made ${keys(req)}`);
    req.on('error', (e) => log.push(`error ${e.name} ${e.code} ${keys(e)} ${e.errors?.length}`));
    req.on('socket', (socket) => {
      note('socket', socket, ['lookup', 'connect', 'secureConnect', 'ready', 'end', 'close', 'free', 'timeout']);
      log.push(`socket ${keys(socket)}`);
    });
    note('req', req, ['socket', 'finish', 'response', 'abort', 'timeout', 'close']);
    req.on('response', (res) => {
      log.push(`response ${keys(res)}`);
      note('res', res, ['data', 'end', 'aborted', 'close']);
      res.on('error', (e) => log.push(`res error ${e.code}`));
    });
    act(req);
    req.on('close', () => {
      // A kept socket goes on with the next request: what happens on it then belongs to that one.
      if (options.agent?.keepAlive) log.ended = true;
      setImmediate(() => setImmediate(() => resolve(`${url.pathname} ${log.lines.join('\n  ')}`)));
    });
  });
}

async function order() {
  const marks = [];
  const mark = (m) => marks.push(m);
  process.nextTick(mark, 'tick 1');
  const req = http.get(`${base}/ok`, { agent: new http.Agent() });
  mark('after get');
  process.nextTick(mark, 'tick 2');
  Promise.resolve().then(() => mark('job'));
  setImmediate(mark, 'immediate');
  await new Promise((r) => req.on('response', (res) => res.resume().on('end', r)));
  const answer = fetch(`${base}/ok`).then((a) => {
    mark('fetched');
    return a.text();
  });
  process.nextTick(mark, 'tick 3');
  await null;
  mark('job 2');
  await answer;
  say(marks.join(' | '));
}

async function fetches() {
  const control = new AbortController();
  const tries = [
    () => fetch(`${base}/redirect?n=2`).then((r) => `${r.status} ${r.redirected} ${keys(r)}`),
    () => fetch(`http://127.0.0.1:${process.env.UP_CLOSED}/`),
    () => fetch('http://'),
    () => fetch(`${base}/rst?send=10&of=100`).then((r) => r.text()),
    () => {
      setTimeout(() => control.abort(), 30);
      return fetch(`${base}/silent`, { signal: control.signal });
    },
    () => fetch(new Request(`${base}/echo`, { method: 'POST', body: 'abc' })).then((r) => r.text()),
    () => fetch(),
  ];
  for (const t of tries) {
    const result = await t().catch(
      (e) => `${e.name} ${e.message} ${e.code} ${keys(e)} ${e.cause?.code} ${e.cause && keys(e.cause)}`,
    );
    say(result);
  }
}

/** Errors that calls throw at once. */
function throws() {
  for (const f of [
    () => http.get('bad url'),
    () => http.get({ port: 99999 }),
    () => http.request({ path: 'a b' }),
    () => dns.lookup(5),
    () => net.connect({ port: -1 }),
  ]) {
    try {
      f().on?.('error', () => undefined);
      say('no error');
    } catch (e) {
      say(e.name, e.code, e.message);
    }
  }
}

(async () => {
  looks();
  throws();
  const url = (path) => new URL(base + path);
  const read = (q) => q.on('response', (s) => s.resume());
  const pull = (q) => q.on('response', (s) => s.on('readable', () => s.read()));
  const trusted = () => ({ ca: readFileSync(process.env.UP_CA), agent: new https.Agent() });
  const plain = () => ({ agent: new http.Agent() });
  say(await watched(url('/ok'), plain(), read));
  say(await watched(url('/chunks?n=2&ms=20'), plain(), pull));
  say(await watched(url('/rst'), plain(), read));
  // Once the request has been sent: a time after the call may be over before the connection is made.
  say(await watched(url('/silent'), plain(), (q) => q.on('finish', () => setImmediate(() => q.destroy()))));
  const late = (q) => q.on('finish', () => q.socket.setTimeout(20)).on('timeout', () => q.abort());
  say(await watched(url('/silent'), { ...plain(), timeout: 60_000 }, late));
  say(await watched(new URL(`http://127.0.0.1:${process.env.UP_CLOSED}/`), plain()));
  say(await watched(new URL(`${process.env.UP_EXPIRED}/ok`), trusted(), undefined, https));
  say(await watched(new URL(`${process.env.UP_HTTPS}/ok`), trusted(), read, https));
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  say(...(await Promise.all([1, 2, 3].map(() => watched(url('/ok'), { agent }, read)))));
  say(
    keys(agent),
    Object.values(agent.freeSockets)
      .flat()
      .map((s) => `${keys(s)} ${listeners(s)}`)
      .join(),
  );
  agent.destroy();
  await fetches();
  await order();
  say(listeners(process), Error.stackTraceLimit);
})();

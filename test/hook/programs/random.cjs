// Carries out random programs given as data (file in argv[2]) and prints, as one JSON line each, all that they could see:
// order of events of each emitter, errors, status, bytes, listener counts, own keys. Jobs and ticks are marked, instants
// are not. How a body is cut into pieces is the network's affair: equal lines in a row count once.
const http = require('node:http');
const https = require('node:https');
const http2 = require('node:http2');
const { Readable } = require('node:stream');
const { readFileSync } = require('node:fs');
const { setImmediate: soon } = require('node:timers/promises');

const { programs, undici: undiciPath } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const undici = undiciPath ? require(undiciPath) : undefined;
const ca = readFileSync(process.env.UP_CA);
const bases = {
  http: process.env.UP_HTTP,
  https: process.env.UP_HTTPS,
  expired: process.env.UP_EXPIRED,
  closed: `http://127.0.0.1:${process.env.UP_CLOSED}`,
  // No name can have a part this long: it is refused without asking a name server.
  unknown: `http://${'x'.repeat(64)}.invalid`,
  h2: process.env.UP_H2,
};
const uncaught = [];
process.on('uncaughtException', (e) => uncaught.push(textOf(e)));
process.on('unhandledRejection', (e) => uncaught.push(`rejection ${textOf(e)}`));

const keys = (o) => Reflect.ownKeys(o).map(String).sort().join();
const textOf = (e) => {
  if (!(e instanceof Error)) return String(e);
  const cause = e.cause === undefined ? '' : ` <- ${textOf(e.cause)}`;
  const all = e.errors === undefined ? '' : ` [${e.errors.map(textOf)}]`;
  return `${e.name} ${e.code} ${e.message.replace(/\d{4,}/g, '…')} {${keys(e)}}${all}${cause}`;
};
const listeners = (emitter) =>
  emitter
    .eventNames()
    .map((n) => `${String(n)}:${emitter.listenerCount(n)}`)
    .sort()
    .join();

class Log {
  lines = [];
  done = false;
  say(line) {
    if (!this.done && this.lines.at(-1) !== line) this.lines.push(line);
  }
}

function bodyOf(call) {
  if (call.body === 'text') return 'hello world';
  if (call.body === 'bytes') return Buffer.alloc(call.size, 'b');
  if (call.body === 'stream') return Readable.from(Array.from({ length: 3 }, () => Buffer.alloc(call.size, 's')));
  return undefined;
}

/** Events of an emitter, each with the listeners there are. `act` is done at one of them. */
function watch(log, who, emitter, names, at) {
  for (const name of names) {
    emitter.on(name, (...args) => {
      const what = args[0] instanceof Error ? ` ${textOf(args[0])}` : '';
      log.say(`${who}.${name}${what} [${listeners(emitter)}]`);
      at?.(`${who}.${name}`);
    });
  }
}

function classic(call, url, agent, log) {
  const module = call.base === 'https' || call.base === 'expired' ? https : http;
  const options = { method: call.method, agent, ca, timeout: call.timeout || undefined, headers: call.headers };
  const body = bodyOf(call);
  if (call.expect) options.headers = { ...options.headers, expect: '100-continue' };
  const req = module.request(url, options);
  log.say(`made ${keys(req)} [${listeners(req)}]`);
  let bytes = 0;
  const at = (point) => {
    if (call.abort === point) {
      if (call.how === 'abort') req.abort();
      else req.destroy(call.how === 'error' ? new Error('mine') : undefined);
    }
    if (point === 'req.timeout') req.destroy();
  };
  return new Promise((resolve) => {
    watch(log, 'req', req, ['socket', 'finish', 'continue', 'information', 'abort', 'timeout', 'error', 'close'], at);
    req.on('socket', (socket) => {
      if (agent?.keepAlive !== true)
        watch(log, 'socket', socket, ['lookup', 'connect', 'secureConnect', 'ready', 'end', 'error', 'close'], at);
      log.say(`socket {${keys(socket)}}`);
      if (call.setTimeout) req.setTimeout(call.setTimeout);
    });
    req.on('response', (res) => {
      log.say(`response ${res.statusCode} ${keys(res)} [${listeners(res)}]`);
      watch(log, 'res', res, ['end', 'aborted', 'error', 'close'], at);
      if (call.read === 'readable') {
        res.on('readable', () => {
          for (let d = res.read(); d !== null; d = res.read()) bytes += d.length;
          at('res.data');
        });
      } else if (call.read === 'iterate') {
        (async () => {
          for await (const d of res) bytes += d.length;
          log.say('iterated');
        })().catch((e) => log.say(`iterating ${textOf(e)}`));
      } else if (call.read === 'none') res.resume();
      else
        res.on('data', (d) => {
          bytes += d.length;
          at('res.data');
        });
      at('response');
    });
    req.on('close', () => {
      // A kept socket goes on with the next request: what happens on it then belongs to that one.
      soon()
        .then(soon)
        .then(() => {
          log.say(`bytes ${call.abort === '' ? bytes : ''} complete ${req.res?.complete}`);
          resolve();
        });
    });
    if (body instanceof Readable) body.pipe(req);
    else req.end(body);
    at('now');
  });
}

async function fetching(call, url, log) {
  const control = new AbortController();
  const body = bodyOf(call);
  const options = { method: call.method, headers: call.headers, redirect: call.redirect ?? 'follow' };
  if (body !== undefined) options.body = body;
  if (body instanceof Readable) options.duplex = 'half';
  options.signal = call.timeout > 0 ? AbortSignal.timeout(call.timeout) : control.signal;
  try {
    const answer = fetch(url, options);
    log.say(`promise ${keys(answer)}`);
    if (call.abort === 'now') control.abort(call.how === 'error' ? new Error('mine') : undefined);
    const res = await answer;
    log.say(`response ${res.status} ${res.redirected} ${res.type} ${keys(res)} ${[...res.headers.keys()]}`);
    if (call.abort === 'response') control.abort();
    if (call.read === 'none') await res.body?.cancel();
    else if (call.read === 'iterate') {
      let bytes = 0;
      for await (const d of res.body ?? []) bytes += d.length;
      log.say(`bytes ${bytes}`);
    } else log.say(`bytes ${(await res.arrayBuffer()).byteLength}`);
  } catch (e) {
    log.say(`failed ${textOf(e)}`);
  }
}

async function viaUndici(call, url, log, pool) {
  if (undici === undefined) return log.say('no undici');
  const control = new AbortController();
  try {
    const options = { method: call.method, headers: call.headers, body: bodyOf(call) ?? null, dispatcher: pool };
    if (call.abort !== '') options.signal = control.signal;
    if (call.timeout > 0) options.headersTimeout = call.timeout;
    const answer = undici.request(url, options);
    log.say(`promise ${keys(answer)}`);
    if (call.abort === 'now') control.abort();
    const { statusCode, headers, body } = await answer;
    log.say(`response ${statusCode} ${Object.keys(headers)} ${keys(body)}`);
    if (call.abort === 'response') control.abort();
    if (call.read === 'none') await body.dump();
    else log.say(`bytes ${(await body.arrayBuffer()).byteLength}`);
  } catch (e) {
    log.say(`failed ${textOf(e)}`);
  }
}

function streams(call, path, log) {
  const session = http2.connect(bases.h2);
  log.say(`session ${keys(session)}`);
  return new Promise((resolve) => {
    watch(log, 'session', session, ['connect', 'error', 'goaway', 'close']);
    const stream = session.request({ ':path': path, ':method': call.method });
    log.say(`stream ${keys(stream)} [${listeners(stream)}]`);
    let bytes = 0;
    const at = (point) => {
      if (call.abort === point) stream.close(http2.constants.NGHTTP2_CANCEL);
    };
    watch(log, 'stream', stream, ['ready', 'aborted', 'error', 'end', 'close'], at);
    stream.on('response', (headers) => {
      log.say(`response ${headers[':status']}`);
      at('response');
    });
    stream.on('data', (d) => {
      bytes += d.length;
    });
    stream.on('close', () => {
      log.say(`bytes ${bytes} rst ${stream.rstCode}`);
      soon().then(() => session.destroy());
    });
    session.on('close', () => soon().then(resolve));
    const body = bodyOf(call);
    if (body instanceof Readable) body.pipe(stream);
    else stream.end(body);
    at('now');
  });
}

async function carryOut(call, label, agent, pool) {
  const log = new Log();
  const url = `${bases[call.client === 'http2' ? 'h2' : call.base]}${call.path}${call.path.includes('?') ? '&' : '?'}id=${label}`;
  const marks = ['tick', 'job'];
  process.nextTick(() => log.say(marks[0]));
  try {
    let end;
    if (call.client === 'http') end = classic(call, url, agent, log);
    else if (call.client === 'fetch') end = fetching(call, url, log);
    else if (call.client === 'undici') end = viaUndici(call, url, log, pool);
    else end = streams(call, `${call.path}?id=${label}`, log);
    log.say('returned');
    Promise.resolve().then(() => log.say(marks[1]));
    let patience;
    const late = new Promise((resolve) => {
      patience = setTimeout(() => resolve(log.say('no end')), 800);
    });
    await Promise.race([end, late]);
    clearTimeout(patience);
  } catch (e) {
    log.say(`threw ${textOf(e)}`);
  }
  log.done = true;
  return log.lines;
}

async function one(program, n) {
  const agents = {};
  const agentOf = (call) => {
    if (program.agent === 'none') return false;
    const module = call.base === 'https' || call.base === 'expired' ? https : http;
    agents[call.base] ??= new module.Agent(program.agent);
    return agents[call.base];
  };
  const pool = undici === undefined ? undefined : new undici.Agent({ connections: 1, connect: { ca } });
  const run = (call, i) => carryOut(call, `${n}.${i}`, agentOf(call), pool);
  let logs = [];
  if (program.parallel) logs = await Promise.all(program.calls.map(run));
  else for (const [i, call] of program.calls.entries()) logs.push(await run(call, i));
  const left = Object.values(agents).map((a) => `${keys(a)} ${Object.keys(a.requests)} ${a.totalSocketCount}`);
  for (const a of Object.values(agents)) a.destroy();
  pool?.destroy().catch(() => undefined);
  return { n, logs, left };
}

async function main() {
  const queue = [...programs];
  const out = [];
  const lane = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) out.push(await one(next.program, next.n));
  };
  await Promise.all(Array.from({ length: programs.length > 1 ? 6 : 1 }, lane));
  out.sort((a, b) => a.n - b.n);
  for (const o of out) console.log(JSON.stringify(o));
  console.log(JSON.stringify({ uncaught, process: listeners(process), limit: Error.stackTraceLimit }));
  // What the programs left open (bodies that nobody reads) would hold it.
  setTimeout(() => process.exit(), 100);
}
main();

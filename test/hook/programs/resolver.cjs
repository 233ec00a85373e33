// Lookups for the hook's own resolver: the program says what it got, whoever looked it up.
const { AsyncLocalStorage } = require('node:async_hooks');
const dns = require('node:dns');
const http = require('node:http');

const say = (what, ...values) => console.log(what, ...values.map((v) => JSON.stringify(v)));
const shape = (e) => [String(e), Object.entries(e), Object.keys(e), e.constructor.name, e.stack.split('\n')[0]];
const called = (name, call) => new Promise((done) => call((e, ...v) => done(say(name, e ? shape(e) : v))));
const settled = (name, promise) =>
  promise.then(
    (v) => say(name, v),
    (e) => say(name, shape(e)),
  );
const get = (host) =>
  new Promise((done) => {
    http
      .get({ host, port: process.env.WEB_PORT, path: '/', agent: false }, (r) =>
        r.resume().on('end', () => done(say(host, r.statusCode))),
      )
      .on('error', (e) => done(say(host, e.code, e.syscall, e.hostname)));
  });

const acts = {
  async get() {
    for (const host of process.argv.slice(3)) await get(host);
  },

  async lookup() {
    const [, , , ...hosts] = process.argv;
    for (const host of hosts) await called(host, (done) => dns.lookup(host, { all: true }, done));
  },

  // Every form of the call.
  async forms() {
    const name = process.argv[3];
    await called('callback', (done) => dns.lookup(name, done));
    await called('all', (done) => dns.lookup(name, { all: true }, done));
    await called('4', (done) => dns.lookup(name, 4, done));
    await called('6', (done) => dns.lookup(name, { family: 6 }, done));
    await called('v4 first', (done) => dns.lookup(name, { all: true, verbatim: false }, done));
    await called('hints', (done) => dns.lookup(name, { all: true, hints: dns.V4MAPPED | dns.ADDRCONFIG }, done));
    await settled('promise', dns.promises.lookup(name));
    await settled('promise, all', dns.promises.lookup(name, { all: true }));
    await called('unknown', (done) => dns.lookup('no.such.name.invalid', done));
    await settled('unknown promise', dns.promises.lookup('no.such.name.invalid'));
    await called('hosts', (done) => dns.lookup('localhost', 4, done));
    const store = new AsyncLocalStorage();
    await store.run('mine', () => called('context', (done) => dns.lookup(name, () => done(null, store.getStore()))));
    try {
      dns.lookup(name, { family: 'x' }, () => {});
    } catch (e) {
      say('threw', e.code);
    }
  },

  // An error that the callback throws is the program's; says what keeps the program from ending afterwards.
  throws() {
    const left = () => process.getActiveResourcesInfo().filter((r) => !/^(Pipe|File|TTY|Immediate)/.test(r));
    process.on('uncaughtException', (e) => {
      say('uncaught', e.message);
      setImmediate(() => setImmediate(() => say('left', left())));
    });
    dns.lookup(process.argv[3], () => {
      throw new Error('mine');
    });
  },
};

acts[process.argv[2]]();

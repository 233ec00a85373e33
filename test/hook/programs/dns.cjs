// Lookups by each call of `dns`, with callbacks and as promises. DNS_PORT: the test's name server.
const dns = require('node:dns');
const http = require('node:http');
const { promisify } = require('node:util');
const server = `127.0.0.1:${process.env.DNS_PORT}`;

const say = (what, ...values) => console.log(what, ...values.map((v) => JSON.stringify(v)));
const failed = (e) => [e.code, e.syscall, e.hostname, e.errno, e.message];
const settled = (name, promise) =>
  promise.then(
    (v) => say(name, v),
    (e) => say(name, failed(e)),
  );
const called = (name, call) => new Promise((done) => call((e, ...v) => done(say(name, e ? failed(e) : v))));

const acts = {
  async lookup() {
    const options = { all: true, family: 4, hints: dns.ADDRCONFIG };
    await called('callback', (done) => dns.lookup('localhost', done)); // @callback
    await called('options', (done) => dns.lookup('localhost', options, done)); // @options
    await called('family', (done) => dns.lookup('localhost', 4, done)); // @family
    await settled('promise', dns.promises.lookup('localhost', { all: true, verbatim: true })); // @promise
    await settled('promisified', promisify(dns.lookup)('localhost')); // @promisified
    await called('literal', (done) => dns.lookup('127.0.0.1', done));
    await settled('literal promise', dns.promises.lookup('::1'));
    await called('nothing', (done) => dns.lookup('', done));
    for (const call of [() => dns.lookup(5, () => {}), () => dns.lookup('x', { family: 5 }, () => {})]) {
      try {
        call();
      } catch (e) {
        say('threw', e.code);
      }
    }
    await settled(
      'wrong',
      Promise.resolve().then(() => dns.promises.lookup('x', { hints: 'y' })),
    );
  },

  async resolve() {
    const one = new dns.Resolver();
    const two = new dns.promises.Resolver({ timeout: 100, tries: 1 });
    const hasty = new dns.promises.Resolver({ timeout: 100, tries: 1 });
    hasty.setServers([server]);
    one.setServers([server]);
    two.setServers([server]);
    await called('ttl', (done) => one.resolve4('a.test', { ttl: true }, done)); // @ttl
    await called('plain', (done) => one.resolve6('a.test', done)); // @plain
    await settled('mx', two.resolveMx('a.test')); // @mx
    await settled('txt', two.resolve('a.test', 'TXT')); // @txt
    await settled('srv', two.resolveSrv('a.test')); // @srv
    await settled('any', two.resolveAny('a.test')); // @any
    await called('soa', (done) => one.resolveSoa('a.test', done)); // @soa
    await called('none', (done) => one.resolve4('none.test', done)); // @none
    await settled('broken', two.resolve4('broken.test')); // @broken
    await settled('refused', two.resolve4('refused.test')); // @refused
    await settled('silent', hasty.resolve4('silent.test')); // @silent
    await called('reverse', (done) => one.reverse('10.1.2.3', done)); // @reverse
    dns.setServers([server]);
    await called('module', (done) => dns.resolve4('a.test', done)); // @module
    await called('service', (done) => dns.lookupService('127.0.0.1', 80, done)); // @service
    try {
      one.resolve4(5, () => {});
    } catch (e) {
      say('threw', e.code);
    }
  },

  // Answers of one moment to promises and callbacks, errors at once, and jobs between: who comes first.
  async order() {
    const order = [];
    const note = (what) => () => order.push(what);
    const [a, c] = [new dns.promises.Resolver(), new dns.promises.Resolver()];
    const b = new dns.Resolver();
    for (const r of [a, b, c]) r.setServers([server]);
    const all = [
      a.resolve4('silent.test').catch(note('A')).then(note('A2')),
      new Promise((done) =>
        b.resolve4('silent.test', () => {
          note('B')();
          queueMicrotask(note('B job'));
          process.nextTick(note('B tick'));
          done();
        }),
      ).then(note('B2')),
      c.reverse('10.0.0.1').catch(note('C')),
      c.resolveAny('silent.test').catch(note('D')).finally(note('D2')),
    ];
    for (const r of [a, b, c]) r.cancel();
    await Promise.all(all);
    const soon = [a.resolve4('a..test'), dns.promises.reverse('nonsense'), a.resolveMx('x'.repeat(300))];
    const ends = soon.map((p, i) => p.catch((e) => order.push(`${i} ${e.code}`)));
    queueMicrotask(() => queueMicrotask(note('job')));
    await Promise.all(ends);
    const looked = dns.promises.lookup('localhost').then((v) => order.push(`lookup ${v.family > 0}`));
    process.nextTick(note('tick'));
    queueMicrotask(note('first'));
    await looked.then(note('second'));
    say('order', order);
  },

  // Nobody handles it: the process ends as it would.
  unhandled() {
    const resolver = new dns.promises.Resolver();
    resolver.setServers([server]);
    process.on('unhandledRejection', (e, promise) => {
      say('unhandled', e.code, promise === held);
    });
    const held = resolver.resolve4('none.test');
  },

  // One thread, which is busy for a second or so (A43): says until when, in µs of the monotonic clock.
  async pool() {
    require('node:crypto').pbkdf2('a', 'b', 2_000_000, 64, 'sha512', () => {
      process.stdout.write(`${process.hrtime.bigint() / 1000n}\n`);
    });
    const { port } = new URL(process.env.UP_HTTP);
    await new Promise((done) =>
      http.get({ host: 'localhost', port, path: '/ok' }, (r) => r.resume().on('end', done)).on('error', done),
    );
  },

  // The program computes while the answer waits: nothing is known of the pool.
  async busy() {
    const answered = called('busy', (done) => dns.lookup('localhost', done));
    const until = performance.now() + 60;
    while (performance.now() < until);
    await answered;
  },

  // DNS by the program's own sockets: asked twice on one, once in vain, and something that is no DNS.
  async speaks() {
    const dgram = require('node:dgram');
    const query = (id, name) =>
      Buffer.concat([
        Buffer.from([id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
        ...name.split('.').map((l) => Buffer.concat([Buffer.from([l.length]), Buffer.from(l)])),
        Buffer.from([0, 0, 1, 0, 1]),
      ]);
    const socket = dgram.createSocket('udp4'); // @speaks
    const { DNS_PORT } = process.env;
    for (const id of [700, 701]) {
      const reply = new Promise((r) => socket.once('message', r));
      socket.send(query(id, 'a.test'), DNS_PORT, '127.0.0.1');
      say('reply', (await reply).readUInt16BE(0));
    }
    await new Promise((r) => socket.send([query(702, 'silent.test')], DNS_PORT, '127.0.0.1', r));
    const reply = new Promise((r) => socket.once('message', r));
    socket.send(query(703, 'none.test'), DNS_PORT, '127.0.0.1');
    say('reply', (await reply)[3] & 15);
    socket.close();
    const other = dgram.createSocket('udp4');
    await new Promise((r) => other.send('something else than a question', DNS_PORT, '127.0.0.1', r));
    other.close();
  },

  // DNS over the program's own TCP sockets: a message in two writes, two in one, one in vain; then things that are none.
  async speaksTcp() {
    const net = require('node:net');
    const query = (id, name) => {
      const message = Buffer.concat([
        Buffer.from([id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
        ...name.split('.').map((l) => Buffer.concat([Buffer.from([l.length]), Buffer.from(l)])),
        Buffer.from([0, 0, 1, 0, 1]),
      ]);
      return Buffer.concat([Buffer.from([0, message.length]), message]);
    };
    const closed = (socket) => new Promise((r) => socket.on('error', () => {}).on('close', r));
    const { DNS_PORT } = process.env;
    const first = net.connect(DNS_PORT, '127.0.0.1'); // @speaksTcp
    const whole = query(710, 'a.test');
    let bytes = Buffer.alloc(0);
    const answers = (n) =>
      new Promise((r) =>
        first.on('data', function more(b) {
          bytes = Buffer.concat([bytes, b]);
          let seen = 0;
          for (let at = 0; at + 2 <= bytes.length; at += bytes.readUInt16BE(at) + 2) seen++;
          if (seen < n) return;
          first.off('data', more);
          r();
        }),
      );
    first.write(whole.subarray(0, 2));
    await new Promise((r) => setTimeout(r, 20));
    first.write(whole.subarray(2));
    await answers(1);
    first.write(Buffer.concat([query(711, 'none.test'), query(712, 'a.test')]));
    await answers(3);
    first.end(query(713, 'silent.test'));
    await closed(first.resume());
    const second = net.connect(DNS_PORT, '127.0.0.1');
    second.write(query(714, 'a.test'));
    for await (const piece of second) {
      say('read', piece.length > 20);
      break;
    }
    const strange = [whole.subarray(2), 'GET / HTTP/1.1\r\n\r\n', Buffer.from([0, 20, 1, 2, ...Buffer.alloc(18, 3)])];
    for (const bytes of strange) {
      const socket = net.connect(DNS_PORT, '127.0.0.1');
      const end = closed(socket.resume());
      socket.end(bytes);
      await end;
    }
  },

  // A program that watches lookups sees its own, and no other.
  async observed() {
    const seen = [];
    const { PerformanceObserver } = require('node:perf_hooks');
    new PerformanceObserver((list) => {
      for (const e of list.getEntriesByType('dns')) seen.push([e.name, e.detail.hostname]);
    }).observe({ entryTypes: ['dns'] });
    await called('lookup', (done) => dns.lookup('localhost', done));
    await new Promise((r) => setTimeout(r, 50));
    say('seen', seen);
  },

  // By a literal, and by a lookup function of the program (a cache).
  async origins() {
    const { port } = new URL(process.env.UP_HTTP);
    const lookup = (_name, options, done) =>
      setTimeout(() => (options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)));
    for (const o of [{ host: '127.0.0.1' }, { host: 'cached.test', lookup }])
      await new Promise((done) =>
        http.get({ ...o, port, path: '/ok', agent: false }, (r) => r.resume().on('end', done)),
      );
  },

  async many() {
    const { port } = new URL(process.env.UP_HTTP);
    for (let i = 0; i < 50; i++) {
      await new Promise((done) =>
        http.get({ host: 'localhost', port, path: '/ok', agent: false }, (r) => r.resume().on('end', done)),
      );
    }
  },
};

acts[process.argv[2]]();

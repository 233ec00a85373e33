// Other tools in the same program: they wrap sockets, show the program sockets of their own, or answer in its place.
const http = require('node:http');
const net = require('node:net');
const { Duplex } = require('node:stream');
const { EventEmitter } = require('node:events');
const base = process.env.UP_HTTP;

const read = (res, done) => {
  let text = '';
  res.setEncoding('utf8').on('data', (piece) => (text += piece));
  res.on('end', () => done(`${res.statusCode} ${text}`));
};
const get = (url, options = {}) =>
  new Promise((resolve) => http.get(url, options, (res) => read(res, resolve)).on('error', (e) => resolve(e.message)));
const say = async (...urls) => {
  for (const url of urls) console.log(await get(url));
};

/** As dd-trace does: `emit` is read before the socket connects, and stands on the socket in a wrapper until it has. */
function wrapConnect() {
  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = function (...args) {
    const original = this.emit;
    let left = 2;
    this.emit = function emit(name) {
      if ((name === 'ready' || name === 'connect') && --left === 0) this.emit = original;
      // biome-ignore lint/complexity/noArguments: as wrappers do it
      return Reflect.apply(original, this, arguments);
    };
    return connect.apply(this, args);
  };
}

/** Nothing that could be seen is called: the emitter's own method, past every wrapper. */
function passEmit() {
  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = function (...args) {
    this.emit = EventEmitter.prototype.emit;
    return connect.apply(this, args);
  };
}

const reply = (text) => `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`;

/** A stream that is no socket, with somebody behind it who answers. */
class Channel extends Duplex {
  _read() {}
  _write(_piece, _encoding, done) {
    setImmediate(() => this.push(reply('channel')));
    done();
  }
}

/** A socket of net without a handle, which answers by itself. */
class Mock extends net.Socket {
  write() {
    setImmediate(() => this.push(reply('mock')));
    return true;
  }
}

const answering = (make) =>
  new (class extends http.Agent {
    createConnection() {
      const socket = make();
      setImmediate(() => socket.emit('connect'));
      return socket;
    }
  })();

const nocked = (name) => {
  const loaded = require(name);
  return loaded.default ?? loaded;
};

async function nock(name) {
  const nock = nocked(name);
  nock(base, { allowUnmocked: true }).get('/mocked').reply(200, 'mocked').get('/broken').replyWithError('broken');
  await say(`${base}/mocked`, `${base}/ok`, `${base}/broken`);
}

/** Between two that it lets through nock answers one, on a kept socket: nothing goes over the connection below. */
async function kept() {
  nocked('nock15')(base, { allowUnmocked: true }).get('/mocked').reply(200, 'mocked');
  const agent = new http.Agent({ keepAlive: true });
  for (const path of ['/ok?n=1', '/mocked', '/ok?n=2']) {
    console.log(await get(base + path, { agent }));
    await new Promise((free) => setImmediate(free));
  }
}

async function msw() {
  const { setupServer } = require('msw/node');
  const { http: on, HttpResponse, passthrough } = require('msw');
  const server = setupServer(
    on.get(`${base}/mocked`, () => HttpResponse.text('mocked')),
    on.get(`${base}/ok`, () => passthrough()),
  );
  server.listen({ onUnhandledRequest: 'bypass' });
  const axios = require('axios');
  for (const path of ['/mocked', '/ok', '/bytes?n=100'])
    console.log((await axios.get(base + path, { responseType: 'text' })).data.length);
  server.close();
}

const acts = {
  async wrapped() {
    wrapConnect();
    await say(`${base}/ok`, `${base}/ok`);
    console.log(await (await fetch(`${base}/ok`)).text());
  },
  async passed() {
    passEmit();
    await say(`${base}/ok`);
  },
  async channel() {
    console.log(await get(`${base}/ok`, { agent: answering(() => new Channel()) }));
  },
  async mock() {
    console.log(await get(`${base}/ok`, { agent: answering(() => new Mock()) }));
  },
  nock14: () => nock('nock14'),
  nock15: () => nock('nock15'),
  kept,
  msw,
};

const work = acts[process.argv[2]]();
work.then(() => process.exit());

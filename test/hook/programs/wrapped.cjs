// Clients within clients: wrappers that people put round http, fetch and undici. Argument 1 says which; prints what came.
const { createRequire } = require('node:module');
const http = require('node:http');
const net = require('node:net');
const clients = createRequire(process.env.CLIENTS);
const base = process.env.UP_HTTP;
const { hostname, port, origin } = new URL(base);

const get = (url, options = {}) =>
  new Promise((done, fail) => {
    http.get(url, options, (a) => a.resume().on('end', () => done(a.statusCode))).on('error', fail); // @http
  });
const copy7 = () => clients('undici7');
const ask = async (dispatcher, path = '/ok', undiciOf = copy7()) => {
  const answer = await undiciOf.request(base + path, { dispatcher }); // @undici
  await answer.body.text();
  return answer.statusCode;
};
const close = async (dispatcher, act) => {
  const result = await act(dispatcher);
  await dispatcher.close();
  return result;
};

const acts = {
  async agent() {
    class Own extends http.Agent {
      createConnection(options, done) {
        return super.createConnection({ ...options, noDelay: true }, done);
      }
    }
    const agent = new Own({ keepAlive: true, maxSockets: 1 });
    const both = await Promise.all([get(`${base}/think?ms=60`, { agent }), get(`${base}/ok`, { agent })]);
    agent.destroy();
    return both;
  },
  option: () => get(`${base}/ok`, { createConnection: () => net.connect(port, hostname), agent: false }),
  async 'later socket'() {
    // An agent that is none of Node's: it finds the socket some time after.
    const agent = {
      addRequest(request) {
        setTimeout(() => {
          const socket = net.connect(port, hostname, () => request.onSocket(socket));
        }, 20);
      },
    };
    return get(`${base}/ok`, { agent, headers: { connection: 'close' } });
  },
  async agentkeepalive() {
    const Agent = clients('agentkeepalive');
    const agent = new Agent({ maxSockets: 2 });
    const both = [await get(`${base}/ok`, { agent }), await get(`${base}/ok`, { agent })];
    agent.destroy();
    return both;
  },
  interceptor: () =>
    close(
      new (copy7().Agent)().compose(
        (dispatch) => (options, handler) =>
          dispatch({ ...options, headers: { ...options.headers, 'x-own': '1' } }, handler), // @interceptor
      ),
      ask,
    ),
  async mock() {
    const agent = new (copy7().MockAgent)();
    agent.disableNetConnect();
    agent.get(origin).intercept({ path: '/ok' }).reply(200, 'mocked');
    return close(agent, ask);
  },
  pool: () =>
    close(new (copy7().Pool)(origin, { connections: 1 }), (p) =>
      Promise.all([ask(p, '/think?ms=80'), ask(p, '/ok?n=2')]),
    ),
  balanced: () => close(new (copy7().BalancedPool)([origin]), ask),
  pipelining: () =>
    close(new (copy7().Client)(origin, { pipelining: 3 }), (c) =>
      Promise.all([ask(c, '/think?ms=30'), ask(c, '/ok?n=2'), ask(c, '/ok?n=3')]),
    ),
  async oauth() {
    const authorized = async (url, init = {}) => {
      const headers = new Headers(init.headers);
      headers.set('authorization', 'Bearer SECRET');
      return fetch(url, { ...init, headers }); // @oauth
    };
    const answer = await authorized(`${base}/ok`);
    await answer.text();
    return answer.status;
  },
  async replaced() {
    const real = globalThis.fetch;
    globalThis.fetch = async (...args) => {
      const answer = await real(...args); // @replaced
      return answer;
    };
    const answer = await fetch(`${base}/ok`); // @fetch
    await answer.text();
    globalThis.fetch = () => Promise.resolve(new Response('made up', { status: 299 }));
    return [answer.status, (await fetch(`${base}/ok`)).status];
  },
  async overridden() {
    // As nock does: its own ClientRequest, which never gets a socket.
    const { EventEmitter } = require('node:events');
    const real = http.request;
    class Overridden extends EventEmitter {
      end() {
        process.nextTick(() => this.emit('response', { statusCode: 299 }));
        return this;
      }
    }
    http.request = () => new Overridden();
    const q = http.request(`${base}/ok`);
    const status = await new Promise((done) => q.end().on('response', (a) => done(a.statusCode)));
    http.request = real;
    return [status, await get(`${base}/ok`)];
  },
};

const far = `${base}/redirect?n=2`;
const status = async (p) => {
  const a = await p;
  return a.status ?? a.statusCode;
};
acts['redirect fetch'] = () => status(fetch(far).then(async (a) => (await a.text()) && a)); // @redirect-fetch
acts['redirect axios'] = () => status(clients('axios').get(far));
acts['redirect got11'] = () => status(clients('got11')(far));
acts['redirect got14'] = async () => status((await import(clients.resolve('got14'))).default(far));
acts['redirect node-fetch'] = () => status(clients('node-fetch2')(far).then(async (a) => (await a.text()) && a));
for (const major of [6, 7, 8]) {
  acts[`redirect undici${major}`] = () => {
    const copy = clients(`undici${major}`);
    const agent = new copy.Agent().compose(copy.interceptors.redirect({ maxRedirections: 3 }));
    return close(agent, (d) => ask(d, '/redirect?n=2', copy));
  };
}

(async () => {
  if (process.argv[2] === 'again') {
    // A server that closes with its answer to /a: what was sent behind it is sent once more.
    const server = net.createServer((s) => {
      s.on('error', () => {}).on('data', (d) => {
        for (const [, path] of d.toString().matchAll(/GET (\S+) /g)) {
          const last = path === '/a';
          s.write(`HTTP/1.1 200 OK\r\n${last ? 'connection: close\r\n' : ''}content-length: 2\r\n\r\nok`);
          if (last) return s.end();
        }
      });
    });
    await new Promise((r) => server.listen(0, '127.0.0.1', r));
    const client = new (copy7().Client)(`http://127.0.0.1:${server.address().port}`, { pipelining: 2 });
    const one = async (path) => {
      const a = await client.request({ path, method: 'GET', blocking: false });
      return a.body.text();
    };
    await one('/warm');
    console.log(await Promise.all([one('/a'), one('/b')]).catch((e) => e.code));
    await client.destroy();
    server.close();
    return;
  }
  console.log(JSON.stringify(await acts[process.argv[2]]()));
  http.globalAgent.destroy();
})();

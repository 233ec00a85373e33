// One client, one request for each fact of the coverage table; the URL's `fact` says which. What a client cannot do is
// printed as `cannot`, and left out.
const http = require('node:http');
const https = require('node:https');
const http2 = require('node:http2');
const { Readable } = require('node:stream');

const [name] = process.argv.slice(2);
const { UP_NAMED: named, UP_HTTPS: secure, UP_OWN: own, UP_H2: h2, UP_PROXY: proxy } = process.env;

const read = (req, body) =>
  new Promise((resolve, reject) => {
    req.on('error', reject);
    req.on('response', (res) => {
      res.on('error', reject);
      res.resume().on('end', resolve);
    });
    if (body instanceof Readable) body.pipe(req);
    else req.end(body);
  });

const classic = (module) => ({
  run: (url, { method, body, timeout, signal, headers }) => {
    const options = { method, timeout, signal, headers, agent: false };
    const req = (url.startsWith('https') ? https : module).request(url, options);
    req.on('timeout', () => req.destroy(new Error('too slow')));
    return read(req, body);
  },
  upgrade: (url) =>
    new Promise((resolve, reject) => {
      const req = http.get(url, { agent: false, headers: { connection: 'upgrade', upgrade: 'echo' } });
      req.on('error', reject).on('upgrade', (_res, socket) => {
        socket.on('close', resolve).end('bye');
      });
    }),
});

const fetching = (f) => ({
  run: async (url, { method, body, timeout, signal, headers }) => {
    const options = { method, headers, signal: timeout ? AbortSignal.timeout(timeout) : signal };
    if (body !== undefined) Object.assign(options, { body, duplex: 'half' });
    await (await f(url, options)).text();
  },
});

const undici = (copy) => ({
  run: async (url, { method, body, timeout, signal, headers }) => {
    const answer = await copy.request(url, { method, body, signal, headers, headersTimeout: timeout });
    await answer.body.text();
  },
  proxied: async (url) => {
    const dispatcher = new copy.ProxyAgent(proxy);
    await (await copy.request(url, { dispatcher })).body.text();
    await dispatcher.close();
  },
});

const clients = {
  http: () => classic(http),
  fetch: () => fetching(fetch),
  undici6: () => undici(require('undici6')),
  undici7: () => undici(require('undici7')),
  undici8: () => undici(require('undici8')),
  axios: () => {
    const axios = require('axios');
    const call = (url, more) => axios({ url, validateStatus: () => true, maxRedirects: 0, ...more });
    const { hostname, port } = new URL(proxy);
    return {
      run: (url, { method, body, timeout, signal, headers }) =>
        call(url, { method, data: body, timeout, signal, headers }),
      proxied: (url) => call(url, { proxy: { protocol: 'http', host: hostname, port: Number(port) } }),
    };
  },
  got: () => {
    const got = require('got11');
    return {
      run: (url, { method, body, timeout, signal, headers }) => {
        const options = { method, timeout, headers, retry: 0, throwHttpErrors: false };
        if (body instanceof Readable) {
          return new Promise((resolve, reject) => {
            const stream = got.stream(url, options).on('end', resolve).on('error', reject);
            body.pipe(stream).resume();
          });
        }
        const answer = got(url, { ...options, body });
        signal?.addEventListener('abort', () => answer.cancel());
        return answer;
      },
      retried: (url) =>
        got(url, { retry: { limit: 1, calculateDelay: ({ computedValue }) => Math.min(computedValue, 10) } }),
    };
  },
  'node-fetch': () => fetching(require('node-fetch2')),
  http2: () => ({
    base: h2,
    run: (url, { method, body, timeout, signal, headers }) =>
      new Promise((resolve, reject) => {
        const { pathname, search } = new URL(url);
        const session = http2.connect(h2).on('error', reject);
        const stream = session.request(
          { ':path': pathname + search, ':method': method ?? 'GET', ...headers },
          { signal },
        );
        if (timeout) stream.setTimeout(timeout, () => stream.close(http2.constants.NGHTTP2_CANCEL));
        stream.on('error', reject).on('close', () => session.close());
        stream.resume().on('end', resolve);
        if (body instanceof Readable) body.pipe(stream);
        else stream.end(body);
      }),
  }),
};

async function main() {
  const client = clients[name]();
  const base = client.base ?? named;
  const act = async (fact, run) => {
    if (run === undefined) return console.log(fact, 'cannot');
    await Promise.resolve()
      .then(run)
      .then(
        () => console.log(fact, 'done'),
        (e) => console.log(fact, e.name),
      );
  };
  const control = new AbortController();
  const pieces = (n, size) => Readable.from(Array.from({ length: n }, () => Buffer.alloc(size)));
  await act('plain', () => client.run(`${base}/gzip?n=10000&fact=plain`, {}));
  await act('tls', client.base ? undefined : () => client.run(`${secure}/ok?fact=tls`, {}));
  await act('chunks', () => client.run(`${base}/chunks?n=3&ms=120&fact=chunks`, {}));
  await act('upload', () =>
    client.run(`${base}/echo?fact=upload`, {
      method: 'POST',
      body: 'x'.repeat(1000),
      headers: { 'content-type': 'text/plain' },
    }),
  );
  const slow = `${client.base ?? own}/slow?fact=stall`;
  await act('stall', client.base ? undefined : () => client.run(slow, { method: 'POST', body: pieces(160, 65_536) }));
  await act('timeout', () => client.run(`${base}/silent?fact=timeout`, { timeout: 100 }));
  setTimeout(() => control.abort(), 100);
  await act('abort', () => client.run(`${base}/silent?fact=abort`, { signal: control.signal }));
  await act('informational', client.base ? undefined : () => client.run(`${base}/early?fact=informational`, {}));
  await act('proxy', client.proxied && (() => client.proxied(`${named}/ok?fact=proxy`)));
  await act('retry', client.retried && (() => client.retried(`${own}/flaky?fact=retry&by=${process.pid}`)));
  await act('upgrade', client.upgrade && (() => client.upgrade(`${own}/upgrade?fact=upgrade`)));
}
main().then(() => setTimeout(() => process.exit(), 50));

// What a client can do beyond a request: timeouts, aborts, retries. Argument 1 says which; prints the outcome.
const { createRequire } = require('node:module');
const http = require('node:http');
const clients = createRequire(process.env.CLIENTS);
const base = process.env.UP_HTTP;
const slow = `${base}/silent`;
const said = (e) => e.code ?? e.cause?.code ?? e.cause?.name ?? e.name;

const get = (url, options = {}, act = () => {}) =>
  new Promise((done) => {
    const q = http.get(url, options, (answer) => {
      answer.on('error', (e) => done(said(e)));
      answer.resume().on('end', () => done(answer.statusCode));
    });
    q.on('error', (e) => done(said(e)));
    q.on('timeout', () => q.destroy());
    act(q);
  });
const ended = (p) =>
  p.then(
    async (a) => a.statusCode ?? a.status,
    (e) => said(e),
  );

/** Aborts after 100 ms, and says how many it were. */
function give(controller) {
  const begin = performance.now();
  setTimeout(() => {
    console.log(performance.now() - begin);
    controller.abort(new Error('no longer wanted'));
  }, 100);
}

const acts = {
  option: () => get(slow, { timeout: 80 }),
  request: () => get(slow, {}, (q) => q.setTimeout(80)),
  agent: () => get(slow, { agent: new http.Agent({ timeout: 80 }) }),
  signal: () => get(slow, { signal: AbortSignal.timeout(80) }),
  'signal fetch': () => ended(fetch(slow, { signal: AbortSignal.timeout(80) })),
  'signal any': () => {
    const signal = AbortSignal.any([AbortSignal.timeout(80), new AbortController().signal]);
    return ended(fetch(slow, { signal }));
  },
  abort: () => {
    const controller = new AbortController();
    give(controller);
    return get(slow, { signal: controller.signal });
  },
  'abort fetch': () => {
    const controller = new AbortController();
    give(controller);
    return ended(fetch(slow, { signal: controller.signal }));
  },
  axios: () => ended(clients('axios').get(slow, { timeout: 80 })),
  'axios signal': () => ended(clients('axios').get(slow, { signal: AbortSignal.timeout(80) })),
  got11: () => ended(clients('got11')(slow, { timeout: { request: 80 }, retry: 0 })),
  'got11 response': () => ended(clients('got11')(slow, { timeout: { response: 80 }, retry: 0 })),
  got14: async () =>
    ended((await import(clients.resolve('got14'))).default(slow, { timeout: { request: 80 }, retry: { limit: 0 } })),
};
for (const major of [6, 7, 8]) {
  const name = `undici${major}`;
  const close = (dispatcher, url, options = {}) =>
    ended(
      clients(name)
        .request(url, { dispatcher, ...options })
        .then(async (a) => {
          await a.body.text();
          return a;
        }),
    ).finally(() => dispatcher.destroy());
  acts[`${name} headers`] = () => close(new (clients(name).Agent)(), slow, { headersTimeout: 80 });
  acts[`${name} body`] = () => close(new (clients(name).Agent)({ bodyTimeout: 80 }), `${base}/chunks?n=2&ms=60000`);
  acts[`${name} connect`] = () => {
    const { Agent } = clients(name);
    const lookup = () => setTimeout(() => {}, 2500);
    return close(new Agent({ connect: { timeout: 80, lookup } }), slow.replace('127.0.0.1', 'nowhere.test'));
  };
  acts[`${name} retry`] = () => {
    const { Agent, RetryAgent } = clients(name);
    return close(
      new RetryAgent(new Agent(), { maxRetries: 3, minTimeout: 10 }),
      `${base}/fail?times=2&key=${process.pid}`,
    );
  };
  acts[`${name} interceptor`] = () => {
    const { Agent, interceptors } = clients(name);
    const dispatcher = new Agent().compose(interceptors.retry({ maxRetries: 3, minTimeout: 10 }));
    return close(dispatcher, `${base}/fail?times=2&key=${process.pid}`);
  };
}
const twice = { limit: 2, calculateDelay: ({ attemptCount }) => (attemptCount > 2 ? 0 : 10) };
acts['got11 retry'] = () => ended(clients('got11')(`${base}/fail?times=2&key=${process.pid}`, { retry: twice }));
acts['got14 retry'] = async () => {
  const got = (await import(clients.resolve('got14'))).default;
  return ended(got(`${base}/fail?times=2&key=${process.pid}`, { retry: twice }));
};
acts.loop = async () => {
  for (let i = 0; i < 2; i++) await get(`${base}/fail?times=2&key=${process.pid}`);
  return get(`${base}/fail?times=2&key=${process.pid}`);
};

acts[process.argv[2]]().then((x) => {
  console.log(x);
  http.globalAgent.destroy();
});

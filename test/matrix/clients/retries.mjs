// One client: a call that its server refuses twice, which the client tries again by itself, then the same calls made again
// by the program.
import http from 'node:http';

const [name, base, act] = process.argv.slice(2);
const soon = { retries: 2, minTimeout: 5, maxTimeout: 5 };

const json = async (res) => {
  if (!res.ok) throw new Error(String(res.status));
  return res.json();
};
const got = (v) => async (retries) => {
  const { default: client } = await import(v);
  return (url) => client(url, { retry: { limit: retries, calculateDelay: ({ computedValue }) => computedValue && 5 } });
};
const retryAgent = (v) => async (retries) => {
  const { Agent, request, RetryAgent } = await import(v);
  const dispatcher = new RetryAgent(new Agent(), { maxRetries: retries, minTimeout: 5, maxTimeout: 5 });
  return async (url) => (await request(url, { dispatcher })).body.json();
};

/** Each gives a call that tries `retries` times again. */
const clients = {
  async axios(retries) {
    const { default: axios } = await import('axios');
    const { default: axiosRetry } = await import('axios-retry');
    const client = axios.create();
    if (retries > 0) axiosRetry(client, { retries, retryDelay: () => 5 });
    return (url) => client.get(url);
  },
  ky: async (limit) => {
    const { default: ky } = await import('ky');
    return (url) => ky.get(url, { retry: { limit, delay: () => 5 } }).json();
  },
  ky2: async (limit) => {
    const { default: ky } = await import('ky2');
    return (url) => ky.get(url, { retry: { limit, delay: () => 5 } }).json();
  },
  async ofetch(retry) {
    const { ofetch } = await import('ofetch');
    return (url) => ofetch(url, { retry, retryDelay: 5 });
  },
  async superagent(retries) {
    const { default: superagent } = await import('superagent');
    return (url) => superagent.get(url).retry(retries);
  },
  async aws(retries) {
    const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
    const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
    return (endpoint) =>
      new STSClient({ region: 'x', endpoint, credentials, maxAttempts: retries + 1 }).send(
        new GetCallerIdentityCommand({}),
      );
  },
  async openai(maxRetries) {
    const { default: OpenAI } = await import('openai');
    return (baseURL) =>
      new OpenAI({ apiKey: 'x', baseURL, maxRetries }).chat.completions.create({ model: 'x', messages: [] });
  },
  async stripe(maxNetworkRetries) {
    const { default: Stripe } = await import('stripe');
    return (url) => {
      const { hostname: host, port, pathname, protocol } = new URL(url);
      const options = { host, port, protocol: protocol.slice(0, -1), httpAgent: http.globalAgent, maxNetworkRetries };
      const stripe = new Stripe('sk_test_x', options);
      stripe.getInitialNetworkRetryDelay = () => 0.005;
      return stripe.rawRequest('GET', pathname);
    };
  },
  'p-retry': async (retries) => {
    const { default: pRetry } = await import('p-retry');
    return (url) => pRetry(() => fetch(url).then(json), { ...soon, retries });
  },
  'async-retry': async (retries) => {
    const { default: retry } = await import('async-retry');
    return (url) => retry(() => fetch(url).then(json), { ...soon, retries });
  },
  got11: got('got11'),
  got14: got('got14'),
  undici6: retryAgent('undici6'),
  undici7: retryAgent('undici7'),
  undici8: retryAgent('undici8'),
};

const acts = {
  /** The client tries again by itself. */
  async retried(client) {
    await (await client(2))(`${base}/retried`);
  },
  /** The program does: that is no retry of the client's. */
  async loop(client) {
    const call = await client(0);
    for (let i = 0; i < 3; i++) await call(`${base}/loop`).catch(() => {});
  },
  /** Two calls to the same URL at once: no try is taken for another call's. */
  async both(client) {
    const call = await client(2);
    await Promise.allSettled([call(`${base}/both`), call(`${base}/both`)]);
  },
};

await acts[act](clients[name]);
http.globalAgent.destroy();

// Requests through proxies: argument 1 is the client, 2 the URL, 3 the proxy. Prints the status, and that of a second
// request if the client keeps connections.
const { createRequire } = require('node:module');
const fs = require('node:fs');
const clients = createRequire(process.env.CLIENTS);
const [client, url, proxy] = process.argv.slice(2);
const ca = fs.readFileSync(process.env.UP_CA);

const get = (module, options) =>
  new Promise((done, fail) => {
    const q = module.get(url, options, (answer) => {
      answer.resume().on('end', () => done(answer.statusCode));
    }); // @get
    q.on('error', fail);
  });
const module_ = () => require(url.startsWith('https') ? 'node:https' : 'node:http');
const run = {
  'https-proxy-agent'() {
    const { HttpsProxyAgent } = clients('https-proxy-agent7');
    const agent = new HttpsProxyAgent(proxy, { ca });
    return get(module_(), { agent, ca });
  },
  'https-proxy-agent 5'() {
    const agent = clients('https-proxy-agent')(Object.assign(new URL(proxy), { ca }).href);
    return get(module_(), { agent, ca });
  },
  'http-proxy-agent'() {
    const { HttpProxyAgent } = clients('http-proxy-agent');
    return get(module_(), { agent: new HttpProxyAgent(proxy, { ca }) });
  },
  hpagent() {
    const { HttpsProxyAgent, HttpProxyAgent } = clients('hpagent');
    const Agent = url.startsWith('https') ? HttpsProxyAgent : HttpProxyAgent;
    return get(module_(), { agent: new Agent({ proxy, ca, proxyRequestOptions: { ca } }), ca });
  },
  tunnel() {
    const { hostname: host, port } = new URL(proxy);
    const make = clients('tunnel')[url.startsWith('https') ? 'httpsOverHttp' : 'httpOverHttp'];
    return get(module_(), { agent: make({ ca: [ca], proxy: { host, port: Number(port) } }), ca });
  },
  'socks-proxy-agent'() {
    const { SocksProxyAgent } = clients('socks-proxy-agent');
    return get(module_(), { agent: new SocksProxyAgent(proxy), ca });
  },
  plain() {
    const { hostname, port } = new URL(proxy);
    return get(require('node:http'), { hostname, port, path: url, headers: { host: new URL(url).host } });
  },
  async axios() {
    const { hostname: host, port } = new URL(proxy);
    const { Agent } = require('node:https');
    const options = { proxy: { protocol: 'http', host, port: Number(port) }, httpsAgent: new Agent({ ca }) };
    const answer = await clients('axios').get(url, options); // @axios
    return answer.status;
  },
  async node() {
    if (process.argv[5] === 'fetch') {
      const answer = await fetch(url); // @fetch
      await answer.text();
      return answer.status;
    }
    return get(module_(), { ca });
  },
};
for (const major of [6, 7, 8]) {
  const options = { requestTls: { ca }, proxyTls: { ca } };
  run[`undici${major}`] = async () => {
    const { request, ProxyAgent } = clients(`undici${major}`);
    const dispatcher = new ProxyAgent({ uri: proxy, ...options });
    const answer = await request(url, { dispatcher }); // @undici
    await answer.body.text();
    await dispatcher.close();
    return answer.statusCode;
  };
  run[`undici${major} forward`] = async () => {
    const { request, ProxyAgent } = clients(`undici${major}`);
    const dispatcher = new ProxyAgent({ uri: proxy, proxyTunnel: false, ...options });
    const answer = await request(url, { dispatcher });
    await answer.body.text();
    await dispatcher.close();
    return answer.statusCode;
  };
  run[`undici${major} fetch`] = async () => {
    const { fetch, ProxyAgent } = clients(`undici${major}`);
    const dispatcher = new ProxyAgent({ uri: proxy, ...options });
    const answer = await fetch(url, { dispatcher });
    await answer.text();
    await dispatcher.close();
    return answer.status;
  };
  run[`undici${major} env`] = async () => {
    const { request, EnvHttpProxyAgent } = clients(`undici${major}`);
    const dispatcher = new EnvHttpProxyAgent({ httpProxy: proxy, httpsProxy: proxy, noProxy: '', ...options });
    const answer = await request(url, { dispatcher });
    await answer.body.text();
    await dispatcher.close();
    return answer.statusCode;
  };
}
// Argument 4: how many at once.
const runs = Array.from({ length: Number(process.argv[5]) || 1 }, () => run[client]());
Promise.all(runs).then(
  (statuses) => console.log(statuses[0]),
  (e) => console.log(e.code ?? e.cause?.code ?? e.name),
);

// The same requests under each tool. TOOL BASE PROXY SOCKS
const [tool, base, proxy, socks] = process.argv.slice(2);
// Nothing listens there: what the tools send goes nowhere.
const nowhere = 'http://127.0.0.1:9';
let agentOf = () => undefined;
let finish = () => {};

const setups = {
  none() {},
  'dd-trace': () => require('dd-trace').init({ startupLogs: false, url: nowhere, flushInterval: 1e6 }),
  newrelic: () => require('newrelic'),
  '@sentry/node': () =>
    require('@sentry/node').init({ dsn: nowhere.replace('//', '//key@').concat('/1'), tracesSampleRate: 1 }),
  '@opentelemetry/sdk-node'() {
    const { NodeSDK } = require('@opentelemetry/sdk-node');
    const { getNodeAutoInstrumentations } = require('@opentelemetry/auto-instrumentations-node');
    let spans = 0;
    const traceExporter = {
      export(made, done) {
        spans += made.filter((s) => s.kind === 2).length;
        done({ code: 0 });
      },
      async shutdown() {},
    };
    const sdk = new NodeSDK({
      traceExporter,
      resourceDetectors: [],
      instrumentations: [getNodeAutoInstrumentations()],
    });
    sdk.start();
    finish = async () => {
      await sdk.shutdown();
      console.log('spans of clients', spans);
    };
  },
  'https-proxy-agent'() {
    const { HttpsProxyAgent } = require('https-proxy-agent');
    agentOf = () => new HttpsProxyAgent(proxy, { keepAlive: true });
  },
  'socks-proxy-agent'() {
    const { SocksProxyAgent } = require('socks-proxy-agent');
    agentOf = () => new SocksProxyAgent(socks, { keepAlive: true });
  },
  nock13: () => nock('nock13'),
  nock14: () => nock('nock14'),
  nock15: () => nock('nock15'),
  msw() {
    const { setupServer } = require('msw/node');
    const { http, HttpResponse } = require('msw');
    setupServer(http.get(`${base}/mocked`, () => HttpResponse.text('mocked'))).listen({ onUnhandledRequest: 'bypass' });
  },
};
function nock(name) {
  const loaded = require(name);
  (loaded.default ?? loaded)(base, { allowUnmocked: true }).get('/mocked').reply(200, 'mocked');
}

setups[tool]();
const http = require('node:http');
const axios = require('axios');

const get = (path, options) =>
  new Promise((done, failed) => {
    const req = http.get(base + path, options, (res) => {
      let bytes = 0;
      res.on('data', (piece) => {
        bytes += piece.length;
      });
      res.on('end', () => done([res.statusCode, bytes]));
    });
    req.on('error', failed);
  });

async function main() {
  const agent = agentOf() ?? new http.Agent({ keepAlive: true });
  for (const n of [1, 2]) console.log('http', await get(`/ok?n=${n}`, { agent }));
  agent.destroy();
  for (const n of [3, 4]) {
    const response = await fetch(`${base}/ok?n=${n}`);
    console.log('fetch', response.status, (await response.text()).length);
  }
  console.log('axios', (await axios.post(`${base}/echo?n=5`, 'hello')).status);
  console.log('status', await get('/status?is=503'));
  if (/nock|msw/.test(tool)) console.log('mocked', await get('/mocked'));
  const refused = await new Promise((done) => http.get('http://127.0.0.1:1/').on('error', done));
  console.log(refused.code, refused.stack);
  await Promise.all([6, 7].map((n) => get(`/ok?n=${n}`))).then((all) => console.log('parallel', all));
  await finish();
}
main().finally(() => process.exit());

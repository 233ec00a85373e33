/**
 * The clients of the coverage table: how each is imported and what a program writes to make one request with it. `CALL`
 * is called in each style as a user writes it, so the line that must be recorded is the line of the call.
 */
export interface CoveredClient {
  title: string;
  /** Folder of its package in `clients/node_modules`; absent: part of Node. */
  package?: string;
  /** Before the calls; `base` is the server's URL of the style, `port` its port. */
  setup: string;
  /** An expression that gives a promise, or something that can be awaited. */
  call: string;
  /** A statement that calls `done` when it is over; absent: the client has no callbacks. */
  callback?: string;
  /** It speaks HTTP/2 without TLS. */
  http2?: true;
  min?: number;
  /** Stands in the subset that `npm test` runs. */
  subset?: true;
}

const openAi = `{ apiKey: 'x', baseURL: base, maxRetries: 1 }`;
const aws = `{ region: 'x', endpoint: base, credentials: { accessKeyId: 'x', secretAccessKey: 'x' }, forcePathStyle: true, maxAttempts: 2 }`;

export const clients: readonly CoveredClient[] = [
  {
    title: 'node:http',
    setup: `import http from 'node:http';
const get = (u) => new Promise((done, fail) => http.get(u, (r) => r.resume().on('end', r.statusCode < 400 ? done : fail))); // @helper`,
    call: 'get(base)',
    callback: "http.get(base, (r) => r.resume().on('end', done))",
  },
  { title: 'fetch', setup: '', call: 'fetch(base).then(checked)' },
  ...['6', '7', '8'].map((v) => ({
    title: `undici ${v}`,
    package: `undici${v}`,
    setup: `import { request } from 'undici${v}';`,
    call: 'request(base).then((r) => r.body.dump().then(() => checked(r)))',
  })),
  {
    title: 'axios',
    package: 'axios',
    setup: "import axios from 'axios'; import axiosRetry from 'axios-retry'; axiosRetry(axios, { retries: 1 });",
    call: 'axios.get(base)',
  },
  { title: 'got 11', package: 'got11', setup: "import got from 'got11';", call: 'got(base).json()' },
  { title: 'got 12', package: 'got12', setup: "import got from 'got12';", call: 'got(base).json()' },
  { title: 'got 14', package: 'got14', setup: "import got from 'got14';", call: 'got(base).json()', subset: true },
  {
    title: 'ky',
    package: 'ky',
    setup: "import ky from 'ky';",
    call: 'ky.get(base, { retry: { limit: 1, delay: () => 5 } }).json()',
  },
  { title: 'ofetch', package: 'ofetch', setup: "import { ofetch } from 'ofetch';", call: 'ofetch(base)' },
  { title: 'wretch', package: 'wretch', setup: "import wretch from 'wretch';", call: 'wretch(base).get().json()' },
  {
    title: 'superagent',
    package: 'superagent',
    setup: "import superagent from 'superagent';",
    call: 'superagent.get(base).retry(1)',
    callback: 'superagent.get(base).end(done)',
    subset: true,
  },
  {
    title: 'node-fetch 2',
    package: 'node-fetch2',
    setup: "import fetch2 from 'node-fetch2';",
    call: 'fetch2(base).then(checked)',
  },
  {
    title: 'node-fetch 3',
    package: 'node-fetch3',
    setup: "import fetch3 from 'node-fetch3';",
    call: 'fetch3(base).then(checked)',
  },
  {
    title: 'needle',
    package: 'needle',
    setup: "import needle from 'needle';",
    call: "needle('get', base).then((r) => checked({ status: r.statusCode }))",
    callback: 'needle.get(base, done)',
  },
  {
    title: 'phin',
    package: 'phin',
    setup: "import phin from 'phin';",
    call: 'phin({ url: base }).then((r) => checked({ status: r.statusCode }))',
  },
  {
    title: 'openai',
    package: 'openai',
    setup: `import OpenAI from 'openai'; const made = (base) => new OpenAI(${openAi});`,
    call: "made(base).chat.completions.create({ model: 'x', messages: [] })",
  },
  {
    title: '@anthropic-ai/sdk',
    package: '@anthropic-ai/sdk',
    setup: `import Anthropic from '@anthropic-ai/sdk'; const made = (base) => new Anthropic(${openAi});`,
    call: "made(base).messages.create({ model: 'x', max_tokens: 1, messages: [] })",
    subset: true,
  },
  {
    title: 'AWS SDK v3: S3',
    package: '@aws-sdk/client-s3',
    setup: `import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'; const made = (base) => new S3Client(${aws});`,
    call: "made(base).send(new GetObjectCommand({ Bucket: 'x', Key: 'y' })).then((r) => r.Body.transformToString())",
    callback: "made(base).send(new GetObjectCommand({ Bucket: 'x', Key: 'y' }), done)",
  },
  {
    title: 'AWS SDK v3: DynamoDB',
    package: '@aws-sdk/client-dynamodb',
    setup: `import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'; const made = (base) => new DynamoDBClient(${aws});`,
    call: 'made(base).send(new ListTablesCommand({}))',
    callback: 'made(base).send(new ListTablesCommand({}), done)',
  },
  {
    title: '@azure/storage-blob',
    package: '@azure/storage-blob',
    setup:
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the text is code.
      "import { BlobClient } from '@azure/storage-blob'; const made = (base) => new BlobClient(`${base}/account/container/blob`, undefined, { retryOptions: { retryDelayInMs: 5, maxTries: 2 } });",
    call: 'made(base).getProperties()',
  },
  {
    title: '@google-cloud/storage',
    package: '@google-cloud/storage',
    setup:
      "import { Storage } from '@google-cloud/storage'; const made = (base) => new Storage({ apiEndpoint: base, projectId: 'x', retryOptions: { retryDelayMultiplier: 0.01, maxRetries: 1 } });",
    call: "made(base).bucket('x').getMetadata()",
    callback: "made(base).bucket('x').getMetadata(done)",
  },
  {
    title: 'stripe',
    package: 'stripe',
    setup:
      "import Stripe from 'stripe'; const made = (base) => new Stripe('sk_test_x', { host: '127.0.0.1', port: new URL(base).port, protocol: 'http', telemetry: false, maxNetworkRetries: 1 });",
    call: "made(base).customers.retrieve('x')",
    subset: true,
  },
  {
    title: 'octokit',
    package: 'octokit',
    setup:
      "import { Octokit } from 'octokit'; const made = (base) => new Octokit({ baseUrl: base, log: { debug() {}, info() {}, warn() {}, error() {} } });",
    call: "made(base).request('GET /user')",
  },
  {
    title: 'graphql-request',
    package: 'graphql-request',
    setup: "import { request } from 'graphql-request';",
    call: "request(base, '{ a }')",
  },
  {
    title: 'Apollo client',
    package: '@apollo/client',
    setup:
      "import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client'; const made = (base) => new ApolloClient({ link: new HttpLink({ uri: base }), cache: new InMemoryCache() });",
    call: 'made(base).query({ query: gql`{ a }` })',
  },
  {
    title: 'Elasticsearch client',
    package: '@elastic/elasticsearch',
    setup:
      "import { Client } from '@elastic/elasticsearch'; const made = (base) => new Client({ node: base, maxRetries: 1 });",
    call: 'made(base).info()',
  },
  {
    title: '@grpc/grpc-js',
    package: '@grpc/grpc-js',
    http2: true,
    setup: `import { Client, credentials } from '@grpc/grpc-js';
const same = (x) => x;
const ask = (base, back) => new Client(new URL(base).host, credentials.createInsecure()).makeUnaryRequest('/x/Y', same, same, Buffer.alloc(0), back); // @helper
const asked = (base) => new Promise((done, fail) => ask(base, (e) => (e ? fail(e) : done())));`,
    call: 'asked(base)',
    callback: 'ask(base, done)',
    subset: true,
  },
  {
    title: 'socket.io-client',
    package: 'socket.io-client',
    setup: "import { io } from 'socket.io-client';",
    call: "new Promise((done) => io(base, { reconnection: false }).on('connect_error', done))",
    callback: "io(base, { reconnection: false }).on('connect_error', done)",
  },
  {
    title: 'ws',
    package: 'ws',
    setup: "import WebSocket from 'ws';",
    call: "new Promise((done) => new WebSocket(base).on('error', done))",
    callback: "new WebSocket(base).on('error', done)",
  },
  {
    title: 'playwright APIRequest',
    package: 'playwright-core',
    setup: "import { request } from 'playwright-core'; const context = await request.newContext();",
    call: 'context.get(base, { maxRetries: 1 }).then((r) => checked({ status: r.status() }))',
  },
];

/** `first`: a callback and an await before all others, while nothing is known of what the program needs. */
export const styles = ['first', 'callback', 'promise', 'await', 'class', 'retried'] as const;
export type Style = (typeof styles)[number];

/** The program of a client: one request per style, each to its own port. Under a debugger it waits for it. */
export function programOf({ setup, call, callback }: CoveredClient): string {
  return `import { once } from 'node:events';
${setup}
const checked = (r) => { if ((r.status ?? r.statusCode) >= 400) throw new Error('status'); return r; };
const bases = JSON.parse(process.argv[2]);
const run = {
  callback: (base) => new Promise((done) => {
    ${callback ?? 'done()'}; // @callback
  }),
  async first(base) {
    await new Promise((done) => {
      ${callback ?? 'done()'}; // @first
    });
    await ${call}; // @first
  },
  promise(base) {
    return ${call} // @promise
      .then(() => undefined); // @promise
  },
  async await(base) {
    const answer = await ${call}; // @await
    return answer;
  },
  class: (base) => new Loader(base).load(),
  async retried(base) {
    for (let i = 0; i < 3; i++) {
      try {
        return await ${call}; // @retried
      } catch {
        await new Promise((done) => setTimeout(done, 5));
      }
    }
  },
};
class Loader {
  #base;
  constructor(base) {
    this.#base = base;
  }
  async load() {
    const base = this.#base;
    const answer = await ${call}; // @class
    return answer;
  }
}
if (process.argv[3] === 'debugger') await once(process.stdin, 'data');
// One after the other, and each begins in a new turn of the event loop: no frame of the last is on its stack.
for (const [style, base] of Object.entries(bases)) {
  await new Promise((done) => setTimeout(done, 5));
  await run[style](base) // @awaits
    .catch((e) => console.log(style, String(e).slice(0, 200)));
}
console.log('over');
process.exit();
`;
}

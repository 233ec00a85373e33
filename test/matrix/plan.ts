/** What each client's fixture does and what must be recorded of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const folder = join(import.meta.dirname, 'clients');

export interface Client {
  /** Words of the table. */
  title: string;
  /** Fixture in `clients/`. */
  file: string;
  /** Package in `clients/node_modules`; absent: part of Node. */
  package?: string;
  /** `api` of its requests: which entry made them. */
  api: 'http' | 'https' | 'fetch' | 'undici' | 'mixed';
  /** It follows redirects by itself: one more request, linked to the first. */
  follows: boolean;
  /** `later`: no frame of the program is on the stack when Node is called, so the first request has the library's line. */
  site: 'user' | 'later';
  /** Least Node by the package's `engines`; absent: 18. */
  min?: number;
}

export const clients: readonly Client[] = [
  { title: 'node:http, CommonJS', file: 'http.cjs', api: 'http', follows: false, site: 'user' },
  { title: 'node:http, ES module', file: 'http.mjs', api: 'http', follows: false, site: 'user' },
  { title: 'node:https, CommonJS', file: 'https.cjs', api: 'https', follows: false, site: 'user' },
  { title: 'global fetch, CommonJS', file: 'fetch.cjs', api: 'fetch', follows: true, site: 'user' },
  { title: 'global fetch, ES module', file: 'fetch.mjs', api: 'fetch', follows: true, site: 'user' },
  {
    title: 'http and fetch, TypeScript by tsx',
    file: 'typescript.ts',
    package: 'tsx',
    api: 'mixed',
    follows: false,
    site: 'user',
  },
  { title: 'undici request', file: 'undici6.cjs', package: 'undici6', api: 'undici', follows: false, site: 'user' },
  { title: 'undici fetch', file: 'undici6-fetch.mjs', package: 'undici6', api: 'fetch', follows: true, site: 'user' },
  {
    title: 'undici request',
    file: 'undici7.cjs',
    package: 'undici7',
    api: 'undici',
    follows: false,
    site: 'user',
    min: 20,
  },
  {
    title: 'undici fetch',
    file: 'undici7-fetch.mjs',
    package: 'undici7',
    api: 'fetch',
    follows: true,
    site: 'user',
    min: 20,
  },
  {
    title: 'undici request',
    file: 'undici8.cjs',
    package: 'undici8',
    api: 'undici',
    follows: false,
    site: 'user',
    min: 22,
  },
  {
    title: 'undici fetch',
    file: 'undici8-fetch.mjs',
    package: 'undici8',
    api: 'fetch',
    follows: true,
    site: 'user',
    min: 22,
  },
  { title: 'axios, ES module', file: 'axios.mjs', package: 'axios', api: 'http', follows: true, site: 'user' },
  { title: 'axios, CommonJS', file: 'axios.cjs', package: 'axios', api: 'http', follows: true, site: 'user' },
  { title: 'got, CommonJS', file: 'got11.cjs', package: 'got11', api: 'http', follows: true, site: 'later' },
  {
    title: 'got, ES module',
    file: 'got14.mjs',
    package: 'got14',
    api: 'http',
    follows: true,
    site: 'later',
    min: 20,
  },
  {
    title: 'node-fetch, CommonJS',
    file: 'node-fetch2.cjs',
    package: 'node-fetch2',
    api: 'http',
    follows: true,
    site: 'user',
  },
  {
    title: 'node-fetch, ES module',
    file: 'node-fetch3.mjs',
    package: 'node-fetch3',
    api: 'http',
    follows: true,
    site: 'user',
  },
];

/** Version of a client's package and the Node it asks for; absent for what Node brings. */
export function packageOf(client: Client): { version: string; engines: string } | undefined {
  if (client.package === undefined) return undefined;
  const text = readFileSync(join(folder, 'node_modules', client.package, 'package.json'), 'utf8');
  const { version, engines } = JSON.parse(text) as { version: string; engines?: { node?: string } };
  return { version, engines: engines?.node ?? 'any' };
}

/** Requests of a fixture in order: method, target, and the mark of the call in the source. */
export function planOf(client: Client): { method: string; target: string; mark: string; status: number }[] {
  const get = (target: string, mark: string, status = 200) => ({ method: 'GET', target, mark, status });
  return [
    get('/ok?n=1', 'first'),
    get('/ok?n=2', 'second'),
    { method: 'POST', target: '/echo', mark: 'post', status: 200 },
    get('/redirect?n=1', 'redirect', 302),
    ...(client.follows ? [get('/ok', 'redirect')] : []),
    get('/status?is=503', 'status', 503),
    get('/think?ms=30&p=a', 'parallel'),
    get('/think?ms=30&p=b', 'parallel'),
  ];
}

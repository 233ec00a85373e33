/**
 * The keys of the query language: the type of each field, and how its values are written and compared. User-facing
 * texts are in describe.ts, as the hook, which bundles this file, needs none.
 */
import { phaseNames } from '../base/phaseNames';

/**
 * text: `*` is a wildcard. number, duration (µs), size (bytes): comparisons and ranges. flag: true or false, written
 * `is:name`. header: lines `name=value`, or `name` where the value is not recorded.
 */
export type Kind = 'text' | 'number' | 'duration' | 'size' | 'flag' | 'header';

export interface Key {
  kind: Kind;
  aliases?: readonly string[];
  /**
   * What a text without wildcards must be: the whole value (default), a part of it, or the end of a path from one of its
   * separators on.
   */
  match?: 'part' | 'tail';
  /** Values may begin with `/`, so that `/x/` is a regular expression only if it has signs of one. */
  slashes?: true;
  /** The only values there are. */
  values?: readonly string[];
  /** Other words for values. */
  words?: Readonly<Record<string, string>>;
}

const table = {
  method: { kind: 'text' },
  host: { kind: 'text', aliases: ['domain'] },
  port: { kind: 'number' },
  path: { kind: 'text', slashes: true },
  query: { kind: 'text', match: 'part' },
  url: { kind: 'text', match: 'part' },
  scheme: { kind: 'text' },
  protocol: {
    kind: 'text',
    values: ['http/1.0', 'http/1.1', 'h2'],
    words: { http2: 'h2', 'http/2': 'h2', h1: 'http/1.1', http1: 'http/1.1' },
  },
  api: { kind: 'text', values: ['http', 'https', 'fetch', 'undici', 'http2', 'websocket'] },
  direction: { kind: 'text', values: ['in', 'out'] },
  status: { kind: 'number', aliases: ['status-code'] },
  'grpc-status': { kind: 'number' },
  error: { kind: 'text', aliases: ['error-code'] },
  'error-message': { kind: 'text', match: 'part', aliases: ['message'] },
  phase: {
    kind: 'text',
    values: phaseNames,
    words: { connect: 'tcp', body: 'download' },
  },
  duration: { kind: 'duration', aliases: ['time', 'total'] },
  started: { kind: 'duration' },
  setup: { kind: 'duration' },
  queue: { kind: 'duration' },
  dns: { kind: 'duration' },
  tcp: { kind: 'duration', aliases: ['connect'] },
  proxy: { kind: 'duration' },
  tls: { kind: 'duration' },
  send: { kind: 'duration' },
  wait: { kind: 'duration' },
  download: { kind: 'duration', aliases: ['body'] },
  received: { kind: 'size', aliases: ['size'] },
  sent: { kind: 'size' },
  'content-type': { kind: 'text', aliases: ['mime-type', 'type'] },
  header: { kind: 'header' },
  'request-header': { kind: 'header' },
  'response-header': { kind: 'header', aliases: ['has-response-header'] },
  'remote-ip': { kind: 'text', aliases: ['ip'] },
  'remote-port': { kind: 'number' },
  'local-port': { kind: 'number' },
  connection: { kind: 'number', aliases: ['conn'] },
  ordinal: { kind: 'number' },
  attempt: { kind: 'number' },
  file: { kind: 'text', match: 'tail', slashes: true },
  line: { kind: 'number' },
  function: { kind: 'text' },
  package: { kind: 'text', slashes: true, aliases: ['via'] },
  process: { kind: 'text' },
  pid: { kind: 'number' },
  thread: { kind: 'number' },
  label: { kind: 'text' },
  test: { kind: 'text', match: 'part' },
  request: { kind: 'text', match: 'tail', aliases: ['id'] },
  'trace-rule': { kind: 'text', aliases: ['trace-request'] },
  run: { kind: 'number' },
  text: { kind: 'text', match: 'part' },
  failed: { kind: 'flag' },
  'server-error': { kind: 'flag', aliases: ['5xx'] },
  running: { kind: 'flag' },
  slow: { kind: 'flag' },
  reused: { kind: 'flag' },
  new: { kind: 'flag' },
  unread: { kind: 'flag', aliases: ['not-read'] },
  aborted: { kind: 'flag' },
  interrupted: { kind: 'flag' },
  queued: { kind: 'flag' },
  open: { kind: 'flag' },
  streaming: { kind: 'flag' },
  redirect: { kind: 'flag' },
  retry: { kind: 'flag' },
  incoming: { kind: 'flag' },
  mocked: { kind: 'flag' },
  'sent-by-you': { kind: 'flag', aliases: ['by-you'] },
  lost: { kind: 'flag' },
} as const satisfies Record<string, Key>;

export type FieldName = keyof typeof table;
export const keys: Readonly<Record<FieldName, Key>> = table;

/** Keys of the browsers' filters that say key and comparison in one: `larger-than:1k` is `size:>1k`. */
export const shorthands: Readonly<Record<string, FieldName>> = { 'larger-than': 'received', 'slower-than': 'duration' };

/** Words that people try as keys, with the key that is meant. They are no keys: what is typed stays readable. */
export const synonyms: Readonly<Record<string, FieldName>> = {
  code: 'status',
  'http-status': 'status',
  verb: 'method',
  hostname: 'host',
  server: 'host',
  origin: 'host',
  pathname: 'path',
  route: 'path',
  uri: 'url',
  latency: 'duration',
  elapsed: 'duration',
  took: 'duration',
  ttfb: 'wait',
  ssl: 'tls',
  lookup: 'dns',
  bytes: 'received',
  length: 'received',
  mime: 'content-type',
  err: 'error',
  exception: 'error',
  reason: 'error-message',
  caller: 'function',
  library: 'package',
  source: 'file',
  address: 'remote-ip',
  version: 'protocol',
  start: 'started',
  worker: 'thread',
  client: 'api',
};

const names = new Map<string, FieldName>();
for (const [name, { aliases = [] }] of Object.entries(keys) as [FieldName, Key][]) {
  for (const word of [name, ...aliases]) names.set(word, name);
}

/** The key that a word means, in any case; undefined: none. */
export const keyOf = (word: string): FieldName | undefined => names.get(word.toLowerCase());

/** Every word that may precede the `:`: names, aliases, and shorthands for several keys. */
export const keyWords = (): string[] => [...names.keys(), 'is', 'has', ...Object.keys(shorthands)];

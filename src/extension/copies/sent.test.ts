/**
 * 200 requests, copied as curl commands that bash runs and as calls of fetch that Node runs, and what arrives at a server:
 * each method, path, header value and body, byte for byte.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installDebian } from '../../../scripts/debian.mjs';
import type { BodyContent } from '../../model/records';
import { asCurl, asCurlCmd } from './curl';
import { asFetch, asNodeHttp, asPowerShell } from './script';
import type { Recorded } from './sent';

const count = 200;

interface Arrived {
  method: string;
  path: string;
  headers: { name: string; value: string }[];
  body: Buffer;
}

/** A server that keeps what arrives, without reading more into it than where it ends. */
const arrived: Arrived[] = [];
let server: Server;
let port = 0;
beforeAll(async () => {
  server = createServer((socket) => {
    let bytes = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (piece) => {
      bytes = Buffer.concat([bytes, piece]);
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) return;
      const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
      const headers = lines.map((line) => {
        const colon = line.indexOf(':');
        return { name: line.slice(0, colon), value: line.slice(colon + 1).trim() };
      });
      const length = Number(headers.find((h) => h.name.toLowerCase() === 'content-length')?.value ?? 0);
      if (bytes.length < end + 4 + length) return;
      const [method = '', path = ''] = first.split(' ');
      arrived.push({ method, path, headers, body: bytes.subarray(end + 4) });
      bytes = Buffer.alloc(0);
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

interface Made {
  method: string;
  /** As it goes over the connection. */
  path: string;
  headers: { name: string; value: string }[];
  body: BodyContent | undefined;
  bytes: Buffer;
}

const pieces = [
  ...[
    "'",
    '"',
    '\\',
    '`',
    '$(id)',
    '!!',
    '!a',
    '%PATH%',
    '&',
    ';',
    '|',
    '<',
    '>',
    '#',
    '*',
    '?',
    '~',
    '{a,b}',
    '[1-9]',
  ],
  ...['-', '--', '-o x', '@', '@/etc/passwd', '=', '+', ' ', '  ', ',', ':', '/', 'a', 'x1', 'é', '€', '😀', 'ü\u00ad'],
];
const inBodies = [
  ...pieces,
  '\n',
  '\r\n',
  '\t',
  '\x1b[31m',
  '\u2028',
  '\u202e',
  '\u0085',
  "'\n'",
  '\\n',
  '\\x41',
  'BODY\n',
];
const joined = (from: readonly string[], maxLength: number) =>
  fc.array(fc.constantFrom(...from), { maxLength }).map((all) => all.join(''));
/** Of the characters that a header of HTTP may have; Node reads them as Latin-1. */
const headerValue = joined(
  pieces.filter((p) => /^[\x20-\xff]*$/.test(p)),
  6,
).map((text) => text.trim());
const text = fc.oneof(
  fc.tuple(fc.constantFrom('', '-', '@', '--data', '@/etc/hostname'), joined(inBodies, 12)).map((p) => p.join('')),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
);
const bytes = fc.oneof(
  text.map((t) => ({ kind: 'text' as const, bytes: Buffer.from(t, 'utf8') })),
  fc.uint8Array({ minLength: 1, maxLength: 300 }).map((b) => ({ kind: 'binary' as const, bytes: Buffer.from(b) })),
  fc.constant({ kind: 'text' as const, bytes: Buffer.from(`"${'long '.repeat(15_000)}"\n`, 'utf8') }),
);
const made: fc.Arbitrary<Made> = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND', 'X-y'),
    path: fc.tuple(text, text, fc.boolean()),
    headers: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('x-a', 'X-B', 'cookie', "x-'q", 'x-`c`', '--x', 'x-$d', 'Accept', 'host'),
        value: headerValue,
      }),
      { maxLength: 5, selector: (h) => h.name },
    ),
    body: fc.option(bytes, { nil: undefined }),
    type: fc.constantFrom(undefined, 'application/json', 'text/plain; charset=utf-8', 'x/y; a="b c"'),
  })
  .map(({ method, path: [segment, query, asks], headers, body, type }) => {
    // As an address is written by a program: what may not stand in it is percent-encoded.
    const url = new URL(`http://127.0.0.1/${encodeURI(segment)}${asks ? `?${query}` : ''}`);
    const has = body && body.bytes.length > 0 && !['GET', 'HEAD'].includes(method) ? body : undefined;
    return {
      method,
      path: `${url.pathname}${url.search}`,
      headers: [
        ...headers.map((h) => (h.name === 'host' ? { ...h, value: 'other.test:81' } : h)),
        ...(has && type !== undefined ? [{ name: 'Content-Type', value: type }] : []),
      ],
      bytes: has?.bytes ?? Buffer.alloc(0),
      body: has && contentOf(has),
    };
  });

function contentOf({ kind, bytes: sent }: { kind: 'text' | 'binary'; bytes: Buffer }): BodyContent {
  if (kind === 'text') return { text: sent.toString('utf8'), bytes: sent.length };
  return { text: sent.toString('base64'), encoding: 'base64', bytes: sent.length };
}

const requests = fc.sample(made, count);
const rowOf = (r: Made) => ({ method: r.method, url: `http://127.0.0.1:${port}${r.path}` });
const recordedOf = (r: Made): Recorded => ({
  headerLevel: 'values',
  request: { headers: r.headers, ...(r.body ? { body: { bytes: r.bytes.length, content: r.body } } : {}) },
});

/** What arrived, as it was to be sent; headers of the tool's own are left out. */
function sentAs(got: Arrived | undefined, r: Made) {
  const wanted = new Set(r.headers.map((h) => h.name.toLowerCase()));
  const found = (got?.headers ?? []).filter((h) => wanted.has(h.name.toLowerCase()));
  return {
    method: got?.method,
    path: got?.path,
    headers: Object.entries(Object.fromEntries(found.map((h) => [h.name.toLowerCase(), h.value]))).sort(),
    body: got?.body.toString('latin1'),
    // What was not recorded is not made up.
    type: got?.headers.find((h) => h.name.toLowerCase() === 'content-type')?.value,
  };
}
const wanted = (r: Made) => ({
  method: r.method,
  path: r.path,
  headers: r.headers.map((h) => [h.name.toLowerCase(), h.value]).sort(),
  body: r.bytes.toString('latin1'),
  type: r.headers.find((h) => h.name === 'Content-Type')?.value,
});

async function run(command: string, args: string[], input: string): Promise<string> {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'], env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  let errors = '';
  child.stderr.on('data', (piece) => {
    errors += piece;
  });
  child.stdin.end(input);
  await once(child, 'close');
  return errors;
}

const curl = ((): string | undefined => {
  if (process.platform === 'win32') return 'no bash';
  try {
    if (spawnSync('curl', ['--version']).status !== 0) installDebian(['curl']);
    return undefined;
  } catch (error) {
    return String(error);
  }
})();
if (curl !== undefined) console.log(`copied commands: not run by curl: ${curl}`);

describe(`${count} requests`, () => {
  test('have texts and bytes, quotes and line ends in them', () => {
    expect(requests.filter((r) => r.body?.encoding === 'base64').length).toBeGreaterThan(20);
    expect(requests.filter((r) => r.body?.text?.includes('\n')).length).toBeGreaterThan(20);
    expect(requests.filter((r) => /^[-@]/.test(r.body?.text ?? '')).length).toBeGreaterThan(3);
    expect(requests.filter((r) => r.headers.some((h) => /[^\0-\x7f]/.test(h.value))).length).toBeGreaterThan(10);
    expect(requests.filter((r) => r.bytes.length > 70_000).length).toBeGreaterThan(3);
  });

  test.skipIf(curl !== undefined)('curl, run by bash, sends them as recorded', async () => {
    arrived.length = 0;
    const script = requests.map((r) => asCurl(rowOf(r), recordedOf(r))).join('\n');
    // No settings of the user's own.
    const errors = await run('bash', ['--norc', '--noprofile'], `curl() { command curl -q -sS "$@"; }\n${script}\n`);
    expect(errors).toBe('');
    expect(arrived.length).toBe(count);
    for (const [i, r] of requests.entries()) expect(sentAs(arrived[i], r)).toEqual(wanted(r));
  });

  test('fetch, run by Node, sends them as recorded', async () => {
    arrived.length = 0;
    const calls = requests.map((r) => asFetch(rowOf(r), recordedOf(r)));
    const errors = await run(process.execPath, ['--input-type=module'], calls.join('\n'));
    expect(errors).toBe('');
    expect(arrived.length).toBe(count);
    for (const [i, r] of requests.entries()) {
      // The one header that fetch does not let a program set.
      const settable = { ...r, headers: r.headers.filter((h) => h.name !== 'host') };
      expect(sentAs(arrived[i], settable)).toEqual(wanted(settable));
      expect(calls[i]?.includes('Host is left out')).toBe(settable.headers.length < r.headers.length);
    }
  });

  test('Node’s http, run by Node, sends them as recorded', async () => {
    const parsed = requests.filter((r) => r.method !== 'X-y');
    arrived.length = 0;
    const calls = parsed.map((r) => asNodeHttp(rowOf(r), recordedOf(r)));
    // One after the other, so that they arrive in this order.
    const steps = calls.map((c) => `await new Promise((done) => { ${c}\nrequest.on('close', done); });`);
    const errors = await run(process.execPath, ['-'], `(async () => {\n${steps.join('\n')}\n})();`);
    expect(errors).toBe('');
    expect(arrived.length).toBe(parsed.length);
    for (const [i, r] of parsed.entries()) expect(sentAs(arrived[i], r)).toEqual(wanted(r));
  });
});

describe('what is missing is said', () => {
  const row = { method: 'POST', url: 'http://h.test/?key=***' };
  const all = [asCurl, asCurlCmd, asPowerShell, asFetch, asNodeHttp];
  const said = (recorded: Recorded, text: string) => {
    for (const as of all) expect(as(row, recorded)).toMatch(new RegExp(`^(#|rem|//) .*${text}`, 'm'));
  };

  test('headers and bodies that were not recorded', () => {
    said({ request: {} }, 'Headers were not recorded');
    said({ request: { body: { bytes: 12_345 } } }, 'The body of 12 kB was not recorded');
    const headers = [
      { name: 'authorization', length: 20 },
      { name: 'x`id`', length: 2 },
    ];
    said({ headerLevel: 'values', request: { headers } }, 'not recorded: authorization, 1 more');
    for (const as of all) expect(as(row, { request: { headers } })).not.toContain('`id`');
  });

  test('bodies that were cut or sent compressed, and masked secrets', () => {
    const content = { text: 'abc', bytes: 9000, truncated: true, contentEncoding: 'gzip' };
    said({ request: { body: { content } } }, 'Only the beginning of the body');
    said({ request: { body: { content } } }, 'sent compressed');
    said({ request: {} }, '\\*\\*\\* stands for a masked secret');
  });

  test('a body that the tool cannot send', () => {
    const body = { content: { text: 'a\nb', bytes: 3 } };
    expect(asCurlCmd(row, { request: { body } })).toMatch(/^rem The body is left out/m);
    expect(asFetch({ ...row, method: 'GET' }, { request: { body } })).toMatch(/^\/\/ The body is left out/m);
    expect(asCurl({ ...row, method: 'HEAD' }, { request: { body } })).toMatch(/^# The body is left out/m);
    const plain = { content: { text: '{"a": "100%"}', bytes: 13 } };
    expect(asCurlCmd(row, { request: { body: plain } })).toContain('--data-raw ^"');
    expect(asPowerShell(row, { request: { body } })).toContain("-Body ([Convert]::FromBase64String('YQpi'))");
  });
});

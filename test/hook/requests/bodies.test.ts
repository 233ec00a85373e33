/**
 * Recorded bodies: what the program sent and the server answered, decoded, cut where asked, and without their secrets.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { harText } from '../../../src/formats/har/write';
import type { BodyContent, Request } from '../../../src/model/records';
import { problemsOf, visible } from '../../support/check';
import { only, present } from '../../support/observe';
import { nodes, repository } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { runTraced, type TracedRun } from '../../support/programs/run';

const program = join(import.meta.dirname, '../programs/bodies.cjs');
const clients = join(repository, 'test/matrix/clients/node_modules');
const answer = `{"id": 7, "code": "E1", "access_token": "SECRET-a", "tokens": ["SECRET-b"], "text": "${'ü'.repeat(50)}"}`;
const long = 'o'.repeat(10_000);
let server: Server;
let env: Record<string, string>;

beforeAll(async () => {
  const coded: Record<string, (text: string) => Buffer> = {
    gzip: gzipSync,
    br: brotliCompressSync,
    deflate: deflateSync,
    broken: (text) => Buffer.from(`not ${text}`),
  };
  server = createServer(async (q, r) => {
    for await (const _ of q);
    const name = q.url?.slice(1) ?? '';
    const json = { 'content-type': 'application/json' };
    if (name in coded)
      r.writeHead(200, { ...json, 'content-encoding': name === 'broken' ? 'own' : name }).end(coded[name]?.(answer));
    else if (name === 'image') r.writeHead(200, { 'content-type': 'image/png' }).end('picture');
    else if (name === 'long') r.writeHead(200, { 'content-type': 'text/plain' }).end(long);
    else if (name === 'endless') r.writeHead(200, json).write('{"password": "SECRET-c", "more": ');
    else r.writeHead(200, json).end(answer);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  env = { BODIES_HTTP: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe.each(nodes)('Node $major', (node) => {
  const copy = { 18: 'undici6', 20: 'undici7', 22: 'undici8' }[node.major];
  const args = copy ? [join(clients, copy)] : [];
  let run: TracedRun;
  beforeAll(async () => {
    run = await runTraced(node, program, { args, env, conf: { bodies: 5000 } });
  });
  const requestTo = (path: string): Request => only(run.trace.requests.filter((r) => r.url?.endsWith(path)));
  const sent = (path: string): BodyContent => present(requestTo(path).body?.content, `body of ${path}`);
  const came = (path: string): BodyContent => present(requestTo(path).response?.content, `answer of ${path}`);

  test('the program does what it does without, and no secret is written', async () => {
    const plain = await runPlain(node, program, { args, env });
    expect(visible(run)).toEqual(visible(plain));
    expect(problemsOf(run)).toEqual([]);
    expect(run.trace.requests).toHaveLength(11 + args.length);
    const texts = [run.lines.map((l) => l.text).join('\n'), JSON.stringify(run.trace), harText(run.trace)];
    for (const text of texts) {
      expect(text.match(/SECRET-\w+/g) ?? []).toEqual([]);
      for (const base64 of ['U0VDUkVU', 'VNFQ1JFV', 'TRUNSRV']) expect(text).not.toContain(base64);
      expect(text).toContain('***');
    }
    for (const { text } of run.lines) expect(Buffer.byteLength(text) + 1).toBeLessThan(4096);
  });

  test('JSON, forms and XML: the values of secret fields are masked, the rest is as it was', () => {
    expect(sent('/json')).toEqual({
      bytes: 142,
      contentType: 'application/json; charset=utf-8',
      text: '{\n "user": "ann",\n "password": "***",\n "nested": {\n  "api_key": "***",\n  "list": [\n   {\n    "refreshToken": "***"\n   }\n  ]\n }\n}',
    });
    expect(sent('/form').text).toBe('a=1&password=***&b=%C3%A4');
    expect(sent('/xml').text).toBe('<a><Password>***</Password><b>ü</b></a>');
    expect(sent('/br').text).toBe('token=***&c=3');
    expect(sent('/deflate').text).toBe('Authorization: Bearer ***');
    expect(sent('/broken').text).toBe('{"password":"***"');
    expect(sent('/multipart').text).toMatch(/"client_secret"\r\n\r\n\*\*\*\r\n[\s\S]*"name"\r\n\r\nplain\r\n/);
    // A list under a secret name: no text as it was, but its value.
    const shown = { id: 7, code: 'E1', access_token: '***', tokens: ['SECRET-b'], text: 'ü'.repeat(50) };
    expect(JSON.parse(came('/json').text ?? '')).toEqual({ ...shown, tokens: ['***'] });
  });

  test.each(['gzip', 'br', 'deflate'])('%s is undone', (coding) => {
    const content = came(`/${coding}`);
    expect(content.contentEncoding).toBe(coding);
    expect(JSON.parse(content.text ?? '')).toMatchObject({ id: 7, access_token: '***' });
    expect(requestTo(`/${coding}`).response?.contentEncoding).toBe(coding);
  });

  test('what is unknown, unwanted or too long', () => {
    expect(came('/broken')).toMatchObject({ omitted: 'encoding', contentEncoding: 'own' });
    expect(came('/broken').text).toBeUndefined();
    expect(requestTo('/image').body?.content).toBeUndefined();
    expect(requestTo('/image').response?.content).toBeUndefined();
    expect(sent('/long')).toMatchObject({ bytes: 9001, truncated: true, text: 'ä'.repeat(2500) });
    expect(came('/long')).toMatchObject({ bytes: 10_000, truncated: true, text: 'o'.repeat(5000) });
  });

  test('the exit cuts a body: what came is there', () => {
    expect(came('/endless')).toMatchObject({ text: '{"password": "***", "more": ' });
  });

  test('HAR has them', () => {
    const { entries } = JSON.parse(harText(run.trace)).log as {
      entries: { request: { url: string; postData?: object }; response: { content: object } }[];
    };
    const entry = present(
      entries.find((e) => e.request.url.endsWith('/form')),
      'entry',
    );
    expect(entry.request.postData).toEqual({
      mimeType: 'application/x-www-form-urlencoded',
      text: 'a=1&password=***&b=%C3%A4',
    });
    expect(entry.response.content).toMatchObject({ text: came('/form').text });
  });
});

describe('types asked for', () => {
  const node = present(nodes.at(-1), 'a Node');

  test('an image only: as base64', async () => {
    const conf = { bodies: 50, bodyTypes: ['image/'] };
    const run = await runTraced(node, program, { env, conf });
    const withBody = run.trace.requests.filter((r) => r.body?.content ?? r.response?.content);
    const r = only(withBody);
    expect(r.body?.content).toEqual({
      bytes: 100,
      contentType: 'image/png',
      text: '\0'.repeat(50),
      truncated: true,
    });
    expect(r.response?.content).toMatchObject({ text: 'picture' });
  });

  test('none unless asked', async () => {
    const run = await runTraced(node, program, { env });
    expect(run.lines.some((l) => l.text.includes('"k":"body"'))).toBe(false);
  });
});

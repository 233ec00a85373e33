/** Requests that the user sends, by the real hook to a real server: as written, measured, and counted as nobody's. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { rowsMatching } from '../../src/extension/api/query';
import { Runs } from '../../src/extension/runs/runs';
import { parseRequests } from '../../src/extension/sending/parse';
import { ofSending, send } from '../../src/extension/sending/send';
import { TraceSession } from '../../src/session/session';
import { scratch } from '../../src/session/testing/scratch';
import { hookAlone } from '../support/programs/hook';
import { repository } from '../support/programs/nodes';

vi.mock('vscode', () => ({}));

const arrived: { request: IncomingMessage; body: Buffer }[] = [];
let server: Server;
let base = '';
let hookFile = '';
const runs = new Runs(() => 1);

beforeAll(async () => {
  hookFile = hookAlone();
  server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => {
      arrived.push({ request, body: Buffer.concat(pieces) });
      if (request.url === '/never') return;
      if (request.url === '/moved') response.writeHead(302, { location: '/secret-place' });
      else if (request.url === '/many') {
        response.end(Buffer.alloc(70 * 1024 * 1024));
        return;
      } else response.setHeader('content-type', 'application/json');
      response.end('{"password":"pLaNtEd47","ok":true}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await runs.dispose();
});

const create = () => TraceSession.create({ ...ofSending({}), hookFile, cacheFolder: join(scratch(), 'cache') });
function sendText(text: string, more: { timeoutMs?: number; cancelled?: Promise<void> } = {}) {
  const [parsed] = parseRequests(text);
  if (!parsed?.request) throw new Error(JSON.stringify(parsed));
  const { cancelled, ...limits } = more;
  arrived.length = 0;
  return send(parsed.request, { runs, create, dist: join(repository, 'dist'), ...limits }, cancelled);
}
const located = (row: string | undefined) => runs.located(row ?? '')?.request;

test('what is written arrives, and is a row with its phases and bodies, masked', async () => {
  const sent = await sendText(
    `POST ${base}/a/../b?x=[1]\nX-Twice: 1\nx-twice: 2\nAuthorization: Bearer pLaNtEd47\nContent-Type: text/plain\n\nünï\n`,
  );
  expect(sent).toMatchObject({ status: 200 });
  expect(arrived.length).toBe(1);
  const [{ request, body } = { request: undefined, body: undefined }] = arrived;
  expect([request?.method, request?.url, body?.toString()]).toEqual(['POST', '/a/../b?x=[1]', 'ünï']);
  expect(request?.rawHeaders.filter((_, i) => i % 2 === 0)).toEqual([
    'Host',
    'X-Twice',
    'x-twice',
    'Authorization',
    'Content-Type',
    'Connection',
    'Content-Length',
  ]);
  await expect.poll(() => runs.row(sent.row ?? '')?.state).toBe('done');
  const row = runs.row(sent.row ?? '');
  expect(row).toMatchObject({ method: 'POST', status: 200, state: 'done', sentByYou: true });
  expect(row?.phases.map((p) => p.name)).toEqual(expect.arrayContaining(['tcp', 'wait']));
  expect(located(sent.row)?.response?.content?.text).toBe('{"password":"***","ok":true}');
  expect(located(sent.row)?.body?.content?.text).toBe('ünï');
  expect(JSON.stringify(located(sent.row))).not.toContain('pLaNtEd47');
  expect(row?.callSite).toBeUndefined();
});

test('it is counted nowhere as a program’s', () => {
  expect(runs.rows().length).toBeGreaterThan(0);
  expect(rowsMatching(runs.rows(), 'is:sent-by-you')).toEqual(runs.rows());
  expect(runs.list()).toEqual([]);
  expect(runs.findings()).toEqual([]);
  expect(runs.status()).toMatchObject({ recording: false, requests: 0, failed: 0, connections: 0, bytesSent: 0 });
});

test('a redirect is not followed', async () => {
  const sent = await sendText(`GET ${base}/moved`);
  expect(sent).toMatchObject({ status: 302, location: '/secret-place' });
  expect(arrived.map((a) => a.request.url)).toEqual(['/moved']);
});

test('a server that does not answer: the time is limited, and the user can cancel', async () => {
  expect(await sendText(`GET ${base}/never`, { timeoutMs: 300 })).toMatchObject({
    error: expect.stringContaining('300 ms'),
  });
  let cancel = () => {};
  const cancelled = new Promise<void>((resolve) => {
    cancel = resolve;
  });
  const sending = sendText(`GET ${base}/never`, { cancelled });
  await expect.poll(() => arrived.length).toBe(1);
  cancel();
  const sent = await sending;
  expect(sent.error).toBe('cancelled');
  await expect.poll(() => runs.row(sent.row ?? '')?.state).not.toBe('running');
});

test('a response without end is cut, and one that is refused is a row', async () => {
  expect(await sendText(`GET ${base}/many`)).toMatchObject({ status: 200, isCut: true });
  const sent = await sendText('GET http://127.0.0.1:1/');
  expect(sent.error).toContain('ECONNREFUSED');
  await expect.poll(() => runs.row(sent.row ?? '')).toMatchObject({ state: 'failed', sentByYou: true });
});

/** A file of the page that does not come: VS Code's service worker for webviews can lose a request for one. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { pageHtml } from '../../src/extension/panel/html';
import { openBrowser } from './testing/panel';

const root = join(__dirname, '../..');
const extension = { path: '/', with: ({ path }: { path: string }) => ({ path }) };
const types: Record<string, string> = { js: 'text/javascript', css: 'text/css', ttf: 'font/ttf' };

let server: Server;
let page: Page;
let origin: string;
/** How often each file is still lost, by its path. */
let lost: Map<string, number>;
let asked: string[];

beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', origin);
    if (pathname === '/') {
      const webview = { cspSource: origin, asWebviewUri: ({ path }: { path: string }) => `${origin}${path}` };
      const html = pageHtml(webview as never, extension as never);
      return void response.setHeader('content-type', 'text/html').end(html);
    }
    if (!pathname.startsWith('/dist/')) return void response.writeHead(204).end();
    asked.push(pathname);
    const left = lost.get(pathname) ?? 0;
    lost.set(pathname, left - 1);
    // Not 408, as the worker has it: Chromium repeats that by itself where a server answers it.
    if (left > 0) return void response.writeHead(503).end();
    response.setHeader('content-type', types[pathname.split('.').at(-1) ?? ''] ?? 'application/octet-stream');
    response.end(readFileSync(join(root, pathname)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  page = await (await openBrowser()).newPage();
  await page.addInitScript(() => {
    const violations: string[] = [];
    document.addEventListener('securitypolicyviolation', (e) => violations.push(e.violatedDirective));
    const posted: unknown[] = [];
    const api = { postMessage: (m: unknown) => posted.push(m), getState: () => undefined, setState: () => {} };
    Object.assign(window, { violations, posted, acquireVsCodeApi: () => api });
  });
});
afterAll(async () => {
  await page?.close();
  server?.close();
});
beforeEach(() => {
  lost = new Map();
  asked = [];
});

const count = (path: string) => asked.filter((p) => p === path).length;
const running = () =>
  page.waitForFunction(() =>
    (window as unknown as { posted: { type: string }[] }).posted.some((m) => m.type === 'ready'),
  );
const violations = () => page.evaluate(() => (window as unknown as { violations: string[] }).violations);

test('is asked for again: the page runs, with its styles and within its policy', async () => {
  for (const path of ['/dist/webview.js', '/dist/webview.css', '/dist/codicons/codicon.css']) lost.set(path, 2);
  await page.goto(origin);
  await running();
  await expect.poll(() => page.evaluate(() => document.styleSheets.length)).toBe(2);
  expect([count('/dist/webview.js'), count('/dist/webview.css'), count('/dist/codicons/codicon.css')]).toEqual([
    3, 3, 3,
  ]);
  expect(await violations()).toEqual([]);
});

test('is not asked for for ever: the view says what to do', async () => {
  lost.set('/dist/webview.js', 99);
  await page.goto(origin);
  await page.getByText('Run the command "Developer: Reload Webviews"').waitFor();
  expect(count('/dist/webview.js')).toBe(3);
  expect(count('/dist/webview.css')).toBe(1);
  expect(await violations()).toEqual([]);
});

test('is asked for once where all is well', async () => {
  await page.goto(origin);
  await running();
  expect(asked.filter((path) => /\.(js|css)$/.test(path)).sort()).toEqual([
    '/dist/codicons/codicon.css',
    '/dist/webview.css',
    '/dist/webview.js',
  ]);
});

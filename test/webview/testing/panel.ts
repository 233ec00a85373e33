/**
 * Opens the built page in headless Chromium as VS Code would: strict CSP, theme variables on the root element, and an
 * acquireVsCodeApi that keeps what the page posts. A server on loopback gives the few files of dist: the browser keeps them,
 * and what it has compiled of them, from one opening to the next.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumArguments, chromiumPath } from '../../../scripts/chromium.mjs';
import type { HostMessage, PageMessage, PanelState } from '../../../webview/view/types';
import { detailsOf } from './sampleDetails';
import { type ThemeName, themes } from './themes';

const root = join(__dirname, '../../..');
const types: Record<string, string> = { js: 'text/javascript', css: 'text/css', ttf: 'font/ttf' };

let browser: Promise<Browser> | undefined;

/** One for all files: this project's modules are loaded once. It ends with the worker, whose pipe it listens to. */
export function openBrowser(): Promise<Browser> {
  browser ??= chromium.launch({
    executablePath: chromiumPath({ log: console.error }),
    args: chromiumArguments,
  });
  return browser;
}

/** `opening`: what the page keeps is kept for this one only. */
function html(origin: string, theme: ThemeName, opening: number): string {
  const { kind, colours } = themes[theme];
  const csp = `default-src 'none'; style-src ${origin}; font-src ${origin}; img-src ${origin}; script-src 'nonce-n1'`;
  // Set by script and not as an attribute: VS Code does so too, and the page's CSP forbids the attribute.
  const variables = Object.entries(colours).map(([name, value]) => [`--vscode-${name}`, value]);
  const setup = `
    for (const [n, v] of ${JSON.stringify(variables)}) document.documentElement.style.setProperty(n, v);
    window.posted = []; window.violations = [];
    document.addEventListener('securitypolicyviolation', (e) => window.violations.push(e.violatedDirective + ' ' + e.sourceFile + ' ' + e.sample));
    let kept = JSON.parse(sessionStorage.getItem('kept-${opening}') ?? 'null') ?? undefined;
    window.acquireVsCodeApi = () => { if (window.acquired) throw new Error('acquired twice'); window.acquired = true; return {
      postMessage: (m) => window.posted.push(JSON.parse(JSON.stringify(m))), getState: () => kept,
      setState: (s) => { kept = JSON.parse(JSON.stringify(s)); sessionStorage.setItem('kept-${opening}', JSON.stringify(kept)); } }; };`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Net Trace</title><meta http-equiv="Content-Security-Policy" content="${csp}">
<link rel="stylesheet" href="/codicons/codicon.css"><link rel="stylesheet" href="/webview.css"></head>
<body class="${kind}" data-vscode-theme-id="${theme}"><script nonce="n1">${setup}</script><div id="root"></div><script nonce="n1" type="module" src="/webview.js"></script></body></html>`;
}

export interface Panel {
  page: Page;
  /** Posts as the extension does, and waits until the page has drawn it. */
  send(message: HostMessage): Promise<void>;
  /** What the page posted so far. */
  posted(): Promise<PageMessage[]>;
  violations(): Promise<string[]>;
  /** Answers every request for details from the sample, as the extension does. */
  answer(): Promise<void>;
  errors: string[];
}

export interface Opening {
  width?: number;
  height?: number;
  theme?: ThemeName;
  state?: PanelState;
  reducedMotion?: 'reduce' | 'no-preference';
}

/** The one page of a browser: opening it again takes a third of the time of another one. */
interface Tab {
  page: Page;
  errors: string[];
  openings: number;
  origin: string;
  theme: ThemeName;
}
const tabs = new WeakMap<Browser, Promise<Tab>>();

async function newTab(browser: Browser): Promise<Tab> {
  const page = await browser.newPage();
  drawAfterActions(page);
  const tab: Tab = { page, errors: [], openings: 0, origin: '', theme: 'Dark Modern' };
  page.on('pageerror', (e) => tab.errors.push(String(e)));
  page.on('console', (m) => {
    if (m.type() === 'error') tab.errors.push(m.text());
  });
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', tab.origin).pathname;
    if (path === '/')
      return void response.setHeader('content-type', 'text/html').end(html(tab.origin, tab.theme, tab.openings));
    // The browser asks for it by itself.
    if (path === '/favicon.ico') return void response.writeHead(204).end();
    const file = join(root, 'dist', path);
    if (!existsSync(file)) return void response.writeHead(404).end();
    response.setHeader('content-type', types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream');
    response.setHeader('cache-control', 'max-age=3600').end(readFileSync(file));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  server.unref();
  tab.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return tab;
}

/** Opens the page again: what an earlier test did to it is gone. */
export async function openPanel(
  browser: Browser,
  { width = 1400, height = 420, theme = 'Dark Modern', state, reducedMotion = 'no-preference' }: Opening = {},
): Promise<Panel> {
  const known = tabs.get(browser) ?? newTab(browser);
  tabs.set(browser, known);
  const tab = await known;
  const { page } = tab;
  const errors: string[] = [];
  Object.assign(tab, { errors, theme, openings: tab.openings + 1 });
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ reducedMotion });
  // Out of the page: nothing is hovered at its begin.
  await page.mouse.move(-10, -10);
  await page.goto(`${tab.origin}/`);
  await page.waitForFunction(() =>
    (window as unknown as { posted: { type: string }[] }).posted.some((m) => m.type === 'ready'),
  );
  const panel: Panel = {
    page,
    errors,
    async send(message) {
      await page.evaluate(
        (m) => {
          const taken = new Promise((done) => window.addEventListener('message', done, { once: true }));
          window.postMessage(m, '*');
          return taken;
        },
        message as unknown as object,
      );
      await settled(page);
    },
    posted: () => page.evaluate(() => (window as unknown as { posted: PageMessage[] }).posted),
    violations: () => page.evaluate(() => (window as unknown as { violations: string[] }).violations),
    async answer() {
      await page.waitForFunction(() =>
        (window as unknown as { posted: { type: string }[] }).posted.some((m) => m.type === 'details'),
      );
      const asked = (await panel.posted()).filter((m) => m.type === 'details').at(-1);
      const row = state?.rows.find((r) => r.id === asked?.id);
      if (row) await panel.send({ type: 'details', id: row.id, details: detailsOf(row) });
    },
  };
  if (state) {
    await panel.send({ type: 'state', state });
    await page.waitForSelector(state.rows.length > 0 ? '.spacer .row' : '.empty');
  }
  return panel;
}

/**
 * Waits until what was changed is drawn: the page draws in the next frame, effects of that drawing run after it, and
 * what they change is drawn in the frame after that.
 */
export const settled = (page: Page): Promise<void> =>
  page.evaluate(
    () =>
      new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done())))),
  );

/** A picture to look at, in the folder that PANEL_SHOTS names. Without one none is taken: nothing compares them. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.PANEL_SHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

type Action = (...parameters: unknown[]) => Promise<unknown>;

/** After each action the page has drawn what follows from it, so that what a test reads next is not a matter of luck. */
function drawAfterActions(page: Page): void {
  const actors: [object, string[]][] = [
    // Those of the page and of its locators end here.
    [page.mainFrame(), ['click', 'dblclick', 'fill', 'focus', 'hover', 'press', 'type', 'dispatchEvent']],
    [page.keyboard, ['press', 'type', 'down', 'up']],
    [page.mouse, ['move', 'down', 'up', 'click', 'dblclick', 'wheel']],
    [page, ['setViewportSize']],
  ];
  for (const [actor, names] of actors) {
    const actions = actor as Record<string, Action>;
    for (const name of names) {
      const act = actions[name]?.bind(actor);
      if (!act) throw new Error(`Playwright has no ${name} here.`);
      actions[name] = async (...parameters) => {
        const result = await act(...parameters);
        await settled(page);
        return result;
      };
    }
  }
}

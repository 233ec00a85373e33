/** The details of requests with everything that can be recorded of one, in each theme and width. */
import type { Browser, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { detailsOf } from '../../../src/extension/details/details';
import { rowIdOf } from '../../../src/extension/rows/rows';
import { end, runRows, layersState as state } from './layersState';
import { type Opening, openBrowser, openPanel, type Panel, picture, settled } from './panel';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});

async function select(panel: Panel, id: string): Promise<void> {
  const row = rowIdOf(1, id);
  await panel.send({ type: 'select', id: row, reveal: true });
  await panel.page.waitForSelector('.det');
  await panel.send({ type: 'details', id: row, details: detailsOf(runRows, id, end) });
  await settled(panel.page);
}

const text = async (page: Page): Promise<string> => ((await page.textContent('.det')) ?? '').replace(/\s+/g, ' ');

/** Texts that must be in a tab of a request. */
const expected: [id: string, tab: string, words: string[]][] = [
  [
    '1-0-1',
    'Breakdown',
    [
      'Not clear: 1.22 s, most of it receiving the body and in the DNS lookup.',
      'To find out:',
      'Start with UV_THREADPOOL_SIZE=16',
      'Event loop busy80 % of the time',
      'Labelnightly import',
      'Caused byGET /checkout 200',
      'Proxyhttps://proxy.example:3128/, as a tunnel, chosen by the environment',
      'Informational100 Continue after',
      'the socket took no more 12 times, stalled for 120 ms',
      'on the wire, 1.0 MB decoded',
      '5 pieces',
      'longest gap 100 ms',
      'Findings in this trace',
      'paused',
    ],
  ],
  [
    '1-0-1',
    'Headers',
    [
      'Recorded at level lengths',
      'X-Trace',
      '(36 characters, not recorded)',
      'Response body',
      '{"ok":true}',
      'only its beginning',
    ],
  ],
  [
    '1-0-1',
    'Connection',
    [
      'no free connection, 2 busy, limit 2, 3 waiting',
      'Thread pool wait298 ms',
      'DNS messages192.0.2.53:53 udp',
      'a.shop.example 60 s A 192.0.2.7',
      'TLS to the proxy',
      'TLS to the origin, inside it',
      'Session ticketreceived',
      'Own certificateCC:DD',
      'CN=shop.example',
      'for shop.example, *.shop.example',
      'Tunnel toa.shop.example:443',
      'noDelay on, keepAlive on, first probe after 1.00 s',
      'Half-closed',
      'Kernelwhen the connection ended',
      'Round trip20 ms ± 900 µs, minimum 850 µs',
      'Retransmitted3 of 280 segments (4.3 kB)',
      'This requestretransmitted 2 of 200 segments (2.9 kB); sending held up 50 ms of 300 ms by this machine’s send buffer',
      'Sending held up120 ms of 400 ms by the server’s window',
      'cubic, 7 segments, of 1448 B, the server takes 66 kB',
      'Routeinterface eth0, MTU 1500, through 10.0.0.1',
      'Leaves as203.0.113.5:61000',
      'Reaches10.9.0.3:8443',
      'Kernel events of this request',
      '900 ms1.4 kB retransmitted: retransmission timeout',
      '1.81 sreset by the server in established',
      'the server half-closed (FIN)',
      'Socket operations',
      '→ write',
    ],
  ],
  ['1-0-1', 'Code', ['Call chain', 'await main', 'got/index.js:40', '2 frames of Node, tsx']],
  ['1-0-2', 'Breakdown', ['Tries', 'try 1: GET /flaky', '503', 'try 2: GET /flaky', 'this one']],
  [
    '1-0-4',
    'Breakdown',
    ['Timed out: headersTimeout = 300 ms', 'Raise', 'TimerheadersTimeout, limit 300 ms, fired after 301 ms', 'Error'],
  ],
  ['1-0-5', 'Breakdown', ['Aborted by the program after 100 ms', 'Aborted with', 'user left the page']],
  ['1-0-6', 'Connection', ['After the switchwebsocket: sent 10 pieces (300 B), received 10 pieces (320 B)']],
  ['1-0-7', 'Breakdown', ['HTTP/2 stream3, closed with NGHTTP2_REFUSED_STREAM by the server', 'safe to repeat']],
];

test('every layer is in its tab', async () => {
  const panel = await openPanel(browser, { state, height: 900 });
  for (const [id, tab, words] of expected) {
    await select(panel, id);
    await panel.page.click(`.tabs >> text=${tab}`);
    await settled(panel.page);
    const said = await text(panel.page);
    expect(said).not.toMatch(/undefined|NaN|\[object|Infinity/);
    for (const word of words) expect(said, `${id} ${tab}`).toContain(word);
  }
  // The fault of the hook comes first, and its frame can be opened.
  expect(await panel.page.textContent('.msg')).toContain('Part undici of the hook switched itself off: boom.');
  await select(panel, '1-0-1');
  await panel.page.click('.tabs >> text=Code');
  await panel.page.click('.stack li:nth-child(2) .code');
  // What is folded is opened by keys, and its frames have their own place in the chain.
  const folded = panel.page.locator('.stack .stack .code').last();
  expect(await folded.isVisible()).toBe(false);
  await panel.page.locator('.stack summary').focus();
  await panel.page.keyboard.press('Enter');
  await folded.click();
  expect((await panel.posted()).filter((m) => m.type === 'openFrame')).toMatchObject([
    { id: 'r1/1-0-1', frame: 1 },
    { id: 'r1/1-0-1', frame: 4 },
  ]);
  await panel.page.getByRole('button', { name: 'Copy call stack' }).click();
  expect((await panel.posted()).filter((m) => m.type === 'copy').at(-1)).toMatchObject({
    text: [
      '    at request (/app/node_modules/got/index.js:40:2)',
      '    at load (/app/shop.ts:31:3)',
      '    at async main (/app/main.ts:7:1)',
      '    at node:internal/modules/run_main:82:1',
      '    at start (/app/node_modules/tsx/cli.js:9:1)',
    ].join('\n'),
  });
  // The kernel's round trip over the request's time.
  await panel.page.click('.tabs >> text=Connection');
  const drawn = panel.page.getByRole('img', { name: 'Round trip: 850 µs to 20 ms, in 4 samples over 1.50 s' });
  await settled(panel.page);
  expect(await drawn.locator('circle').count()).toBe(4);
  await panel.page.click('.seg >> text=Connections');
  await settled(panel.page);
  const lanes = await panel.page.locator('.lanes .row').allTextContents();
  expect(lanes.join(' ')).toMatch(/redis.internal:6379/);
  expect(lanes.join(' ')).toMatch(/UDP/);
  expect(panel.errors).toEqual([]);
  expect(await panel.violations()).toEqual([]);
});

const looks: [name: string, opening: Opening][] = [
  ['light', { theme: 'Light+', height: 900 }],
  ['hc', { theme: 'High Contrast', height: 900 }],
  ['narrow', { theme: 'Dark+', width: 340, height: 900 }],
];
test.each(looks)('layers look: %s', async (name, opening) => {
  const panel = await openPanel(browser, { state, ...opening });
  for (const [id, tab] of [
    ['1-0-1', 'Breakdown'],
    ['1-0-1', 'Connection'],
    ['1-0-1', 'Headers'],
    ['1-0-1', 'Code'],
    ['1-0-4', 'Breakdown'],
  ] as const) {
    await select(panel, id);
    await panel.page.click(`.tabs >> text=${tab}`);
    await settled(panel.page);
    await picture(panel.page, `layers-${name}-${id}-${tab}`);
    expect(await panel.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    const wide = await panel.page.$eval('.det', (n) => n.scrollWidth - n.clientWidth);
    expect(wide, `${tab} scrolls sideways`).toBeLessThanOrEqual(0);
  }
  expect(panel.errors).toEqual([]);
});

test('findings: worst first, with links to what they are about; the filter box sifts them', async () => {
  const panel = await openPanel(browser, { state, height: 900 });
  const { page } = panel;
  const entries = page.locator('.findings .fe');
  await page.click('.seg >> text=Findings');
  await entries.first().waitFor();
  expect(await page.textContent('.seg [aria-checked=true]')).toBe(`Findings${state.findings?.length}`);
  const classes = await entries.evaluateAll((nodes) => nodes.map((n) => n.className.split(' ')[1] ?? ''));
  const rank = ['error', 'warning', 'info'];
  expect(classes).toEqual([...classes].sort((a, b) => rank.indexOf(a) - rank.indexOf(b)));
  expect((await page.textContent('.findings')) ?? '').not.toMatch(/undefined|NaN|\[object|Infinity/);

  const timer = entries.filter({ hasText: 'Timed out: headersTimeout of 300 ms' });
  await timer.locator('.fl button').first().click();
  await page.waitForSelector('.det');
  expect((await panel.posted()).filter((m) => m.type === 'details').at(-1)).toMatchObject({ id: 'r1/1-0-4' });
  for (const [name, width] of [
    ['wide', 1400],
    ['narrow', 340],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await settled(page);
    await picture(page, `findings-${name}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1400, height: 900 });
  await page.fill('.flt input', 'headerstimeout');
  await page.waitForFunction(() => document.querySelectorAll('.findings .fe').length === 1);
  await page.fill('.flt input', 'no such thing');
  await page.waitForSelector('.fnone >> text=findings match the filter');
  await page.fill('.flt input', '');
  await panel.send({ type: 'findings', findings: [] });
  await page.waitForSelector('.fnone >> text=No findings');
  expect(panel.errors).toEqual([]);
  expect(await panel.violations()).toEqual([]);
});

test('the verdict is copied with its figures, as text that Markdown leaves alone', async () => {
  const panel = await openPanel(browser, { state, height: 900 });
  await select(panel, '1-0-4');
  await panel.page.click('[aria-label="Copy as…"]');
  await panel.page.click('.menu >> text=Copy verdict');
  const copied = (await panel.posted()).find((m) => m.type === 'copy');
  expect(copied).toEqual({
    type: 'copy',
    text: [
      '**GET https://api.shop.example/flaky** (wait timed out)',
      '',
      'Timed out: headersTimeout = 300 ms; 301 ms of it waiting for the server.',
      '',
      'Raise \\`headersTimeout\\` of the dispatcher, or ask for less.',
      '',
      '- headersTimeout: 300 ms',
      '- error: UND\\_ERR\\_HEADERS\\_TIMEOUT',
      '- until then: 301 ms',
    ].join('\n'),
  });
});

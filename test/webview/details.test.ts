/** Details, pop-up, sash; what they show is text. */
import { describe, expect, test } from 'vitest';
import type { Row } from '../../webview/view/types';
import { id, inBrowser, open, panel, rowNode } from './testing/behaviour';
import { settled } from './testing/panel';
import { ended, rows } from './testing/sample';
import { detailsOf } from './testing/sampleDetails';

inBrowser();

test('a failed request: error with causes, attempts, what was not reached', async () => {
  await open({ height: 860 });
  const { page } = panel;
  await panel.send({ type: 'select', id: id(11), reveal: true });
  await panel.answer();
  await page.waitForSelector('.det .na');
  const text = (await page.textContent('.det')) ?? '';
  for (const part of [
    'connect ECONNREFUSED 203.0.113.8:443',
    'TLS and request',
    'not reached',
    'Until failure',
    '553.9',
    'Happy Eyeballs, limit 250 ms each',
    'given up at limit',
    'the helper was not found',
  ])
    expect(text).toContain(part);
  await page.keyboard.press('Alt+3');
  await page.waitForSelector('#tab-connection[aria-selected=true]');
});
test('the pop-up never covers its own row, and Esc closes it', async () => {
  await open({ height: 420 });
  const { page } = panel;
  for (const n of [1, 9]) {
    await rowNode(n).locator('.c-waterfall').hover();
    await page.waitForSelector('.pop');
    await settled(page);
    const [pop, own] = [await page.locator('.pop').boundingBox(), await rowNode(n).boundingBox()];
    if (!pop || !own) throw new Error('not shown');
    expect(pop.y >= own.y + own.height || pop.y + pop.height <= own.y).toBe(true);
    await page.keyboard.press('Escape');
    await page.waitForSelector('.pop', { state: 'detached' });
  }
});
test('a page too small for list and details shows one at a time', async () => {
  await open({ width: 420, height: 230 });
  const { page } = panel;
  await page.waitForSelector('.spacer .row');
  expect(await page.locator('.ovw').count()).toBe(0);
  await page.locator('.spacer .row').first().click();
  await page.waitForSelector('.det');
  expect(await page.locator('.list').isVisible()).toBe(false);
  await page.getByLabel('Close details').click();
  await page.waitForSelector('.det', { state: 'detached' });
  expect(await page.locator('.list').isVisible()).toBe(true);
  await page.waitForSelector('.spacer .row');
});
test('the sash is moved by keys and kept', async () => {
  await open();
  await panel.send({ type: 'select', id: id(13), reveal: true });
  const { page } = panel;
  await page.waitForSelector('.sash');
  const before = await page.locator('.det').evaluate((n) => n.clientWidth);
  await page.focus('.sash');
  await page.keyboard.press('ArrowLeft');
  await settled(page);
  expect(await page.locator('.det').evaluate((n) => n.clientWidth)).toBe(before + 20);
});

test('names in URLs and headers are text, never markup', async () => {
  const evil = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>';
  const row: Row = {
    ...(rows[10] as Row),
    path: `/${evil}`,
    query: `?q=${evil}`,
    url: `http://a.test/${evil}`,
    host: evil,
    method: evil,
    stateText: evil,
    process: evil,
    error: { code: evil, message: evil },
    callSite: { file: evil, line: 1, column: 1, kind: 'user', text: evil, function: evil },
  };
  await open({ state: { ...ended, rows: [row, ...rows.slice(0, 3)] }, height: 860 });
  const { page } = panel;
  await panel.send({ type: 'select', id: row.id, reveal: true });
  const details = detailsOf(row);
  details.request.headers = [{ name: evil, value: evil }];
  details.request.error = { code: evil, message: evil, causes: [{ message: evil }] };
  details.missing = [{ what: evil, why: evil }];
  details.code = { first: 1, line: 1, lines: [evil] };
  await panel.send({ type: 'details', id: row.id, details });
  await page.waitForSelector('.nms');
  for (const tab of ['Headers', 'Connection', 'Code', 'Breakdown']) {
    await page.click(`.tabs >> text=${tab}`);
    await settled(page);
    expect(await page.locator('img, #root script').count()).toBe(0);
  }
  await page.locator('.spacer .row .c-waterfall').first().hover();
  await page.waitForSelector('.pop');
  expect(await page.evaluate(() => (window as { hit?: number }).hit)).toBeUndefined();
});
test('code that an opened trace names outside of the workspace is shown when it is asked for', async () => {
  await open({ height: 860 });
  const { page } = panel;
  const details = detailsOf(rows.find((r) => r.id === id(13)) as Row);
  const { code, ...rest } = details;
  await panel.send({ type: 'select', id: id(13), reveal: true });
  await panel.send({ type: 'details', id: id(13), details: { ...rest, codeWithheld: 'outsideWorkspace' } });
  await page.keyboard.press('Alt+5');
  await page.waitForSelector('#tab-code[aria-selected=true]');
  expect(await page.locator('.srccode').count()).toBe(0);
  expect(await page.textContent('.det')).toContain('outside of the workspace');
  await page.getByRole('button', { name: 'Load it' }).click();
  await expect
    .poll(async () => (await panel.posted()).filter((m) => m.type === 'code'))
    .toEqual([{ type: 'code', id: id(13) }]);
  await panel.send({ type: 'details', id: id(13), details: { ...rest, ...(code ? { code } : {}) } });
  await page.waitForSelector('.srccode');
  expect(await page.getByRole('button', { name: 'Load it' }).count()).toBe(0);
});

test('the lanes of a connection fold the time in which it was idle', async () => {
  await open({ height: 800 });
  await panel.send({ type: 'select', id: id(13), reveal: true });
  await panel.page.waitForSelector('.det');
  const row = rows.find((r) => r.id === id(13)) as Row;
  const details = detailsOf(row);
  const minute = 60_000_000;
  const [first, second] = details.connectionRequests;
  if (!first || !second) throw new Error('one request only');
  details.connectionRequests = [first, { ...second, beginAt: minute, endAt: minute + 400_000 }];
  await panel.send({ type: 'details', id: row.id, details });
  await panel.page.click('.tabs >> text=Connection');
  await panel.page.waitForSelector('.cl .fold');
  const widths = await panel.page.$$eval('.cl .p', (nodes) => nodes.map((n) => (n as HTMLElement).offsetWidth));
  // Drawn to scale both would be a hundredth of the lane.
  for (const width of widths) expect(width).toBeGreaterThan(40);
  expect(await panel.page.locator('.cl .fold').first().getAttribute('title')).toBe('Idle for 58.5 s, folded');
});

describe('the place of the details', () => {
  const detailsBox = async (): Promise<{ x: number; y: number }> => {
    const box = await panel.page.locator('.det').boundingBox();
    if (!box) throw new Error('no details');
    return box;
  };

  test('is moved by a button of its head, and kept', async () => {
    await open({ width: 1400, height: 700 });
    await panel.send({ type: 'select', id: id(13), reveal: true });
    await panel.answer();
    expect((await detailsBox()).x).toBeGreaterThan(500);
    await panel.page.click('.det >> [aria-label="Show details below the list"]');
    expect((await detailsBox()).x).toBe(0);
    expect((await detailsBox()).y).toBeGreaterThan(200);
    await panel.page.waitForFunction(() =>
      (window as unknown as { posted: { type: string; state?: { detailsPlace?: string } }[] }).posted.some(
        (m) => m.type === 'persist' && m.state?.detailsPlace === 'below',
      ),
    );
    await panel.page.click('.det >> [aria-label="Show details beside the list"]');
    expect((await detailsBox()).x).toBeGreaterThan(500);
  });

  test.each([
    [1400, 300],
    [600, 700],
  ])('at %i × %i px there is room for one only, and no button', async (width, height) => {
    await open({ width, height });
    await panel.send({ type: 'select', id: id(13), reveal: true });
    await panel.answer();
    expect(await panel.page.locator('.det [aria-label^="Show details b"]').count()).toBe(0);
  });
});

test('what was not asked for has a link to its setting, but not in an opened trace', async () => {
  const row = rows.find((r) => r.id === id(13)) as Row;
  const missing = [
    { what: 'Packets', why: 'off', setting: 'capture' as const },
    { what: 'Route and MTU', why: 'not on this platform' },
  ];
  const show = async () => {
    await panel.send({ type: 'select', id: row.id, reveal: true });
    await panel.send({ type: 'details', id: row.id, details: { ...detailsOf(row), missing } });
    await panel.page.waitForSelector('.nms li');
  };
  await open({ height: 860 });
  await show();
  expect(await panel.page.locator('.nms li').count()).toBe(2);
  await panel.page.click('.nms >> text=netTrace.capture');
  expect((await panel.posted()).filter((m) => m.type === 'setting')).toEqual([{ type: 'setting', name: 'capture' }]);
  expect(await panel.page.locator('.nms button').count()).toBe(1);
  await open({ height: 860, state: { ...ended, readOnly: true } });
  await show();
  expect(await panel.page.locator('.nms button').count()).toBe(0);
});

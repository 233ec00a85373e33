/** What small panels and panes keep: bars wide enough to be read, whole lines, signs that there is more. */
import { expect, test } from 'vitest';
import { id, inBrowser, open, panel, rowNode } from './testing/behaviour';
import { settled } from './testing/panel';
import { ended } from './testing/sample';
import { detailsOf } from './testing/sampleDetails';

inBrowser();

const select = async (n: number): Promise<void> => {
  await panel.send({ type: 'select', id: id(n), reveal: true });
  await panel.answer();
  await panel.page.waitForSelector('.det .tot');
  await settled(panel.page);
};

test.each([
  [1600, 900],
  [1400, 440],
  [1000, 900],
  [700, 900],
  [480, 900],
  [340, 900],
  [290, 900],
])('at %i × %i px the bars of the breakdown are at least 120 px wide', async (width, height) => {
  await open({ width, height });
  await select(13);
  const { page } = panel;
  const bars = await page.$$eval('.det .bar-cell > div', (nodes) => nodes.map((n) => n.clientWidth));
  expect(bars.length).toBeGreaterThan(0);
  for (const bar of bars) expect(bar).toBeGreaterThanOrEqual(120);
  expect(await page.locator('.det .bar-cell .p').count()).toBeGreaterThan(4);
  // Who measured it is said in any case.
  const head = (await page.textContent('.det thead')) ?? '';
  const titles = await page.$$eval('.det .bd .sw', (nodes) => nodes.map((n) => n.getAttribute('title')));
  expect(head.includes('Measured by') || titles.some((t) => t?.startsWith('measured by'))).toBe(true);
  expect(await page.evaluate(() => (document.querySelector('.det') as HTMLElement).scrollWidth)).toBeLessThanOrEqual(
    await page.evaluate(() => (document.querySelector('.det') as HTMLElement).clientWidth),
  );
});

/** Words of which a part is not to be seen, at or inside of what a selector finds. */
const cut = (selector: string): Promise<string[]> =>
  panel.page.$$eval(selector, (nodes) =>
    nodes.filter((n) => n.scrollWidth > n.clientWidth).map((n) => (n.textContent ?? '').trim()),
  );

test.each([
  [1600, 900, undefined],
  [1400, 420, 300],
  [1400, 420, 480],
  [1400, 900, 380],
  [480, 900, undefined],
  [290, 900, undefined],
])('at %i × %i px, details %s px wide, no name of a phase and no heading is cut', async (width, height, size) => {
  await open({ width, height });
  await panel.send({ type: 'select', id: id(13), reveal: true });
  await panel.page.waitForSelector('.det');
  if (size !== undefined) {
    const sash = panel.page.locator('.sash');
    const box = await sash.boundingBox();
    if (!box) throw new Error('no sash');
    await panel.page.mouse.move(box.x + 2, 200);
    await panel.page.mouse.down();
    await panel.page.mouse.move(width - size + 2, 200);
    await panel.page.mouse.up();
  }
  await panel.answer();
  await panel.page.waitForSelector('.det .sub');
  await settled(panel.page);
  expect(await cut('.det .bd .sw, .det .bd th')).toEqual([]);
  for (const height of await panel.page.$$eval('.det .bd th', (nodes) => nodes.map((n) => n.clientHeight)))
    expect(height).toBeLessThan(26);
});

test('in a panel with little height the header shows whole words, and the total is in sight', async () => {
  await open({ width: 1000, height: 440 });
  await select(11);
  const { page } = panel;
  expect(await cut('.hd .lb')).toEqual([]);
  const [total, details] = [
    await page.locator('.det .tot td').first().boundingBox(),
    await page.locator('.det').boundingBox(),
  ];
  if (!total || !details) throw new Error('no total');
  expect(total.y + total.height).toBeLessThanOrEqual(details.y + details.height);
  // Nothing of the lines that it covers is visible below it.
  expect(details.y + details.height - total.y - total.height).toBeLessThanOrEqual(1);
});

test.each([290, 480])('at %i px connection attempts and lanes of a connection can be read', async (width) => {
  await open({ width, height: 900 });
  await select(13);
  const { page } = panel;
  expect(await cut('.det .ar .ad, .det .ar .res, .det .ar .res span')).toEqual([]);
  const lanes = (): Promise<number[]> =>
    page.$$eval('.det .lane-cell > div', (nodes) => nodes.map((n) => n.clientWidth));
  expect(Math.min(...(await lanes()))).toBeGreaterThanOrEqual(60);
  await page.click('.tabs >> text=Connection');
  await page.waitForSelector('.cl');
  expect(Math.min(...(await lanes()))).toBeGreaterThanOrEqual(120);
});

test.each([290, 340, 480])('at %i px the connections have a time axis with labels', async (width) => {
  await open({ width, height: 440 });
  await panel.page.click('.seg >> text=Connections');
  await expect
    .poll(async () => (await panel.page.locator('.lanes .hd .tk').allTextContents()).join(''))
    .toMatch(/\d (ms|s)/);
});

test('phases are in the order of time, those without a figure in their places', async () => {
  await open({ width: 1600, height: 900 });
  await select(8);
  const labels = await panel.page.$$eval('.det .bd tbody tr:not(.sub) .sw', (nodes) => nodes.map((n) => n.textContent));
  const queue = labels.indexOf('Queueing');
  expect(queue).toBe(0);
  expect(labels.findIndex((l) => l?.includes('DNS'))).toBeGreaterThan(queue);
});

test('the head of low details keeps the path, the link to the code gives way', async () => {
  await open({ width: 1100, height: 400 });
  await select(13);
  const path = await panel.page.$eval('.dt', (n) => n.scrollWidth - n.clientWidth);
  expect(path).toBeLessThanOrEqual(0);
  expect(await panel.page.locator('.du .code').isVisible()).toBe(true);
});

test('in a low panel the advice of a verdict is whole, and its figures share lines', async () => {
  await open({ width: 1400, height: 370, state: ended });
  await select(13);
  const { page } = panel;
  const row = ended.rows.find((r) => r.id === id(13));
  if (!row) throw new Error('no such row');
  const figures = ['waiting for server', 'DNS lookup', 'TCP connect', 'TLS'].map((what, i) => ({
    what,
    value: 1000 * (i + 1),
    unit: 'us' as const,
  }));
  await panel.send({
    type: 'details',
    id: row.id,
    details: {
      ...detailsOf(row),
      verdict: {
        level: 'slow',
        rule: 'server',
        certainty: 'sure',
        text: 'Slow: the server took most of the time.',
        advice:
          'Look at what the server did in this time, and whether other requests to it took as long as this one did.',
        evidence: figures,
      },
    },
  });
  await page.waitForSelector('.vd .figs');
  await settled(page);
  expect(await cut('.vd p, .vd .figs li, .vd .figs .code')).toEqual([]);
  const tops = await page.$$eval('.vd .figs li', (nodes) => nodes.map((n) => n.getBoundingClientRect().top));
  expect(tops).toHaveLength(figures.length);
  expect(new Set(tops).size).toBeLessThanOrEqual(2);
  // What is said of the end keeps to one line.
  expect(await page.locator('.msg').evaluate((n) => n.clientHeight)).toBeLessThan(32);
});

test('at 290 px the message is one line, with its actions', async () => {
  await open({ width: 290, height: 400 });
  expect(await panel.page.locator('.msg').evaluate((n) => n.clientHeight)).toBeLessThan(32);
  expect(await panel.page.locator('.msg .tx').evaluate((n) => getComputedStyle(n).textOverflow)).toBe('ellipsis');
  await panel.page.click('.msg [title="Debug again"]');
});

test('a menu longer than the panel shows that it scrolls, and grouping is at its top', async () => {
  await open({ width: 1200, height: 320 });
  const { page } = panel;
  await page.click('.hd .c-status', { button: 'right' });
  const sign = (end: 'up' | 'down'): Promise<string> =>
    page.locator(`.menu .end.${end}`).evaluate((n) => getComputedStyle(n).visibility);
  expect([await sign('up'), await sign('down')]).toEqual(['hidden', 'visible']);
  expect((await page.locator('.menu [role^=menuitem]').allTextContents()).slice(0, 2)).toEqual([
    'Group by none',
    'Group by host',
  ]);
  await page.keyboard.press('End');
  await expect.poll(() => sign('down')).toBe('hidden');
  expect(await sign('up')).toBe('visible');
});

test('packets can be saved only where some were captured; else the menu says why', async () => {
  for (const captured of [false, true]) {
    await open({
      state: { ...ended, runs: ended.runs.map((r) => ({ ...r, ...(captured ? { captured: true as const } : {}) })) },
    });
    await rowNode(3).locator('.c-name').click({ button: 'right' });
    const save = panel.page.locator('.menu >> text=Save this request’s packets…');
    expect(await save.getAttribute('aria-disabled')).toBe(String(!captured));
    expect(await save.getAttribute('title')).toBe(captured ? null : 'Packet capture was off in this run.');
  }
});

test('the process is a column only where several made requests in one run', async () => {
  const one = ended.rows.map((r) => ({ ...r, process: 'main', main: true }));
  await open({ width: 1600, state: { ...ended, rows: one } });
  expect(await panel.page.locator('.hd .c-process').count()).toBe(0);
  await open({ width: 1600 });
  expect(await panel.page.locator('.hd .c-process').count()).toBe(1);
});

test('the bars get a fair share of the list', async () => {
  const one = ended.rows.map((r) => ({ ...r, process: 'main', main: true }));
  for (const [width, min] of [
    [1000, 320],
    [1240, 340],
    [1400, 400],
  ] as const) {
    await open({ width, state: { ...ended, rows: one } });
    expect(await panel.page.locator('.hd .c-waterfall').evaluate((n) => n.clientWidth)).toBeGreaterThan(min);
  }
});

test.each(['Breakdown', 'Connection', 'Packets', 'Code'])(
  'at 290 px what has no room in %s wraps or can be scrolled to',
  async (tab) => {
    await open({ width: 290, height: 800 });
    await select(13);
    const { page } = panel;
    await page.click(`.tabs >> text=${tab}`);
    await settled(page);
    const details = page.locator('.det');
    expect(await details.evaluate((n) => n.scrollWidth - n.clientWidth)).toBeLessThanOrEqual(0);
  },
);

test('at 290 px ready filters and figures are whole or not there', async () => {
  await open({ width: 290, height: 420, state: { ...ended, findings: [] } });
  const { page } = panel;
  const part = (selector: string, box: string): Promise<string[]> =>
    page.$$eval(
      selector,
      (nodes, box) =>
        nodes
          .filter((n) => getComputedStyle(n).visibility === 'visible')
          .flatMap((n) => {
            const [own, outer] = [n.getBoundingClientRect(), (n.closest(box) as Element).getBoundingClientRect()];
            const inside = own.top < outer.bottom - 2 && own.width > 0;
            return inside && own.right > outer.right + 1 ? [n.textContent ?? ''] : [];
          }),
      box,
    );
  expect(await part('.chip', '.chips')).toEqual([]);
  expect(await part('.sb > *', '.sb')).toEqual([]);
  expect(await page.locator('.bar').evaluate((n) => n.clientHeight)).toBeLessThan(70);
});

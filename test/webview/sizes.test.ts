/** Small panels, as VS Code opens them: all of a view is in sight, nothing of it is cut or covers something else. */
import { expect, test } from 'vitest';
import { id, inBrowser, open, panel } from './testing/behaviour';
import { settled } from './testing/panel';
import { live, run } from './testing/sample';

inBrowser();

/** Opens a panel with the details of a request, on one of their tabs. */
const details = async (width: number, height: number, n: number, tab = 'Breakdown'): Promise<void> => {
  await open({ width, height });
  await panel.send({ type: 'select', id: id(n), reveal: true });
  await panel.answer();
  await panel.page.waitForSelector('.det .tot');
  await panel.page.click(`.tabs >> text=${tab}`);
  await settled(panel.page);
};

/** Words of which a part is not to be seen. */
const cut = (selector: string): Promise<string[]> =>
  panel.page.$$eval(selector, (nodes) =>
    nodes
      .filter((n) => n.getClientRects().length > 0 && n.scrollWidth > n.clientWidth)
      .map((n) => (n.textContent ?? '').trim()),
  );

/** Phases that are not in sight between the tabs and the total, which stays at the end of a table. */
const outOfSight = (): Promise<string[]> =>
  panel.page.evaluate(() => {
    const box = (selector: string): DOMRect => (document.querySelector(selector) as Element).getBoundingClientRect();
    const [top, total, end] = [box('.det .tabs').bottom, box('.det .tot'), box('.det').bottom];
    const bottom = document.querySelector('.det .bd') ? Math.min(box('.det .tot td').top, end) : end;
    const lines = [...document.querySelectorAll('.det .bd tbody tr:not(.tot) .sw, .det .phases li:not(.tot) .sw')];
    const hidden = lines.filter((n) => {
      const own = n.getBoundingClientRect();
      return own.top < top - 1 || own.bottom > bottom + 1;
    });
    return [...hidden.map((n) => n.textContent ?? ''), ...(total.bottom > end + 1 || total.top < top ? ['total'] : [])];
  });

test.each([
  [290, 400],
  [300, 400],
  [440, 400],
  [480, 400],
  [900, 440],
])('at %i × %i px every phase and the total are in sight', async (width, height) => {
  await details(width, height, 13);
  expect(await panel.page.locator('.det .bd tbody .sw').count()).toBe(9);
  expect(await outOfSight()).toEqual([]);
  expect(await cut('.det .bd .sw, .det .bd th, .det .bd .dur')).toEqual([]);
  // The bars too: those without their own column are above the table.
  const bar = await panel.page.locator('.det .p.wait').first().boundingBox();
  expect(bar && bar.y + bar.height).toBeLessThan(height - 23);
});

/** As low as VS Code opens its panel. */
const low = [
  [300, 300],
  [340, 300],
  [500, 250],
  [640, 250],
  [900, 320],
  [1000, 250],
  [1000, 400],
  [1600, 250],
] as const;

test.each(low)('at %i × %i px every phase, the total and the bar are in sight in a list', async (width, height) => {
  await details(width, height, 13);
  expect(await panel.page.locator('.det .phases li').count()).toBe(9);
  expect(await outOfSight()).toEqual([]);
  // Each with its figure, whole; below 340 px a name may be cut, and is in the tooltip.
  expect(await cut(`.det .phases .dur${width > 340 ? ', .det .phases .sw' : ''}, .det .tabs button`)).toEqual([]);
  const sample = panel.page.locator('.det .phases li', { hasText: 'Waiting for' });
  expect(await sample.getAttribute('title')).toMatch(/^Waiting for server, starts after [\d.]+ ms, measured by hook$/);
  const bar = await panel.page.locator('.det .strip .p.wait').boundingBox();
  const tabs = await panel.page.locator('.det .tabs').boundingBox();
  expect(bar?.y).toBeGreaterThanOrEqual((tabs?.y ?? 0) + (tabs?.height ?? 0) - 1);
});

test.each(low.filter(([width]) => width >= 500))(
  'at %i × %i px a failure is in sight: error, causes, phase, total',
  async (width, height) => {
    await details(width, height, 11);
    const { page } = panel;
    const box = await page.locator('.vd').boundingBox();
    const tabs = await page.locator('.det .tabs').boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 999)).toBeLessThanOrEqual((tabs?.y ?? 0) + 1);
    expect(((await page.locator('.vd').textContent()) ?? '').replace(/\s+/g, ' ')).toContain(
      'connect ECONNREFUSED 203.0.113.8:443',
    );
    expect((await outOfSight()).filter((name) => !/thread pool/.test(name))).toEqual([]);
    expect(await page.locator('.det .phases .bad').textContent()).toMatch(/TCP connect\s*522\.3/);
  },
);

test.each(low)('at %i × %i px columns and status line are whole', async (width, height) => {
  await details(width, height, 13);
  expect(await cut('.hd .c-time .lb, .spacer .c-time')).toEqual([]);
  const line = await panel.page.locator('.sb').boundingBox();
  for (const part of await panel.page.$$eval('.sb > *', (nodes) =>
    nodes.map((n) => n.getBoundingClientRect().toJSON()),
  ))
    if (part.top < (line?.y ?? 0) + 23) expect(part.right).toBeLessThanOrEqual(width);
});

test.each([
  [440, 400],
  [480, 400],
])('at %i × %i px the phases of a failed request are in sight below its error', async (width, height) => {
  await details(width, height, 11);
  expect(await outOfSight()).toEqual([]);
});

test.each([
  [290, 400],
  [300, 600],
  [440, 400],
  [480, 400],
  [500, 320],
  [900, 600],
])('at %i × %i px path, host and call site are whole, or the host has given way', async (width, height) => {
  await details(width, height, 13);
  expect(await cut('.dh .dt, .dh .du, .dh .du .dim, .dh .du .code')).toEqual([]);
  const boxes = await panel.page.$$eval('.dh .dt, .dh .du .dim, .dh .du .code, .dh .da', (nodes) =>
    nodes.filter((n) => n.getClientRects().length > 0).map((n) => n.getBoundingClientRect().toJSON() as DOMRect),
  );
  expect(boxes.length).toBeGreaterThan(2);
  for (const [i, a] of boxes.entries())
    for (const b of boxes.slice(i + 1))
      expect(a.right <= b.left || b.right <= a.left || a.bottom <= b.top + 1 || b.bottom <= a.top + 1).toBe(true);
});

test('at 300 px an error has at least four fifths of the width for its words', async () => {
  await details(300, 600, 11);
  const { page } = panel;
  expect(await page.locator('.vd > div').evaluate((n) => n.clientWidth)).toBeGreaterThanOrEqual(240);
  expect(await cut('.vd p, .vd li')).toEqual([]);
  // Its message and its code are one line.
  expect(await page.locator('.vd .nx').allTextContents()).toEqual(['the connection failed (ETIMEDOUT)']);
});

test('at 290 px the sign of a failure behind the bars is in sight', async () => {
  await details(290, 400, 11);
  const sign = await panel.page.locator('.det .strip .x').boundingBox();
  expect(sign && sign.x + sign.width).toBeLessThanOrEqual(290);
});

test.each([290, 300, 440, 900])('at %i px packets need no scrolling to the side', async (width) => {
  await details(width, 400, 13, 'Packets');
  const { page } = panel;
  expect(await page.locator('.wide').evaluate((n) => n.scrollWidth - n.clientWidth)).toBeLessThanOrEqual(0);
  for (const height of await page.$$eval('.pk th', (nodes) => nodes.map((n) => n.clientHeight)))
    expect(height).toBeLessThan(26);
  // What has no column there is said by the line.
  expect(await page.locator('.pk tbody tr').first().getAttribute('title')).toBe('tcp, TCP connect');
});

test.each([290, 480, 900])('at %i px lines of code are whole', async (width) => {
  await details(width, 600, 13, 'Code');
  expect(await cut('.srccode div')).toEqual([]);
  const hanging = await panel.page.$eval('.srccode .on', (n) => {
    const range = document.createRange();
    range.selectNodeContents(n.lastChild as Node);
    const number = (n.querySelector('.ln') as Element).getBoundingClientRect();
    return [...range.getClientRects()].every((line) => line.left >= number.right);
  });
  expect(hanging).toBe(true);
});

test.each([
  [500, 320],
  [900, 320],
  [1400, 320],
])('at %i × %i px at least ten requests are in sight, and how the program ended', async (width, height) => {
  await open({ width, height });
  const { page } = panel;
  expect(await page.locator('.rows').evaluate((n) => Math.floor(n.clientHeight / 22))).toBeGreaterThanOrEqual(10);
  expect(await page.locator('.ovw, .msg').count()).toBe(0);
  if (width >= 900) expect(await page.locator('.sb .end').isVisible()).toBe(true);
  const bar = await page.$$eval('.bar > *', (nodes) =>
    nodes.filter((n) => n.clientWidth > 0).map((n) => n.getBoundingClientRect().right),
  );
  expect(Math.max(...bar)).toBeLessThanOrEqual(width);
  if (width >= 1400) return;
  // Filter chips that have no room are under More.
  await page.click('[aria-label="More filters"]');
  expect(await page.locator('.menu [role^=menuitem]').count()).toBeGreaterThan(1);
});

test('the overview and the message are back when the details that stood alone are closed', async () => {
  await details(480, 400, 13);
  const { page } = panel;
  expect(await page.locator('.msg').count()).toBe(0);
  await page.click('[aria-label="Close details"]');
  expect(await page.locator('.msg').isVisible()).toBe(true);
});

test('at 480 px the word of each failure is whole', async () => {
  await open({ width: 480, height: 800 });
  expect(await cut('.spacer .row .c-status')).toEqual([]);
});

test('at 300 px the text that replaces the list has a margin', async () => {
  await open({ width: 300, height: 600 });
  await panel.page.fill('.flt input', 'is:slow path:/v2');
  await panel.page.waitForSelector('.nomatch');
  const lines = await panel.page.$eval('.nomatch', (n) => {
    const range = document.createRange();
    range.selectNodeContents(n);
    return [...range.getClientRects()].map((r) => [r.left, r.right]);
  });
  for (const [left = 0, right = 0] of lines) {
    expect(left).toBeGreaterThanOrEqual(12);
    expect(right).toBeLessThanOrEqual(288);
  }
});

test('at 440 px hosts of the connections have room for twenty characters', async () => {
  await open({ width: 440, height: 420 });
  await panel.page.click('.seg >> text=Connections');
  await panel.page.waitForSelector('.lanes .spacer .row');
  expect((await cut('.lanes .spacer .c-host')).filter((host) => host.length <= 20)).toEqual([]);
});

test.each(['High Contrast', 'High Contrast Light'] as const)('%s: the selected view is highlighted', async (theme) => {
  await open({ width: 700, height: 420, theme });
  const edge = (selector: string): Promise<number> =>
    panel.page.$eval(selector, (n) => Number(/(\d+)px inset/.exec(getComputedStyle(n).boxShadow)?.[1] ?? 0));
  expect(await edge('.seg [aria-checked=true]')).toBeGreaterThan(await edge('.seg'));
  expect(await edge('.seg [aria-checked=false]')).toBe(0);
});

test.each([
  ['cart stats:500', '.flterr'],
  ['is:slow path:/v2', '.fltlist'],
])('at 440 × 270 px what the filter box says of %s has room, within the page', async (text, selector) => {
  await open({ width: 440, height: 270 });
  const { page } = panel;
  await page.fill('.flt input', text);
  const box = await (await page.waitForSelector(selector)).boundingBox();
  if (!box) throw new Error(`no ${selector}`);
  expect(box.width).toBeGreaterThanOrEqual(300);
  expect(box.x).toBeGreaterThanOrEqual(0);
  expect(box.x + box.width).toBeLessThanOrEqual(440);
});

test('at 290 px a message of the recording has the width of the page, and its action a separate line', async () => {
  const text = 'The panel keeps the newest 10,000 requests; 2,340 older ones were left out of the list.';
  const message = { kind: 'dropped' as const, text, action: { title: 'Show how', command: 'enableKernel' as const } };
  await open({ width: 290, height: 400, state: { ...live, runs: [{ ...run, message }] } });
  const { page } = panel;
  const [words, action] = [
    await page.locator('.msg .tx').boundingBox(),
    await page.locator('.msg .linkish').boundingBox(),
  ];
  if (!words || !action) throw new Error('no message');
  expect(words.width).toBeGreaterThanOrEqual(210);
  expect(action.y).toBeGreaterThanOrEqual(words.y + words.height);
});

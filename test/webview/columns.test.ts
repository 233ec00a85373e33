/** Header, cells and bars are aligned at every width, in every view that has columns. */
import { expect, test } from 'vitest';
import { inBrowser, open, panel } from './testing/behaviour';
import { settled } from './testing/panel';
import { ended } from './testing/sample';

inBrowser();

interface Place {
  name: string;
  left: number;
  width: number;
}

/** Positions of the cells of the header and of a row, and of the canvas with the bars. */
const places = (): Promise<{ header: Place[]; row: Place[]; canvas: { left: number; width: number }; right: number }> =>
  panel.page.evaluate(() => {
    const place = (n: Element): { left: number; width: number } => {
      const { left, width } = n.getBoundingClientRect();
      return { left: Math.round(left), width: Math.round(width) };
    };
    const cells = (row: string): Place[] =>
      [...document.querySelectorAll(`${row} > .c`)].map((n) => ({
        name: [...n.classList].find((c) => c.startsWith('c-')) ?? [...n.classList].join(' '),
        ...place(n),
      }));
    const scroller = document.querySelector('.rows') as HTMLElement;
    return {
      header: cells('.grid .hd'),
      row: cells('.spacer .row[aria-rowindex="3"]'),
      canvas: place(document.querySelector('canvas.wf') as Element),
      right: Math.round(scroller.getBoundingClientRect().left + scroller.clientWidth),
    };
  });

const widths = [290, 480, 700, 1000, 1600];
const views = ['Requests', 'Connections'];

test.each(
  widths.flatMap((width) => views.flatMap((view) => [false, true].map((details) => ({ width, view, details })))),
)('$view, $width px, details: $details', async ({ width, view, details }) => {
  await open({ width, height: 900, state: ended });
  const { page } = panel;
  await page.click(`.seg >> text=${view}`);
  await page.waitForSelector(view === 'Connections' ? '.lanes .spacer .row' : '.spacer .row');
  if (details) {
    await page.locator('.spacer .row[aria-rowindex="3"]').click({ position: { x: 40, y: 10 } });
    await page.waitForSelector('.det');
  }
  await settled(page);
  await settled(page);
  const { header, row, canvas, right } = await places();
  expect(header.length).toBeGreaterThan(3);
  expect(row).toEqual(header);
  // Side by side from left to right, within the list.
  header.reduce((end, cell) => {
    expect(cell.left).toBeGreaterThanOrEqual(end - 1);
    expect(cell.width).toBeGreaterThan(20);
    return cell.left + cell.width;
  }, 0);
  expect((header.at(-1)?.left ?? Number.NaN) + (header.at(-1)?.width ?? Number.NaN)).toBeLessThanOrEqual(right + 1);
  const bars = header.find((c) => c.name === 'c-waterfall');
  // The narrowest list of requests has no bars.
  if (!bars) return expect(right).toBeLessThan(360);
  expect(Math.abs(canvas.left - bars.left)).toBeLessThanOrEqual(1);
  expect(Math.abs(canvas.width - bars.width)).toBeLessThanOrEqual(2);
});

test('round trip, retransmits, trace rule and headers as columns: chosen in the menu, with their values', async () => {
  const rows = ended.rows.map((row, i) => ({
    ...row,
    ...(i === 1 ? { roundTrip: 1500, minRoundTrip: 900, retransmits: 0, traceRuleNames: 'All requests' } : {}),
    ...(i === 2 ? { retransmits: 3, retransmitsShared: true as const, responseHeaders: ['x-cache=HIT', 'etag'] } : {}),
  }));
  await open({ width: 1600, height: 700, state: { ...ended, rows } });
  const { page } = panel;
  const choose = async (...items: string[]): Promise<void> => {
    await page.locator('.hd .c-name').click({ button: 'right' });
    for (const item of items) await page.locator('.menu').getByText(item, { exact: true }).click();
  };
  for (const item of ['Round trip', 'Retransmits', 'Trace rule']) await choose(item);
  await choose('Headers…', 'x-cache');
  await choose('Headers…', 'etag');
  await settled(page);
  const texts = (name: string): Promise<(string | null)[]> =>
    page.locator(`.spacer .row[data-id] .c-${name}`).allTextContents();
  expect((await texts('roundTrip')).filter(Boolean)).toEqual(['1.5 ms']);
  expect((await texts('retransmits')).filter(Boolean)).toEqual(['0', '3']);
  expect((await texts('traceRule')).filter(Boolean)).toEqual(['All requests']);
  expect((await texts('response-x-cache')).filter(Boolean)).toEqual(['HIT']);
  expect((await texts('response-etag')).filter(Boolean)).toEqual(['not recorded']);
  const { header, row, right } = await places();
  expect(row).toEqual(header);
  // None is pushed out, and the bars are still wide enough.
  const bars = header.at(-1);
  expect((bars?.left ?? Number.NaN) + (bars?.width ?? Number.NaN)).toBeLessThanOrEqual(right + 1);
  expect(bars?.width).toBeGreaterThanOrEqual(120);
  if (process.env.PANEL_SHOTS) await page.screenshot({ path: `${process.env.PANEL_SHOTS}/columns.png` });
  await choose('x-cache');
  await settled(page);
  expect(await page.locator('.hd .c-response-x-cache').count()).toBe(0);
});

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

/** Every look of the page. To look at them, set PANEL_SHOTS to a folder: each is written to it as a picture. */
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PanelState, Row } from '../../webview/view/types';
import { type Opening, openBrowser, openPanel, picture, settled } from './testing/panel';
import { empty, ended, live, rows, run } from './testing/sample';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});

const editor = (state: PanelState): PanelState => ({ ...state, view: 'editor' });
const id = (n: number): string => rows.find((r) => r.id.endsWith(`-${n}`))?.id ?? '';

/** As if it had been made so many µs later. */
const later = (r: Row, by: number): Row => ({
  ...r,
  createdAt: (r.createdAt ?? 0) + by,
  endAt: (r.endAt ?? 0) + by,
  phases: r.phases.map((p) => ({ ...p, beginAt: p.beginAt + by })),
});

/** A second run below the first, recorded without the hook. */
const twoRuns: PanelState = {
  ...ended,
  rows: [
    ...ended.rows,
    ...ended.rows.slice(0, 4).map((r): Row => ({ ...later(r, 5_000_000), id: `r2/${r.id}`, run: 2 })),
  ],
  runs: [
    ...ended.runs,
    {
      ...run,
      number: 2,
      offset: 5_000_000,
      state: 'ended',
      endAt: 5_400_000,
      message: {
        kind: 'hook',
        text: 'The hook was not loaded in a child process: NODE_OPTIONS was cleared. Keep it in the child’s environment.',
      },
    },
  ],
};

/** As narrow and as low as the panel and the side bars often are. */
const sizes = [
  [290, 400, 'Dark Modern'],
  [300, 600, 'Light Modern'],
  [480, 400, 'High Contrast'],
  [900, 320, 'Light+'],
  [1000, 365, 'Dark Modern'],
  [1000, 400, 'Dark Modern'],
] as const;

const looks: {
  name: string;
  opening: Opening;
  select?: number;
  tab?: string;
  mode?: string;
  act?: (page: Page) => Promise<void>;
}[] = [
  { name: 'dark-live', opening: { state: live, theme: 'Dark+' } },
  { name: 'dark-modern-live', opening: { state: live } },
  { name: 'light-details', opening: { state: live, theme: 'Light+' }, select: 11 },
  { name: 'light-modern-editor', opening: { state: editor(live), theme: 'Light Modern', height: 860 }, select: 13 },
  { name: 'dark-editor', opening: { state: editor(live), theme: 'Dark+', height: 860 }, select: 13 },
  { name: 'dark-editor-failed', opening: { state: editor(live), theme: 'Dark+', height: 860 }, select: 11 },
  {
    name: 'dark-editor-connection',
    opening: { state: editor(live), theme: 'Dark+', height: 860 },
    select: 13,
    tab: 'Connection',
  },
  { name: 'dark-editor-code', opening: { state: editor(live), theme: 'Dark+', height: 860 }, select: 13, tab: 'Code' },
  { name: 'hc-details', opening: { state: editor(live), theme: 'High Contrast', height: 700 }, select: 11 },
  { name: 'hc-light', opening: { state: live, theme: 'High Contrast Light' }, select: 13 },
  { name: 'narrow-340', opening: { state: live, width: 340, height: 760 }, select: 13 },
  { name: 'narrow-480', opening: { state: live, theme: 'Dark+', width: 480, height: 760 }, select: 13 },
  { name: 'narrow-600', opening: { state: live, theme: 'Light Modern', width: 600, height: 760 }, select: 11 },
  { name: 'mid-900', opening: { state: live, width: 900 } },
  { name: 'wide-1800', opening: { state: live, width: 1800, height: 700 } },
  { name: 'ended', opening: { state: ended, theme: 'Dark+' } },
  ...(['Dark Modern', 'Light+', 'High Contrast', 'High Contrast Light'] as const).map((theme) => ({
    name: `empty-${theme.toLowerCase().replaceAll(' ', '-')}`,
    opening: { state: empty, theme },
    act: (page: Page): Promise<void> => page.keyboard.press('Tab'),
  })),
  {
    name: 'pop-up',
    opening: { state: live, theme: 'Dark+' },
    act: async (page) => {
      await page.locator(`.spacer .row[data-id="${id(16)}"] .c-waterfall`).hover();
      await page.waitForSelector('.pop');
    },
  },
  {
    name: 'menu-light',
    opening: { state: ended, theme: 'Light Modern' },
    act: (page) => page.locator(`.spacer .row[data-id="${id(3)}"] .c-name`).click({ button: 'right' }),
  },
  {
    name: 'groups',
    opening: { state: ended },
    act: async (page) => {
      await page.click('.hd .c-host', { button: 'right' });
      await page.click('.menu >> text=Group by host');
      await page.waitForSelector('.row.group');
    },
  },
  {
    name: 'two-runs',
    opening: { state: twoRuns, theme: 'Light+', height: 560 },
    act: (page) => page.locator('.rows').evaluate((n) => n.scrollTo(0, 9999)),
  },
  {
    name: 'no-match',
    opening: { state: ended },
    act: async (page) => {
      await page.fill('.flt input', 'nothing like this /(/');
      await page.waitForSelector('.nomatch');
    },
  },
  ...(['Dark Modern', 'Light Modern', 'High Contrast'] as const).map((theme) => ({
    name: `completion-${theme.toLowerCase().replaceAll(' ', '-')}`,
    opening: { state: ended, theme },
    act: async (page: Page): Promise<void> => {
      await page.fill('.flt input', 'is:slow path:/v2');
      await page.waitForSelector('.fltlist');
    },
  })),
  {
    name: 'completion-narrow',
    opening: { state: ended, theme: 'Dark+', width: 340, height: 400 },
    act: async (page) => {
      await page.fill('.flt input', 're');
      await page.waitForSelector('.fltlist');
    },
  },
  ...(['Dark+', 'Light+'] as const).map((theme) => ({
    name: `bad-term-${theme === 'Dark+' ? 'dark' : 'light'}`,
    opening: { state: ended, theme },
    act: async (page: Page): Promise<void> => {
      await page.fill('.flt input', 'cart stats:500');
      await page.waitForSelector('.flterr');
    },
  })),
  {
    name: 'range',
    opening: { state: ended },
    act: async (page) => {
      const box = await page.locator('.oin').boundingBox();
      if (!box) throw new Error('no overview');
      await page.mouse.move(box.x + 550, box.y + 30);
      await page.mouse.down();
      await page.mouse.move(box.x + 1000, box.y + 30, { steps: 3 });
      await page.mouse.up();
    },
  },
  // Axes whose first label has less room than its four digits need.
  ...[5_010_000, 5_025_000, 5_040_000].map((by) => ({
    name: `late-${by}`,
    opening: { state: { ...ended, rows: ended.rows.slice(0, 6).map((r) => later(r, by)) } },
  })),
  { name: 'connections', opening: { state: live, theme: 'Dark+' }, mode: 'Connections' },
  ...sizes.flatMap(([width, height, theme]) => {
    const opening: Opening = { state: ended, width, height, theme };
    const size = `${width}x${height}`;
    return [
      { name: `list-${size}`, opening },
      { name: `failed-${size}`, opening, select: 11 },
      ...['Breakdown', 'Headers', 'Connection', 'Packets', 'Code'].map((tab) => ({
        name: `${tab.toLowerCase()}-${size}`,
        opening,
        select: 13,
        tab,
      })),
      { name: `connections-${size}`, opening, mode: 'Connections' },
    ];
  }),
];

/** Labels of an axis that begin left of it: what is left of `5000 ms` may read as `0 ms`. */
const cutLabels = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('.tk')]
      .filter((label) => label.textContent && label.parentElement)
      .filter((label) => label.getBoundingClientRect().left < (label.parentElement?.getBoundingClientRect().left ?? 0))
      .map((label) => label.textContent),
  );

describe('looks', () => {
  test.each(looks)('$name', async ({ name, opening, select, tab, mode, act }) => {
    const panel = await openPanel(browser, opening);
    const { page } = panel;
    if (select) {
      await panel.send({ type: 'select', id: id(select), reveal: true });
      await panel.answer();
      await page.waitForSelector('.det .bd, .det .phases');
    }
    if (tab) await page.click(`.tabs >> text=${tab}`);
    if (mode) await page.click(`.seg >> text=${mode}`);
    await act?.(page);
    await settled(page);
    await settled(page);
    await picture(page, name);
    expect(await cutLabels(page)).toEqual([]);
    // Nothing ever scrolls sideways, and nothing breaks the page's own rules.
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await panel.violations()).toEqual([]);
    expect(panel.errors).toEqual([]);
  });
});

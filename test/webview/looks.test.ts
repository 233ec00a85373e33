/** Every look of the page, written as pictures to look at: set PANEL_SHOTS to a folder to keep them. */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PanelState } from '../../webview/types';
import { type Opening, openBrowser, openPanel, settled } from './panel';
import { empty, ended, live, rows } from './sample';

const folder = process.env.PANEL_SHOTS ?? mkdtempSync(join(tmpdir(), 'panel-'));
let browser: Browser;
beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  browser = await openBrowser();
});
afterAll(() => browser?.close());

const editor = (state: PanelState): PanelState => ({ ...state, view: 'editor' });
const id = (n: number): string => rows.find((r) => r.id.endsWith(`-${n}`))?.id ?? '';

const looks: { name: string; opening: Opening; select?: number; tab?: string; mode?: string }[] = [
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
  { name: 'empty-light', opening: { state: empty, theme: 'Light+' } },
  { name: 'connections', opening: { state: live, theme: 'Dark+' }, mode: 'Connections' },
];

describe('looks', () => {
  test.each(looks)('$name', async ({ name, opening, select, tab, mode }) => {
    const panel = await openPanel(browser, opening);
    const { page } = panel;
    if (select) {
      await panel.send({ type: 'select', id: id(select), reveal: true });
      await panel.answer();
      await page.waitForSelector('.det .bd');
    }
    if (tab) await page.click(`.tabs >> text=${tab}`);
    if (mode) await page.click(`.seg >> text=${mode}`);
    await settled(page);
    await settled(page);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    // Nothing ever scrolls sideways, and nothing breaks the page's own rules.
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await panel.violations()).toEqual([]);
    expect(panel.errors).toEqual([]);
    await page.context().close();
  });
});

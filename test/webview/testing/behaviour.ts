/** Shared by the tests of what keys, clicks and messages do in the built page: one page a file, opened again each time. */
import type { Browser, Locator } from 'playwright-core';
import { afterEach, beforeAll, expect } from 'vitest';
import type { PageMessage } from '../../../webview/view/types';
import { type Opening, openBrowser, openPanel, type Panel } from './panel';
import { ended, rows } from './sample';

let browser: Browser;
export let panel: Panel;

/** Registers what each file needs: the browser, and that nothing failed or broke the page's rules on the way. */
export function inBrowser(): void {
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterEach(async () => {
    expect(panel.errors).toEqual([]);
    expect(await panel.violations()).toEqual([]);
  });
}

export const open = async (opening: Opening = {}): Promise<Panel> => {
  panel = await openPanel(browser, { state: ended, height: 800, ...opening });
  return panel;
};
export const id = (n: number): string => rows.find((r) => r.id.endsWith(`-${n}`))?.id ?? '';
export const visible = (): Promise<string[]> =>
  panel.page.$$eval('.spacer .row', (nodes) =>
    nodes
      .filter((n) => n.getClientRects().length > 0)
      .sort((a, b) => Number((a as HTMLElement).dataset.index) - Number((b as HTMLElement).dataset.index))
      .map((n) => (n as HTMLElement).dataset.id ?? ''),
  );
export const selected = (): Promise<string[]> =>
  panel.page.$$eval('.spacer .row[aria-selected=true]', (nodes) =>
    nodes.map((n) => (n as HTMLElement).dataset.id ?? ''),
  );
export const posted = async <T extends PageMessage['type']>(type: T): Promise<Extract<PageMessage, { type: T }>[]> =>
  (await panel.posted()).filter((m): m is Extract<PageMessage, { type: T }> => m.type === type);
export const rowNode = (n: number): Locator => panel.page.locator(`.spacer .row[data-id="${id(n)}"]`);
/** Until the list has so many rows. */
export const rowCount = async (count: number): Promise<void> => {
  await panel.page.waitForFunction(
    (n) => document.querySelector('.grid')?.getAttribute('aria-rowcount') === String(n + 1),
    count,
  );
};
export const filterTo = async (text: string, count: number): Promise<void> => {
  await panel.page.fill('.flt input', text);
  await rowCount(count);
};

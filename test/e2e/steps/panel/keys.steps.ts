/**
 * The keys of the panel, pressed while its page has the focus: in the panel, in the editor tab, in an opened trace.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { expect, it } from 'vitest';
import { rowsIn } from '../../testing/rows';
import { inWindow, vs } from '../../testing/shared';
import { until } from '../../testing/window';

const manifest = JSON.parse(readFileSync(join(__dirname, '../../../../package.json'), 'utf8'));
const readme = readFileSync(join(__dirname, '../../../../README.md'), 'utf8');

const press = (key: string) => vs.page.keyboard.press(key);
const rowOf = (page: FrameLocator, text: string) => page.locator('[role=row][data-id]', { hasText: text });
const selectedRow = (page: FrameLocator, text: string) =>
  page.locator('[role=row][data-id][aria-selected=true]', { hasText: text });
const selected = (page: FrameLocator, text: string) => selectedRow(page, text).waitFor();

/** After a click: the focus is known to VS Code a moment later, and a test is faster than a hand. */
async function pressUntil(key: string, seen: Locator, name: string): Promise<void> {
  await until(async () => {
    await press(key);
    return seen.waitFor({ timeout: 3000 }).then(
      () => true,
      () => false,
    );
  }, name);
}

const filterBox = (page: FrameLocator) => page.getByRole('combobox', { name: 'Filter' });
const isFocused = (page: FrameLocator) => filterBox(page).evaluate((box) => box === document.activeElement);
const tab = (page: FrameLocator, name: string) => page.locator('[role=tab][aria-selected=true]', { hasText: name });

/** What each key does, as a user sees it. The focus is on a row of a page with the rows of one run of the shop. */
const keys: Record<string, (page: FrameLocator) => Promise<unknown>> = {
  F8: async (page) => {
    await rowOf(page, '/apples').click();
    await pressUntil('F8', selectedRow(page, '/broken'), 'the next failed row');
    await press('F8');
    await selected(page, '/closed');
  },
  'Shift+F8': async (page) => {
    await press('Shift+F8');
    await selected(page, '/broken');
  },
  'Ctrl+F': async (page) => {
    await press('Control+F');
    await until(() => isFocused(page), 'the filter box by Ctrl+F');
    await press('Escape');
    await rowOf(page, '/apples').click();
  },
  '/': async (page) => {
    await press('/');
    await until(() => isFocused(page), 'the filter box by /');
    await press('Escape');
    await rowOf(page, '/apples').click();
  },
  'Alt+1': async (page) => {
    await press('Alt+1');
    await tab(page, 'Breakdown').waitFor();
  },
  'Alt+2': async (page) => {
    await press('Alt+2');
    await tab(page, 'Headers').waitFor();
  },
  'Alt+3': async (page) => {
    await press('Alt+3');
    await tab(page, 'Connection').waitFor();
  },
  'Alt+4': async (page) => {
    await press('Alt+4');
    await tab(page, 'Packets').waitFor();
  },
  'Alt+5': async (page) => {
    await press('Alt+5');
    await tab(page, 'Code').waitFor();
  },
  'Alt+C': async (page) => {
    await press('Alt+C');
    await page.locator('.lanes').waitFor();
    // Connections, findings, requests.
    await press('Alt+C');
    await page.locator('.lanes').waitFor({ state: 'hidden' });
    await press('Alt+C');
    await rowOf(page, '/apples').click();
  },
};

export function keysOfThePanel(): void {
  // VS Code's own size of the panel must do.
  inWindow({ width: 1400, height: 1300 });

  it('every key that is promised is pressed below', () => {
    const bound = (manifest.contributes.keybindings as { key: string }[]).map((k) => k.key.toLowerCase());
    const said = [...readme.matchAll(/\b(?:(?:Ctrl|Shift|Alt)\+)*(?:F\d{1,2}|(?:Ctrl|Alt)\+\w)\b/g)].map(
      ([key]) => key,
    );
    const pressed = new Set([...Object.keys(keys), 'Ctrl+L', 'Ctrl+E', 'F5', 'Ctrl+C'].map((key) => key.toLowerCase()));
    expect([...bound, ...said.map((key) => key.toLowerCase())].filter((key) => !pressed.has(key))).toEqual([]);
  });

  it('in the panel', async () => {
    await vs.debug('Shop');
    await vs.panel.getByText('The program ended').waitFor();
    for (const act of Object.values(keys)) await act(vs.panel);
    await vs.shot('keys-panel');
  });

  it('in the editor tab', async () => {
    await vs.command('Net Trace: Open in Editor');
    for (const act of Object.values(keys)) await act(vs.editorPage);
    await vs.command('View: Close All Editors');
  });

  it('another part with the focus keeps its own: Ctrl+F of the code finds in the code', async () => {
    await vs.openFile('shop.ts', 1);
    await press('Control+F');
    await vs.page.locator('.editor-widget.find-widget.visible').waitFor();
    await press('Escape');
    expect(await isFocused(vs.panel)).toBe(false);
    await vs.command('View: Close All Editors');
  });

  it('Ctrl+E pauses recording, and goes on with it', async () => {
    const line = vs.panel.locator('.trc', { hasText: 'Recording is paused' });
    await rowOf(vs.panel, '/apples').click();
    await pressUntil('F8', selectedRow(vs.panel, '/broken'), 'the next failed row');
    await press('Control+E');
    await line.waitFor();
    await vs.shot('paused-dark');
    await press('Control+E');
    await line.waitFor({ state: 'hidden' });
  });

  it('Ctrl+L clears; Undo Clear brings it back', async () => {
    const before = await rowsIn(vs.panel);
    await rowOf(vs.panel, '/apples').click();
    await pressUntil('Control+L', vs.panel.getByText('No requests yet'), 'an empty panel');
    expect(await rowsIn(vs.panel)).toEqual([]);
    await vs.shot('cleared-dark');
    await vs.panel.getByRole('button', { name: `Undo Clear (${before.length} requests)` }).click();
    await rowOf(vs.panel, '/apples').waitFor();
    expect(await rowsIn(vs.panel)).toEqual(before);
    await vs.clear();
  });
}

/** The panel's page as an editor tab, and traces opened from the explorer. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rowsIn } from '../testing/rows';
import { inWindow, vs } from '../testing/shared';
import { until } from '../testing/window';

const groups = () => vs.page.locator('.editor-group-container');
const row = (text: string) => vs.editorPage.locator('[role=row][data-id]', { hasText: text });

export function editorTab(): void {
  inWindow({ width: 1400, height: 1500 });

  it('a click keeps the waterfall; Enter opens the code beside, and the next click uses that group', async () => {
    await vs.debug('Shop');
    await vs.panel.getByText('The program ended').first().waitFor();
    await vs.command('Net Trace: Open in Editor');
    await row('/pears').click();
    await vs.editorPage.getByRole('tab', { name: 'Breakdown' }).waitFor();
    expect(await groups().count()).toBe(1);
    const bars = await vs.editorPage.locator('.c-waterfall').first().boundingBox();
    expect(bars?.width).toBeGreaterThan(100);
    await vs.shot('editor-tab-clicked');
    await vs.page.keyboard.press('Enter');
    await until(async () => (await groups().count()) === 2, 'the code beside');
    await vs.page.locator('.tab.active[data-resource-name="shop.ts"]').waitFor();
    await row('/apples').click();
    await until(async () => (await vs.page.locator('.line-numbers.active-line-number').count()) > 0, 'the line');
    expect(await groups().count()).toBe(2);
    // The trace is in front in its own group.
    await vs.page.locator('.tab.active', { hasText: 'Net Trace' }).waitFor();
    await row('/apples').waitFor();
    await vs.shot('editor-tab-narrow');
  });

  it('has the toolbar in its title', async () => {
    await vs.page.locator('.tab', { hasText: 'Net Trace' }).first().click();
    const title = vs.page.locator('.editor-group-container.active .editor-actions');
    for (const name of ['Follow Newest Request', 'Clear', 'Save Trace', 'Group By'])
      await title.locator(`[aria-label*="${name}"]`).first().waitFor();
    await title.locator('[aria-label*="Group By"]').first().click();
    await vs.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Host' }).click();
    await vs.editorPage.locator('[role=row]', { hasText: '127.0.0.1' }).first().waitFor();
    await vs.shot('editor-tab-grouped');
    await title.locator('[aria-label*="Group By"]').first().click();
    await vs.page.locator('.quick-input-list .monaco-list-row', { hasText: 'No grouping' }).click();
    await vs.command('View: Close All Editors');
  });

  it.each(['example.har', 'example.eve.json', 'example.nettrace.json'])('%s opens from the explorer', async (name) => {
    cpSync(join(__dirname, '../../../src/formats/golden', name), join(vs.workspace, name));
    await vs.command('View: Show Explorer');
    const file = vs.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name });
    await file.waitFor();
    await file.click({ button: 'right' });
    const item = vs.page.locator('.monaco-menu .action-label', { hasText: 'Open with Net Trace' });
    await item.waitFor();
    // A menu takes no click in the moment when it opens.
    await until(async () => {
      if (await item.isVisible()) await item.click({ timeout: 2000 }).catch(() => {});
      return !(await item.isVisible());
    }, 'the menu to take the click');
    await vs.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await until(async () => (await rowsIn(vs.editorPage)).length > 0, `the rows of ${name}`);
    await vs.command('View: Close All Editors');
  });
}

// Pictures of the panel and of the notes beside the code: dark and light, wide and narrow. Looked at by people; the test
// sees to it that what they show is there.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lineOf, until, VsCode } from './window';

let vs: VsCode;
beforeAll(async () => {
  vs = await VsCode.open({ settings: { 'netTrace.editor.notes': 'both' } });
});
afterAll(() => vs?.close());

const themes = {
  dark: ['Dark Modern', 'vs-dark'],
  light: ['Light Modern', 'vs'],
  contrast: ['Dark High Contrast', 'hc-black'],
} as const;
const sizes = { wide: { width: 1600, height: 900 }, narrow: { width: 760, height: 1500 } };

describe('looks', { timeout: 120_000 }, () => {
  it('notes behind the line and above it', async () => {
    await vs.openFile('shop.ts', lineOf(vs.workspace, 'src/shop.ts', 'httpGet(url'));
    await vs.debug('Net Trace');
    await vs.panel.getByText('The program ended').waitFor();
    const lens = vs.page.locator('.codelens-decoration', { hasText: '✕ 6× · TCP refused after' });
    await lens.waitFor();
    await until(
      async () => (await vs.notes()).some((n) => n.startsWith('✕ 6×  TCP refused')),
      'the note behind the line',
    );
    await vs.panel.locator('[role=row][data-id]', { hasText: '/pears' }).click();
    await vs.panel.getByText('Breakdown').first().waitFor();
    await vs.shot('notes-both');
  });

  it('notes move with edits, and fade when their line is changed', async () => {
    const at = lineOf(vs.workspace, 'src/shop.ts', 'httpGet(url');
    const noteLine = () => vs.page.locator('.view-line', { hasText: 'httpGet(url' });
    const colour = () =>
      noteLine().evaluate(
        (line) =>
          [...line.querySelectorAll('span')]
            .map((s) => getComputedStyle(s, '::after'))
            .find((s) => s.content.includes('×'))?.color,
      );
    await vs.goToLine(at - 1);
    const before = await until(colour, 'the note');
    await vs.page.keyboard.press('End');
    await vs.page.keyboard.press('Enter');
    await vs.goToLine(at + 1);
    expect(await until(colour, 'the note one line below')).toBe(before);
    await vs.page.keyboard.press('End');
    await vs.page.keyboard.type(' ');
    await until(async () => (await colour()) !== before, 'the faded note');
    await vs.command('File: Revert File');
  });

  for (const [theme, [name, kind]] of Object.entries(themes)) {
    it(`${theme}, wide and narrow`, async () => {
      await vs.page.setViewportSize(sizes.wide);
      await vs.command('Preferences: Color Theme');
      await vs.page.locator('.quick-input-widget input[placeholder*="Color Theme"]').fill(name);
      await vs.page.locator('.quick-input-list .monaco-list-row.focused').filter({ hasText: name }).waitFor();
      await vs.page.keyboard.press('Enter');
      await vs.page.locator(`.monaco-workbench.${kind}`).waitFor();
      const row = vs.panel.locator('[role=row][data-id]').first();
      const details = vs.panel.getByText('Breakdown').first();
      await row.waitFor();
      await details.waitFor();
      await vs.shot(`panel-${theme}-wide`);
      // Too low and too narrow for both: one at a time. With the whole height: both.
      await vs.page.setViewportSize(sizes.narrow);
      await row.waitFor({ state: 'hidden' });
      await details.waitFor();
      await vs.shot(`panel-${theme}-narrow`);
      await vs.command('View: Toggle Maximized Panel');
      await row.waitFor();
      await details.waitFor();
      await vs.shot(`panel-${theme}-narrow-high`);
      await vs.command('View: Toggle Maximized Panel');
    });
  }
});

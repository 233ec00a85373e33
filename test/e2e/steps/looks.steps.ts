/**
 * Pictures of the panel and of the notes beside the code: dark and light, wide and narrow. Looked at by people; the test
 * sees to it that what they show is there.
 */
import { beforeAll, expect, it } from 'vitest';
import { rowsIn } from '../testing/rows';
import { inWindow, vs } from '../testing/shared';
import { lineOf, until } from '../testing/window';

const themes = {
  dark: ['Dark Modern', 'vs-dark'],
  light: ['Light Modern', 'vs'],
  contrast: ['Default High Contrast', 'hc-black'],
  contrastLight: ['Default High Contrast Light', 'hc-light'],
} as const;
/** As the page receives it. */
const kinds = {
  'vs-dark': 'vscode-dark',
  vs: 'vscode-light',
  'hc-black': 'vscode-high-contrast',
  'hc-light': 'vscode-high-contrast-light',
};
const [wide, low, narrow] = [
  { width: 1600, height: 900 },
  { width: 760, height: 480 },
  { width: 760, height: 1500 },
];

export function looks(): void {
  inWindow(wide);
  beforeAll(() => vs.set({ 'netTrace.editor.notes': 'both' }));

  it('notes behind the line and above it', async () => {
    await vs.openFile('shop.ts', lineOf(vs.workspace, 'src/shop.ts', 'httpGet(url'));
    await vs.debug('Shop');
    await vs.panel.getByText('The program ended').waitFor();
    const lens = vs.page.locator('.codelens-decoration', { hasText: '✕ 6× · TCP refused after' });
    await lens.waitFor();
    await until(
      async () => (await vs.notes()).some((n) => n.startsWith('✕ 6×  TCP refused')),
      'the note behind the line',
    );
    // Monaco draws only the lines in view.
    const inGutter = async () => {
      const signs = await vs.page
        .locator('.glyph-margin-widgets > div')
        .evaluateAll((list) =>
          list.flatMap((e) => /request-line(-failed)?\.svg/.exec(getComputedStyle(e).backgroundImage)?.[0] ?? []),
        );
      return signs.join();
    };
    await until(async () => (await inGutter()) === 'request-line-failed.svg', 'the sign of the line that failed last');
    // Beside a breakpoint it stays.
    await vs.breakpoint('shop.ts', lineOf(vs.workspace, 'src/shop.ts', 'httpGet(url'));
    await until(async () => (await inGutter()) === 'request-line-failed.svg', 'the sign beside a breakpoint');
    await vs.shot('gutter-breakpoint');
    await vs.openFile('network.ts');
    await until(async () => (await inGutter()) === '', 'no sign in a file that made no request');
    await vs.openFile('shop.ts');
    await vs.panel.locator('[role=row][data-id]', { hasText: '/pears' }).click();
    await vs.panel.getByText('Breakdown').first().waitFor();
    // The click has opened that line.
    await until(async () => (await inGutter()) === 'request-line.svg', 'the sign of a line that did well');
    await vs.shot('notes-both');
    vs.set({ 'netTrace.editor.gutter': false });
    await until(async () => (await inGutter()) === '', 'no sign in the gutter');
    vs.set({ 'netTrace.editor.gutter': undefined });
  });

  it('the filter box completes keys and the values seen', async () => {
    const box = vs.panel.getByRole('combobox', { name: 'Filter' });
    const offered = vs.panel.locator('.fltlist [role=option]');
    await box.fill('pat');
    await offered.filter({ hasText: 'path:' }).waitFor();
    await box.press('Tab');
    await offered.filter({ hasText: '/pears' }).waitFor();
    await vs.shot('filter-completion');
    await offered.filter({ hasText: '/pears' }).click();
    await until(async () => (await rowsIn(vs.panel)).every((r) => r.name === '/pears'), 'the rows of one path');
    await box.fill('stats:500');
    await vs.panel.getByText('unknown key "stats" at column 1. Did you mean status:500?').waitFor();
    await vs.shot('filter-bad-term');
    await box.fill('');
    await until(async () => (await rowsIn(vs.panel)).length > 1, 'all rows');
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

  const row = () => vs.panel.locator('[role=row][data-id]').first();
  const details = () => vs.panel.getByText('Breakdown').first();
  const inEachTheme = async (size: string) => {
    for (const [theme, [name, kind]] of Object.entries(themes)) {
      vs.set({ 'workbench.colorTheme': name });
      await vs.page.locator(`.monaco-workbench.${kind}`).waitFor();
      await vs.panel.locator(`body[data-vscode-theme-kind=${kinds[kind]}]`).waitFor();
      await row().waitFor();
      await details().waitFor();
      await vs.shot(`panel-${theme}-${size}`);
    }
  };

  it('wide: list and details side by side, in each theme', () => inEachTheme('wide'));

  it('narrow: one at a time; with the whole height, one above the other', async () => {
    await vs.page.setViewportSize(low);
    await row().waitFor({ state: 'hidden' });
    await details().waitFor();
    await vs.shot('panel-contrastLight-narrow-low');
    await vs.page.setViewportSize(narrow);
    await vs.command('View: Toggle Maximized Panel');
    await inEachTheme('narrow-high');
    await vs.command('View: Toggle Maximized Panel');
  });
}

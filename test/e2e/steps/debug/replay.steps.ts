/** A trace that was saved on another machine is stepped through: the code of this one on screen, forward and back. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inWindow, vs } from '../../testing/shared';
import { lineOf, until } from '../../testing/window';

const nettrace = join(__dirname, '../../../../dist/nettrace.cjs');
const slider = () => vs.panel.getByRole('slider', { name: 'Position in the trace' });
/** The event that the panel says the replay is at. */
const shown = async () => (await slider().getAttribute('aria-valuetext'))?.replace(/^.*?: /, '') ?? '';
/** The panel may say so before VS Code takes the next key. */
const at = async (text: string) => {
  await vs.page.locator('.debug-call-stack .monaco-list-row', { hasText: text }).first().waitFor();
  await until(async () => (await shown()).startsWith(text), text);
};
const stoppedAt = (line: number) =>
  until(async () => (await vs.position()).line === line, `the cursor at line ${line}`);
const variable = (text: string | RegExp) => vs.page.locator('.debug-variables .monaco-list-row', { hasText: text });

export function replay(): void {
  inWindow({ width: 1400, height: 1000 });

  it('a saved trace as a debug session: steps, a breakpoint, the slider', async () => {
    const file = join(vs.workspace, 'ci.nettrace.json');
    execFileSync(process.execPath, [nettrace, 'run', '-o', file, '--', process.execPath, 'out/shop.js'], {
      cwd: vs.workspace,
      stdio: 'ignore',
    });
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(vs.workspace, '/ci/build/shop'));

    await vs.command('Net Trace: Debug Saved Trace');
    await vs.answerDialog(file, /\/$/);
    await at('GET /apples is called');
    await vs.page.locator('.tab.active[data-resource-name="shop.ts"]').waitFor();
    const call = lineOf(vs.workspace, 'src/shop.ts', 'httpGet(url');
    await stoppedAt(call);
    await vs.page.locator('.codicon-debug-stackframe').first().waitFor();
    await variable('queued').first().waitFor();
    expect(await variable('response').count()).toBe(0);

    await vs.page.keyboard.press('F10');
    await at('GET /apples: head sent');
    await vs.page.keyboard.press('F10');
    await at('GET /apples: response 200');
    await variable('receiving…').waitFor();
    await variable('response').first().waitFor();
    await vs.page.locator('.codicon-debug-step-back').first().click();
    await variable('waiting…').waitFor();
    expect(await variable('response').count()).toBe(0);
    expect(await shown()).not.toContain('response');

    await vs.breakpoint('shop.ts', lineOf(vs.workspace, 'src/shop.ts', '/pears`)'));
    await vs.page.keyboard.press('F5');
    await at('GET /pears is called');
    await vs.panel.locator('[role=row][aria-selected=true]', { hasText: '/pears' }).waitFor();
    await vs.panel.locator('[role=row].ahead', { hasText: '/broken' }).waitFor();
    await vs.shot('replay-dark');
    vs.set({ 'workbench.colorTheme': 'Light Modern' });
    await vs.page.locator('.monaco-workbench.vs').waitFor();
    await vs.panel.locator('body[data-vscode-theme-kind=vscode-light]').waitFor();
    await vs.shot('replay-light');
    vs.set({ 'workbench.colorTheme': 'Default Dark Modern' });
    await vs.page.locator('.monaco-workbench.vs-dark').waitFor();

    await slider().focus();
    await vs.page.keyboard.press('End');
    await at('the trace ends');
    await vs.stop();
    await slider().waitFor({ state: 'hidden' });
    await vs.panel.getByText('No requests yet').waitFor();
  });
}

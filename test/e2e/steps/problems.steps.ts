/** Findings of the last run in the Problems view, at their lines, with quick fixes. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { inWindow, vs } from '../testing/shared';
import { lineOf, until } from '../testing/window';

const name = 'tools/agents.mjs';
const text = `import { Agent, createServer, get } from 'node:http';
const agent = new Agent();
const server = createServer((_, response) => response.end('ok'));
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const { port } = server.address();
for (let i = 0; i < 25; i++)
  await new Promise((done) => get({ port, agent, path: '/' + i }, (r) => r.resume().on('end', done)));
server.close();
`;
const problems = () =>
  vs.page.locator('.markers-panel .monaco-list-row', { hasText: 'opened a connection of their own' });
const fileText = () => readFileSync(join(vs.workspace, name), 'utf8');

async function quickFix(line: number, title: string): Promise<void> {
  const entry = vs.page.locator('.action-widget .monaco-list-row', { hasText: title });
  // The list closes when the focus moves, as it does for a moment after the panel was shown.
  await until(async () => {
    await vs.openFile('agents.mjs', line);
    await vs.page.keyboard.press('End');
    await vs.command('Quick Fix...');
    return entry.click({ timeout: 5000 }).then(
      () => true,
      () => false,
    );
  }, `the quick fix ${title}`);
}

const runs = () => vs.page.locator('.quick-input-list .monaco-list-row', { hasText: /^Run \d+/ });
/** Opens the list of runs to compare, which has those that have ended, once there are two. */
async function runsToCompare(): Promise<void> {
  await until(async () => {
    await vs.command('Net Trace: Compare Traces…');
    await vs.page.locator('.quick-input-widget input[placeholder*="before the change"]').waitFor();
    if ((await runs().count()) > 1) return true;
    await vs.page.keyboard.press('Escape');
    return false;
  }, 'two runs that have ended');
}

export function problemsView(): void {
  inWindow({ width: 1400, height: 1000 });

  it('a finding stands in the Problems view, at the line that made the requests', async () => {
    const path = join(vs.workspace, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    await vs.openFile('agents.mjs');
    await vs.clear();
    await vs.command('Net Trace: Debug with Net Trace');
    await vs.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Current file' }).click();
    await vs.panel.getByText('The program ended').first().waitFor({ timeout: 60_000 });
    await vs.command('Problems: Focus on Problems View');
    await problems().waitFor();
    const shown = await problems().textContent();
    expect(shown).toContain('25 of 25 requests opened a connection of their own');
    const column = (text.split('\n').find((line) => line.includes('=> get')) as string).indexOf('get(') + 1;
    expect(shown).toContain(`[Ln ${lineOf(vs.workspace, name, 'await new Promise((done) => get')}, Col ${column}]`);
    await vs.page.locator('.cdr.squiggly-warning').first().waitFor();
    await vs.shot('problems-dark');
  });

  it('quick fixes: the request in the panel, and the agent’s option', async () => {
    const line = lineOf(vs.workspace, name, 'await new Promise((done) => get');
    await quickFix(line, 'Show in Net Trace: 25 short connections');
    await vs.panel.locator('[role=row][aria-selected=true]').first().waitFor();
    await quickFix(line, 'What keep-alive-off means');
    await until(async () => (await vs.activeTab.textContent())?.includes('findings.md'), 'the page of findings');
    await quickFix(line, 'Add keepAlive: true to the agent');
    await vs.command('File: Save');
    await until(() => fileText().includes('new Agent({ keepAlive: true });'), 'the edit');
  });

  it('after the next run it is gone', async () => {
    await vs.openFile('agents.mjs');
    await vs.command('Net Trace: Debug with Net Trace');
    await vs.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Current file' }).click();
    await runsToCompare();
    await vs.page.keyboard.press('Escape');
    await vs.page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
    await vs.command('Problems: Focus on Problems View');
    await until(async () => (await problems().count()) === 0, 'no problem');
    expect(await problems().count()).toBe(0);
    await vs.command('Net Trace: Show Requests');
  });

  it('the run before and the one after, compared', async () => {
    const choose = (text: string | RegExp) =>
      vs.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click();
    await runsToCompare();
    await runs().nth(1).click();
    await vs.page.locator('.quick-input-widget input[placeholder*="after the change"]').waitFor();
    await choose(/^Run \d+/);
    const page = vs.editorPage;
    await page.getByRole('heading', { name: /differences? in the requests/ }).waitFor();
    await page.getByRole('cell', { name: 'finding gone' }).first().waitFor();
    await page.getByRole('cell', { name: '25 short connections to' }).waitFor();
    await vs.shot('compare-dark');
  });

  it('the last run is kept as the baseline, and the next one compared with it', async () => {
    await vs.command('Net Trace: Keep the Last Run as Baseline');
    await vs.page.locator('.statusbar-item', { hasText: 'is the baseline of this workspace' }).waitFor();
    await vs.command('Net Trace: Compare the Last Run with the Baseline');
    await vs.page.locator('.tab.active', { hasText: /baseline of .* ↔ run \d+/ }).waitFor();
    // The run itself: nothing differs.
    await vs.editorPage.getByRole('heading', { name: /no difference in the requests/ }).waitFor();
    await vs.shot('compare-baseline');
    await vs.command('Net Trace: Compare Traces…');
    await vs.page.locator('.quick-input-list .monaco-list-row', { hasText: 'The baseline of' }).waitFor();
    await vs.page.keyboard.press('Escape');
  });
}

/**
 * The main job in a real VS Code: start, watch, stop at a breakpoint, click, land on the code, restart, stop, save, open.
 * The steps go on from each other, as a user's do.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Trace } from '../../../src/model/records';
import { describeRows, rowsIn } from '../testing/rows';
import { inWindow, vs } from '../testing/shared';
import { lineOf, until } from '../testing/window';

const line = (text: string) => lineOf(vs.workspace, 'src/shop.ts', text);
const beforeBreakpoint = ['/apples 200', '/cherries 200', '/plums 200', '/pears 200'];
const whole = [...beforeBreakpoint, '/slow 200', '/broken 503', '/closed TCP refused'];
/** The newest run's rows. */
const lastRun = async () => {
  const rows = await rowsIn(vs.panel);
  const run = rows.at(-1)?.run;
  return rows.filter((r) => r.run === run);
};
const suggestedName = /\.nettrace\.json$/;
const stopped = () => vs.page.locator('.codicon-debug-breakpoint-stackframe, .codicon-debug-stackframe').first();

export function mainJob(): void {
  // So high that all rows of the test are in view.
  inWindow({ width: 1400, height: 1500 });

  it('F5: stops at a breakpoint with the rows already there', async () => {
    await vs.breakpoint('shop.ts', line('console.log(await pears'));
    await vs.page.keyboard.press('F5');
    await stopped().waitFor();
    await until(async () => (await rowsIn(vs.panel)).length === beforeBreakpoint.length, 'the rows at the breakpoint');
    const rows = await rowsIn(vs.panel);
    expect(describeRows(rows)).toEqual(beforeBreakpoint);
    expect(rows.map((r) => r.calledAt)).toEqual([
      ...Array(3).fill(`shop.ts:${line('httpGet(url')}`),
      `shop.ts:${line('await fetch(')}`,
    ]);
    await vs.shot('stopped-dark-wide');
  });

  it('a click opens the user’s TypeScript line; that line has its note; Enter moves the focus there', async () => {
    const row = vs.panel.locator('[role=row][data-id]').nth(1);
    await row.click();
    await until(async () => (await vs.position()).line === line('httpGet(url'), 'the line of the click');
    expect(await vs.activeTab.getAttribute('data-resource-name')).toBe('shop.ts');
    await until(async () => (await vs.notes()).some((n) => /^3× {2}200 {2}p50 \d+ ms$/.test(n)), 'the note');
    await vs.panel.getByRole('tab', { name: 'Breakdown' }).waitFor();
    await vs.panel.getByText('Waiting for server').first().waitFor();
    await vs.shot('clicked-dark-wide');

    await vs.panel.locator('[role=row][data-id]').nth(3).click();
    await until(async () => (await vs.position()).line === line('await fetch('), 'the line of the fetch');
    await vs.page.keyboard.press('Enter');
    await until(
      () => vs.page.evaluate(() => document.activeElement?.closest('.monaco-editor') !== null),
      'the focus in the editor',
    );
    expect(await vs.position()).toEqual({ line: line('await fetch('), column: 23 });
  });

  it('goes on to the end: live, failed and slow rows; the environment file was kept', async () => {
    await vs.page.keyboard.press('F5');
    const slow = () => rowsIn(vs.panel).then((rows) => rows.find((r) => r.name === '/slow')?.status);
    // Its time runs on while it waits: shown before it has an answer.
    await until(async () => /…|queued/.test((await slow()) ?? ''), 'the slow request, running');
    await vs.panel.getByText('The program ended').waitFor();
    expect(describeRows(await rowsIn(vs.panel))).toEqual(whole);
    await vs.command('Debug Console: Focus on Debug Console View');
    await vs.page.locator('.repl', { hasText: 'The corner shop sells /pears from-env-file' }).waitFor();
    await vs.page.locator('.statusbar-item', { hasText: '7 requests, 1 failed, 1 answered 5xx' }).waitFor();
    await vs.command('Net Trace: Show Requests');
  });

  it('the note’s hover has the breakdown and what is said of the last and the slowest; its link leads to the rows', async () => {
    await vs.openFile('shop.ts', line('httpGet(url'));
    const note = vs.page.locator('.view-line', { hasText: 'httpGet(url' });
    await note.waitFor();
    // The note is drawn by the last part of the line.
    const end = note.locator('> span > span').last();
    const hover = await vs.hover(end, 'TCP connect', (width) => width - 35);
    await vs.shot('hover');
    expect(await hover.textContent()).toContain('Nothing listens on 127.0.0.1:1');
    expect(await hover.textContent()).toMatch(/Slowest, 3\.\d+ s: /);
    await hover.locator('a', { hasText: 'Copy as cURL' }).click();
    const command = '# Headers were not recorded.\ncurl http://127.0.0.1:1/closed';
    await until(async () => (await vs.clipboard()) === command, 'the command of curl');
    await vs.page.locator('.monaco-hover a', { hasText: 'Show in Net Trace' }).click();
    await vs.panel.locator('[role=row][data-id][aria-selected=true]', { hasText: '/closed' }).waitFor();
    const own = whole.filter((row) => row !== '/pears 200').join();
    await until(async () => describeRows(await rowsIn(vs.panel)).join() === own, 'only the rows of the line');
    await vs.command('Net Trace: Clear Filter');
    await until(async () => (await rowsIn(vs.panel)).length === whole.length, 'all rows again');
  });

  it('restart makes a new run; the rows of the old one stay', async () => {
    await vs.page.keyboard.press('F5');
    await until(
      async () => describeRows(await lastRun()).join() === beforeBreakpoint.join(),
      'the second run at its breakpoint',
    );
    await vs.page.keyboard.press('Control+Shift+F5');
    await until(async () => (await lastRun()).at(-1)?.run === 3, 'a third run');
    await until(
      async () => describeRows(await lastRun()).join() === beforeBreakpoint.join(),
      'the third run at its breakpoint',
    );
    const rows = await rowsIn(vs.panel);
    expect(rows.filter((r) => r.run === 2)).toHaveLength(4);
    expect(rows.filter((r) => r.run === 1)).toHaveLength(7);
    // A process each: the restarted one is another.
    expect(new Set(rows.map((r) => r.thread)).size).toBe(3);
  });

  it('stop: rows remain', async () => {
    await vs.page.keyboard.press('Shift+F5');
    await vs.panel.getByText('The program ended').waitFor();
    await stopped().waitFor({ state: 'hidden' });
    expect((await rowsIn(vs.panel)).map((r) => r.run)).toEqual([
      ...Array(7).fill(1),
      ...Array(4).fill(2),
      ...Array(4).fill(3),
    ]);
    await vs.shot('ended-dark-wide');
  });

  const file = (name: string) => join(vs.workspace, name);
  /** Saves one of the three runs, by the command. */
  const save = async (run: number, name: string) => {
    await vs.command('Net Trace: Save Trace');
    await vs.page.locator('.quick-input-widget input[placeholder="Choose a run to save"]').waitFor();
    // Newest first.
    await vs.page
      .locator('.quick-input-list .monaco-list-row')
      .nth(3 - run)
      .click();
    await vs.answerDialog(file(name), suggestedName);
  };
  const saveAs = async (name: string, run: number) => {
    await save(run, name);
    await vs.notification(`to ${name}.`).first().waitFor();
    await vs.command('Notifications: Clear All Notifications');
  };
  const native = (name: string) => JSON.parse(readFileSync(file(name), 'utf8')) as Trace;

  it('saves as each of the three formats, all of the same requests', async () => {
    await saveAs('shop.nettrace.json', 1);
    await saveAs('shop.har', 1);
    await saveAs('shop.eve.json', 1);
    const trace = native('shop.nettrace.json');
    const urls = trace.requests.map((r) => r.url);
    expect(urls.map((u) => new URL(u ?? '').pathname)).toEqual(whole.map((w) => w.split(' ')[0]));
    const har = JSON.parse(readFileSync(file('shop.har'), 'utf8'));
    expect(har.log.entries.map((e: { request: { url: string } }) => e.request.url)).toEqual(urls);
    const eve = JSON.parse(readFileSync(file('shop.eve.json'), 'utf8'));
    expect(eve.httpRequests.map((r: { reqURL: string }) => r.reqURL)).toEqual(urls);
  });

  it('a name without a known suffix is refused, saying which there are', async () => {
    await save(1, 'shop.json');
    await vs.notification('.nettrace.json, .nettrace.db, .har').first().waitFor();
    expect(existsSync(file('shop.json'))).toBe(false);
    await vs.command('Notifications: Clear All Notifications');
  });

  it('opens the saved trace again: the same rows; saved from there it is the same file', async () => {
    const before = (await rowsIn(vs.panel)).filter((r) => r.run === 1);
    await vs.command('Net Trace: Open Trace…');
    await vs.answerDialog(file('shop.nettrace.json'), /\/$/);
    await vs.page.locator('.tab.active[data-resource-name="shop.nettrace.json"]').waitFor();
    await until(async () => (await rowsIn(vs.editorPage)).length === before.length, 'the opened trace’s rows');
    expect((await rowsIn(vs.editorPage)).map((r) => r.label)).toEqual(before.map((r) => r.label));
    await vs.shot('opened-dark-wide');
    await vs.command('Net Trace: Save Trace');
    await vs.answerDialog(file('again.nettrace.json'), suggestedName);
    await vs.notification('to again.nettrace.json.').first().waitFor();
    expect(readFileSync(file('again.nettrace.json'), 'utf8')).toBe(readFileSync(file('shop.nettrace.json'), 'utf8'));
    await vs.command('Notifications: Clear All Notifications');
  });

  it.each(['shop.har', 'shop.eve.json'])('opens %s: a row for each request', async (name) => {
    await vs.command('Net Trace: Open Trace…');
    await vs.answerDialog(file(name), /\/$/);
    await vs.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await until(async () => (await rowsIn(vs.editorPage)).length === whole.length, `the rows of ${name}`);
    await vs.command('View: Close Editor');
    await vs.page.locator('.tab.active[data-resource-name="shop.nettrace.json"]').waitFor();
  });

  it('a row of an opened trace leads to the code too; the file can be seen as text', async () => {
    const tabs = vs.page.locator('.editor-group-container');
    await vs.editorPage.locator('[role=row][data-id]', { hasText: '/pears' }).click();
    await vs.editorPage.getByRole('tab', { name: 'Breakdown' }).waitFor();
    // A click keeps the room of the trace; Enter opens the code beside it.
    expect(await tabs.count()).toBe(1);
    await vs.page.keyboard.press('Enter');
    const lineNumber = vs.page.locator('.line-numbers.active-line-number', { hasText: `${line('await fetch(')}` });
    await lineNumber.waitFor();
    await vs.page.locator('.tab[data-resource-name="shop.nettrace.json"]').click();
    await vs.command('Net Trace: Open Trace as Text');
    await vs.page
      .locator('.editor-group-container.active .monaco-editor .view-line', { hasText: '"nettrace"' })
      .first()
      .waitFor();
  });
}

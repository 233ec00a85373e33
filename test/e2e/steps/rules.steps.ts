/**
 * Trace rules while a program runs: made and switched by hand and by another extension; and what the editor and the
 * Debug Console report them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rowsIn } from '../testing/rows';
import { inWindow, vs } from '../testing/shared';
import { lineOf, setChecked, until } from '../testing/window';

const rows = () => rowsIn(vs.panel);
const view = (name: string) =>
  vs.page.locator('.pane', { has: vs.page.locator(`.pane-header[aria-label^="${name}"]`) });
const item = (text: string) => view('Trace Rules').locator('.monaco-list-row', { hasText: text });
const box = () => vs.page.locator('.quick-input-widget input.input').first();
// biome-ignore lint/suspicious/noTemplateCurlyInString: code of the program
const callText = 'get(`${url}/${i++}`';
/** Of `/a/12`. */
const step = (row: { name: string }) => Number(row.name.split('/').at(-1));

async function open(name: string): Promise<void> {
  const header = view(name).locator('.pane-header');
  await header.waitFor();
  if ((await header.getAttribute('aria-expanded')) !== 'true') await header.click();
}

async function type(text: string): Promise<void> {
  await until(async () => {
    await box().fill(text);
    return (await box().inputValue()) === text;
  }, `the text ${text}`);
  await vs.page.keyboard.press('Enter');
}

/** The program hears of it a moment later than the panel, and asks every 300 ms: the numbers once there are no new ones. */
async function settled(): Promise<number[]> {
  let numbers: number[] = [];
  await until(async () => {
    const before = numbers;
    numbers = (await rows()).map(step);
    await new Promise((done) => setTimeout(done, 1500));
    return numbers.length > 0 && numbers.join() === before.join();
  }, 'no more rows');
  return numbers;
}

const checkbox = (text: string) => item(text).locator('.custom-view-tree-node-item-checkbox');
const check = (text: string, on: boolean) => setChecked(checkbox(text), on);

/** Of the Debug Console, typed and shown. */
async function evaluate(expression: string, result: RegExp): Promise<void> {
  const input = vs.page.locator('.repl-input-wrapper .monaco-editor');
  await input.click();
  await vs.page.keyboard.insertText(expression);
  await vs.page.keyboard.press('Enter');
  await vs.page.locator('.repl .monaco-list-row', { hasText: result }).first().waitFor();
}

export function traceRules(): void {
  inWindow({ width: 1400, height: 1300 });

  describe('trace rules in a running program', { timeout: 120_000 }, () => {
    it('one is made by the command, its condition checked while it is typed; three rows, each with its id', async () => {
      await vs.debug('Steady a');
      await until(async () => (await rows()).length >= 2, 'rows of everything');
      await vs.command('Net Trace: New Trace Rule…');
      await box().fill('status:>=');
      await vs.page.locator('.quick-input-message', { hasText: 'column 1: expected a value' }).waitFor();
      await vs.shot('request-condition');
      await type('path:/a/*');
      await vs.page.locator('.quick-input-widget input[placeholder="no limit"]').waitFor();
      await type('3');
      await vs.page.locator('.quick-input-list .monaco-list-row', { hasText: 'and disable all others' }).click();
      await vs.command('View: Show Run and Debug');
      await open('Trace Rules');
      await item('path:/a/*').filter({ hasText: '3 of 3 · limit reached' }).waitFor();
      await vs.shot('requests-dark');
      await item('path:/a/*').hover();
      await item('path:/a/*').locator('.codicon-pulse').click();
      await until(async () => (await rows()).length === 3, 'the rows of the trace rule');
      await vs.command('Net Trace: Clear Filter');
    });

    it('nothing is traced while no box is checked; all again when the first one is', async () => {
      const before = (await rows()).map(step);
      await check('path:/a/*', false);
      await check('All requests', true);
      await until(async () => (await rows()).length > before.length, 'new rows');
      await check('All requests', false);
      await vs.panel.locator('.trc', { hasText: 'Tracing is off' }).waitFor();
      await evaluateInConsole();
      const numbers = await settled();
      await check('All requests', true);
      await until(async () => Math.max(...(await rows()).map(step)) > Math.max(...numbers) + 1, 'rows again');
      // Requests made in between are not there.
      const all = new Set((await rows()).map(step));
      const missing = Array.from({ length: Math.max(...all) }, (_, i) => i).filter((n) => !all.has(n));
      expect(missing.filter((n) => n > Math.max(...numbers))).not.toEqual([]);
    });

    it('another extension traces for itself', async () => {
      const file = join(vs.workspace, 'neighbour.json');
      await vs.command('Neighbour: Trace Two Requests');
      await until(() => existsSync(file) && readFileSync(file, 'utf8') !== '', 'what it was told');
      const written = JSON.parse(readFileSync(file, 'utf8'));
      expect(written).toMatchObject({ version: 1, enabled: false, early: 0, deleted: true });
      expect(written.stranger).toContain('no extension no.such is installed');
      expect(written.refused).toMatch(/^condition cannot be changed/);
      expect(written.list).toMatchObject([{ id: written.id, condition: 'path:/a/*', enabled: true }]);
      for (const request of written.requests) {
        expect(request).toMatchObject({ method: 'GET', status: 200, traceRules: [written.id] });
        expect(request.callSite.line).toBe(lineOf(vs.workspace, 'src/steady.ts', callText));
      }
    });

    it('an assistant’s tools answer from the run that goes on', async () => {
      const file = join(vs.workspace, 'asked.json');
      await vs.command('Neighbour: Ask the Tools');
      await until(() => existsSync(file) && readFileSync(file, 'utf8') !== '', 'the answers');
      const asked = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string> & { tools: string[] };
      const declared = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8')).contributes
        .languageModelTools;
      expect(asked.tools.sort()).toEqual(declared.map((tool: { name: string }) => tool.name).sort());
      // A sentence of ours, then JSON.
      const answer = (name: string) => JSON.parse(asked[name]?.slice(asked[name].indexOf('\n')) ?? '');
      expect(answer('summary').trace).toMatchObject({ state: 'running', name: expect.stringMatching(/^run \d+: /) });
      expect(answer('findings').total).toBeGreaterThanOrEqual(0);
      const line = lineOf(vs.workspace, 'src/steady.ts', callText);
      for (const request of answer('listed').requests) expect(request.site).toContain(`src/steady.ts:${line}:`);
      expect(answer('explained').request).toMatchObject({ method: 'GET', status: 200, callSite: { line } });
      expect(asked.none).toContain('There is no run 99.');
      expect(asked.wrong).toContain('query: ');
    });

    it('a hover over the call has its last requests', async () => {
      await vs.openFile('steady.ts', lineOf(vs.workspace, 'src/steady.ts', callText));
      const call = vs.page.locator('.view-line', { hasText: 'i++' }).locator('span', { hasText: /^get$/ }).last();
      const hover = await vs.hover(call, 'made at this line');
      expect(await hover.locator('tr').count()).toBeGreaterThan(3);
      await vs.shot('hover-line');
      await hover.locator('a', { hasText: 'Break when this call fails' }).click();
      await open('Network Breakpoints');
      await view('Network Breakpoints')
        .locator('.monaco-list-row', { hasText: 'Request fails at steady.ts' })
        .waitFor();
      await vs.page.locator('.glyph-margin-widgets .cgmr[class*="ced-"]').first().waitFor();
      await vs.shot('network-breakpoints-dark');
    });

    it('is all there after a reload of the window; the rows that were cleared are not', async () => {
      await vs.stop();
      await vs.clear();
      await vs.reload();
      await vs.panel.getByText('No requests yet').waitFor();
      expect(await rows()).toEqual([]);
      await open('Trace Rules');
      await item('path:/a/*').waitFor();
      const checked = (text: string) => checkbox(text).getAttribute('aria-checked');
      expect([await checked('All requests'), await checked('path:/a/*')]).toEqual(['true', 'false']);
      await item('path:/a/*').hover();
      await item('path:/a/*').locator('.codicon-trash').click();
      await item('path:/a/*').waitFor({ state: 'hidden' });
      // As it was before: the steps to come let requests fail.
      await open('Network Breakpoints');
      const ofLine = view('Network Breakpoints').locator('.monaco-list-row', { hasText: 'at steady.ts' });
      await ofLine.first().waitFor();
      await until(async () => {
        if ((await ofLine.count()) === 0) return true;
        // The list may be drawn again under the pointer, also without it.
        await ofLine
          .first()
          .hover({ timeout: 2000 })
          .then(() => ofLine.first().locator('.codicon-close').click({ timeout: 2000 }))
          .catch(() => undefined);
        return false;
      }, 'no breakpoint of the line');
    });
  });
}

/** `$net`, while the program runs. */
async function evaluateInConsole(): Promise<void> {
  await vs.command('Debug Console: Focus on Debug Console View');
  await evaluate('$net.last.method + $net.requests("path:/a/0").length', /'GET1'/);
  await evaluate('$net.last', /^\{id: '/);
  await vs.page.keyboard.type('$net.conn');
  await vs.page.locator('.suggest-widget .monaco-list-row', { hasText: 'connections, with their requests' }).waitFor();
  await vs.shot('console-dark');
  await vs.page.keyboard.press('Escape');
  await vs.page.keyboard.press('Control+A');
  await vs.page.keyboard.press('Delete');
  await vs.command('Net Trace: Show Requests');
}

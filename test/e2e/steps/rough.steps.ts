/** What goes wrong, or is done in an odd order: two programs at once, kills, files that are no traces. One window. */
import { chmodSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pidOf, rowsIn, type ShownRow } from '../testing/rows';
import { inWindow, vs } from '../testing/shared';
import { alive, until } from '../testing/window';

const rows = () => rowsIn(vs.panel);
/** Of `/a/12`. */
const step = (row: ShownRow) => Number(row.name.split('/').at(-1));
const requestsInStatusBar = async () =>
  Number(
    /(\d+) requests?/.exec(
      (await vs.page
        .locator('[id="nettrace.nettrace.netTrace.status"], .statusbar-item', { hasText: / requests?\b/ })
        .first()
        .textContent()) ?? '',
    )?.[1],
  );

export function rough(): void {
  inWindow({ width: 1400, height: 1500 });

  programs();
  debuggerStops();
  messages();
  files();
}

function programs(): void {
  describe('programs that go on', { timeout: 90_000 }, () => {
    /** The program that is left. */
    let pid = 0;

    it('two at once: each request in its own run; one is stopped, the other goes on', async () => {
      await vs.debug('Both');
      await until(async () => new Set((await rows()).map((r) => r.run)).size === 2, 'rows of both');
      await until(async () => (await rows()).length >= 6, 'some rows');
      const both = await rows();
      const programs = new Set(both.map((r) => `${r.run} ${r.thread} ${r.name.split('/')[1]}`));
      expect(programs.size).toBe(2);
      const pids = [...new Set(both.map(pidOf))];
      await vs.page.keyboard.press('Shift+F5');
      await until(() => pids.filter(alive).length === 1, 'the end of one');
      pid = pids.find(alive) ?? 0;
      const last = async () => Math.max(...(await rows()).filter((r) => pidOf(r) === pid).map(step));
      const before = await last();
      await until(async () => (await last()) > before + 1, 'the other going on');
      expect(alive(pid)).toBe(true);
    });

    it('Clear while it runs: only newer rows, and the counts are theirs', async () => {
      const before = Math.max(...(await rows()).map(step));
      await vs.command('Net Trace: Clear');
      await until(async () => {
        const now = await rows();
        return now.length > 1 && now.every((r) => step(r) > before && pidOf(r) === pid);
      }, 'only new rows');
      await until(async () => (await rows()).length === (await requestsInStatusBar()), 'the same count below');
    });

    it('the panel’s page as an editor tab shows the same rows', async () => {
      await vs.command('Net Trace: Open in Editor');
      const ids = (list: ShownRow[]) => `,${list.map((r) => r.id).join()},`;
      await until(async () => {
        const panel = await rows();
        // Read later, it has the newer ones too, and room for more of the older ones.
        const tab = await rowsIn(vs.editorPage);
        return panel.length > 1 && ids(tab).includes(ids(panel));
      }, 'the same rows');
      await vs.command('View: Close All Editors');
    });

    it('a note setting takes effect while it runs', async () => {
      const set = (value: string) => vs.set({ 'netTrace.editor.notes': value });
      const behind = async () => (await vs.notes()).some((n) => /\d+×/.test(n));
      const above = () => vs.page.locator('.codelens-decoration', { hasText: '×' }).isVisible();
      await vs.openFile('steady.ts');
      await until(behind, 'a note behind the line');
      set('codeLens');
      await until(async () => (await above()) && !(await behind()), 'a note above the line');
      set('off');
      await until(async () => !(await above()) && !(await behind()), 'no note');
      set('afterLine');
      await until(async () => !(await above()) && (await behind()), 'a note behind the line again');
      await vs.command('View: Close All Editors');
    });

    it('killed from outside: rows stay, those under way are interrupted', async () => {
      const before = await requestsInStatusBar();
      process.kill(pid, 'SIGKILL');
      await vs.panel.getByText(/The program ended.*interrupted/).waitFor();
      expect(await requestsInStatusBar()).toBeGreaterThanOrEqual(before);
      expect((await rows()).length).toBeGreaterThan(5);
    });

    it('a place that cannot be written to: said as an error, and the rows are still there', async () => {
      const before = await rows();
      await vs.command('Net Trace: Save Trace');
      await vs.answerDialog('/proc/lost.har', /\.nettrace\.json$/);
      await vs.notification('The trace was not saved').first().waitFor();
      expect((await rows()).map((r) => r.id)).toEqual(before.map((r) => r.id));
      await vs.command('Notifications: Clear All Notifications');
    });
  });
}

function debuggerStops(): void {
  describe('the debugger', { timeout: 60_000 }, () => {
    it('stopped in a data handler: the hook’s frames are not in the way', async () => {
      await vs.page.keyboard.press('Control+Shift+D');
      await vs.debug('Reader');
      const frames = vs.page.locator('.debug-call-stack .stack-frame');
      await vs.page.locator('.debug-call-stack', { hasText: 'Skipped by' }).waitFor();
      await frames.filter({ hasText: 'steady' }).first().waitFor();
      // With the frames that are skipped, not between them and the handler.
      const stack = (await vs.page.locator('.debug-call-stack .monaco-list-row').allTextContents()).join('\n');
      expect(stack).toContain('src/steady.ts');
      expect(stack).not.toContain('nettrace-hook');
      await vs.page.keyboard.press('Shift+F5');
      await frames.first().waitFor({ state: 'hidden' });
    });
  });
}

function messages(): void {
  describe('one message, with the reason and what to do', { timeout: 60_000 }, () => {
    it('a wrapper that clears the environment', async () => {
      const bin = join(vs.workspace, 'bin');
      mkdirSync(bin, { recursive: true });
      writeFileSync(join(bin, 'clean'), `#!/bin/sh\nexec env -i "${process.execPath}" "$@"\n`);
      chmodSync(join(bin, 'clean'), 0o755);
      await vs.debug('Clean environment');
      const message = vs.panel.getByText('nothing on the way clears NODE_OPTIONS');
      await message.first().waitFor();
      expect(await message.count()).toBe(1);
      expect(await vs.notification('Nothing is traced').count()).toBe(0);
    });

    it('--permission', async () => {
      await vs.debug('Permission');
      await vs.panel.getByText('--allow-fs-read=').first().waitFor();
      expect(await vs.notification('Nothing is traced').count()).toBe(0);
    });
  });
}

function files(): void {
  describe('files', { timeout: 60_000 }, () => {
    it.each([
      ['broken', '{"nettrace": {"version": "1.0"}, "requests": [ oops'],
      ['empty', ''],
      ['foreign', '{"resourceSpans": []}'],
      ['huge', 300_000_000],
    ])('a %s file says why it cannot be shown', async (kind, content) => {
      const file = join(vs.workspace, `${kind}.nettrace.json`);
      writeFileSync(file, typeof content === 'string' ? content : '');
      if (typeof content === 'number') truncateSync(file, content);
      await vs.command('Net Trace: Open Trace…');
      await vs.answerDialog(file, /\/$/);
      await vs.page.locator(`.tab.active[data-resource-name="${kind}.nettrace.json"]`).waitFor();
      await vs.editorPage.getByText('This trace cannot be shown').waitFor();
      const text = await vs.editorPage.locator('body').textContent();
      expect(text).toContain(`${kind}.nettrace.json`);
    });
  });
}

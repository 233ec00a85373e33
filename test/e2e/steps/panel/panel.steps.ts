/** Files dropped onto the panel, and what of the panel is the user's choice. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeRows, rowsIn } from '../../testing/rows';
import { inWindow, vs } from '../../testing/shared';
import { until } from '../../testing/window';

const entry = (path: string) => ({
  startedDateTime: '2026-07-01T12:00:00.000Z',
  time: 12,
  request: { method: 'GET', url: `http://shop.test${path}`, httpVersion: 'HTTP/1.1', headers: [], cookies: [] },
  response: { status: 200, statusText: 'OK', httpVersion: 'HTTP/1.1', headers: [], cookies: [], content: {} },
  timings: { send: 1, wait: 10, receive: 1 },
});
const har = (path: string): string =>
  JSON.stringify({ log: { version: '1.2', creator: { name: 'test', version: '1' }, entries: [entry(path)] } });

/** Drops a file from outside of VS Code. */
const dropFile = (name: string, text: string): Promise<unknown> =>
  vs.panel.locator('main').evaluate(
    (target, [name, text]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text as string], name as string));
      for (const type of ['dragenter', 'dragover', 'drop'])
        target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    },
    [name, text],
  );

export function panelOfUser(): void {
  inWindow({ width: 1400, height: 1000 });

  it('a file that is dragged from the explorer with Shift opens', async () => {
    writeFileSync(join(vs.workspace, 'dropped.har'), har('/from-explorer'));
    await vs.command('Net Trace: Show Requests');
    await vs.panel.getByText('drop a trace here').waitFor();
    await vs.command('File: Focus on Files Explorer');
    const item = vs.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'dropped.har' });
    const from = await item.boundingBox();
    const to = await vs.panel.locator('main').boundingBox();
    if (!from || !to) throw new Error('no file, or no panel');
    const { mouse, keyboard } = vs.page;
    await mouse.move(from.x + 40, from.y + 8);
    await mouse.down();
    await mouse.move(from.x + 60, from.y + 30, { steps: 5 });
    await keyboard.down('Shift');
    await mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 10 });
    await vs.panel.getByText('Drop a trace to open it').waitFor();
    await vs.shot('drop-from-explorer');
    await mouse.up();
    await keyboard.up('Shift');
    await vs.page.locator('.tab.active[data-resource-name="dropped.har"]').waitFor();
    await until(async () => describeRows(await rowsIn(vs.editorPage)).includes('/from-explorer 200'), 'its row');
  });

  it('a file from elsewhere opens as a tab with its name; one that is no trace is refused in words', async () => {
    await dropFile('elsewhere.har', har('/from-elsewhere'));
    await vs.page.locator('.tab.active[data-resource-name="elsewhere.har"]').waitFor();
    await until(async () => describeRows(await rowsIn(vs.editorPage)).includes('/from-elsewhere 200'), 'its row');
    await vs.shot('dropped-file');
    await dropFile('photo.png', 'x');
    await vs.page.getByText('photo.png is no trace').first().waitFor();
    expect(await vs.page.locator('.tab').count()).toBe(2);
  });
}

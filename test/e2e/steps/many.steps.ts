/** A program of more requests than the list keeps: they are counted, said, and saved. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { readTrace } from '../../../src/formats';
import { rowsIn } from '../testing/rows';
import { inWindow, vs } from '../testing/shared';
import { until } from '../testing/window';

const kept = 200;
const count = 3000;
/** What came to its server is written by the program itself, as the truth. */
const program = `import { writeFileSync } from 'node:fs';
import { Agent, createServer, get } from 'node:http';
let served = 0;
const server = createServer((_, res) => {
  served++;
  res.end('ok');
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const agent = new Agent({ keepAlive: true });
for (let n = 1; n <= ${count}; n++)
  await new Promise((done) =>
    get({ host: '127.0.0.1', port: server.address().port, path: '/' + n, agent }, (res) => res.resume().on('end', done)),
  );
agent.destroy();
server.close();
writeFileSync(new URL('served.txt', import.meta.url), String(served));
`;

export function manyRequests(): void {
  inWindow({ width: 1400, height: 900 });

  it('more than the list keeps: it says so, and the saved trace has all', { timeout: 120_000 }, async () => {
    const file = join(vs.workspace, 'many/many.mjs');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, program);
    vs.set({ 'netTrace.runs.maxRequests': kept });
    await vs.openFile('many.mjs');
    await vs.clear();
    await vs.command('Net Trace: Debug with Net Trace');
    await vs.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Current file' }).first().click();
    const served = join(dirname(file), 'served.txt');
    await until(() => existsSync(served) && readFileSync(served, 'utf8') === String(count), 'the end', 60_000);
    await vs.panel
      .getByText(`${count.toLocaleString('en')} requests`)
      .first()
      .waitFor();
    // It is more important than how the program ended, which is behind it.
    const message = vs.panel.locator('.msg', {
      hasText: `The ${(count - kept).toLocaleString('en')} oldest are on the disk`,
    });
    await message.waitFor();
    await message.getByText('1 of 2').waitFor();
    await vs.shot('many-on-disk');
    const newest = (await rowsIn(vs.panel)).at(-1);
    expect(newest?.name).toBe(`/${count}`);

    for (const name of ['many.nettrace.json', 'many.har']) {
      const path = join(vs.workspace, name);
      await vs.command('Net Trace: Save Trace');
      await vs.answerDialog(path, /\.nettrace\.json$/);
      const whole = !name.endsWith('.har');
      await vs
        .notification(whole ? `Saved 3,000 requests to ${name}.` : `They are the last ones`)
        .first()
        .waitFor();
      await vs.command('Notifications: Clear All Notifications');
      expect(existsSync(path)).toBe(true);
      const { requests, losses } = await readTrace(path);
      if (whole) expect(losses.filter((l) => l.what === 'requests')).toEqual([]);
      const paths = requests.map((r) => new URL(r.url ?? '').pathname);
      const first = whole ? 1 : count - kept + 1;
      expect(paths).toEqual(Array.from({ length: count + 1 - first }, (_, n) => `/${first + n}`));
    }

    // Opened, all of them are rows.
    await vs.command('Net Trace: Open Trace…');
    await vs.answerDialog(join(vs.workspace, 'many.nettrace.json'), /\/$/);
    await vs.page.locator('.tab.active[data-resource-name="many.nettrace.json"]').waitFor();
    await until(() => vs.editorPage.getByText('3,000 requests').first().isVisible(), 'all of them');
    vs.set({ 'netTrace.runs.maxRequests': 20_000 });
    await vs.command('View: Close All Editors');
  });
}

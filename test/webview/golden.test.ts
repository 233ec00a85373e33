/** The page over the example trace of the model: rows and details made by the same code as in the extension. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { detailsOf } from '../../src/extension/details/details';
import { partsOfRowId, RunRows } from '../../src/extension/rows/rows';
import { parseNative } from '../../src/formats/native/format';
import { millisecondsText } from '../../src/model/base/text';
import { Store } from '../../src/model/store/store';
import type { PanelState } from '../../webview/view/types';
import { openBrowser, openPanel, picture, settled } from './testing/panel';
import { status } from './testing/sample';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});

test('every request of the example shows its breakdown, summing to its total', async () => {
  const trace = parseNative(readFileSync(join(__dirname, '../../src/model/golden/example.nettrace.json'), 'utf8'));
  const store = Store.fromDocument(trace);
  const end = trace.endAt ?? 0;
  const runRows = new RunRows(store, 1, 0);
  runRows.update(end);
  const rows = runRows.all();
  const state: PanelState = {
    rows,
    runs: [
      { number: 1, title: 'example', beginTime: trace.beginTime, state: 'ended', offset: 0, endAt: end, processes: [] },
    ],
    status: { ...status, requests: rows.length },
    now: end,
    view: 'editor',
  };
  const panel = await openPanel(browser, { state, height: 900 });
  const { page } = panel;
  expect(rows.length).toBeGreaterThan(5);
  for (const row of rows) {
    await panel.send({ type: 'select', id: row.id, reveal: true });
    const details = detailsOf(runRows, partsOfRowId(row.id)?.request ?? '', end);
    if (!details) throw new Error(`no details of ${row.id}`);
    await panel.send({ type: 'details', id: row.id, details });
    await page.waitForFunction((title) => document.querySelector('.dt')?.getAttribute('title') === title, row.url);
    await settled(page);
    if (row.total !== undefined) expect(await page.textContent('.det .tot')).toContain(millisecondsText(row.total));
    for (const tab of ['Headers', 'Connection', 'Code', 'Breakdown']) {
      await page.click(`.tabs >> text=${tab}`);
      await settled(page);
      expect((await page.textContent('.det')) ?? '').not.toMatch(/undefined|NaN|\[object|Infinity/);
    }
  }
  await picture(page, 'golden');
  expect(panel.errors).toEqual([]);
});

/**
 * How much the page does, counted: calls of functions of the page's script (as V8 counts them), frames and nodes. A change
 * that makes work grow with the rows that are not in sight fails here, on a machine of any speed. The times are measured
 * by test/bench/page.bench.ts.
 */
import type { Browser, CDPSession } from 'playwright-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { Row } from '../../webview/view/types';
import { endedAt, showMany } from './testing/many';
import { openBrowser, openPanel, type Panel, settled } from './testing/panel';
import { live, rows, run, status } from './testing/sample';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});

/** Counting makes the page several times slower, also after it is opened again: it stops before the next test uses the page. */
let counting: CDPSession | undefined;
async function stopCounting(): Promise<void> {
  await counting?.send('Profiler.stopPreciseCoverage');
  await counting?.detach();
  counting = undefined;
}
afterEach(stopCounting);

/** Gives the number of calls since it was last asked. */
async function callsOf(panel: Panel): Promise<() => Promise<number>> {
  await stopCounting();
  const cdp = await panel.page.context().newCDPSession(panel.page);
  counting = cdp;
  await cdp.send('Profiler.enable');
  await cdp.send('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  return async () => {
    const { result } = await cdp.send('Profiler.takePreciseCoverage');
    const own = result.filter(({ url }) => url.endsWith('/webview.js'));
    return own.flatMap((s) => s.functions).reduce((sum, f) => sum + (f.ranges[0]?.count ?? 0), 0);
  };
}

/** In the page: the list has so many rows. */
const shown = (n: number) => document.querySelector('.grid')?.getAttribute('aria-rowcount') === String(n + 1);

/** Calls that each action takes in a list of so many rows; and the row nodes there are. */
async function work(count: number) {
  const panel = await openPanel(browser, { height: 800 });
  const { page } = panel;
  await showMany(panel, count);
  await page.waitForSelector('.spacer .row');
  await settled(page);
  const calls = await callsOf(panel);
  const filter: number[] = [];
  for (const text of [
    'n=77',
    'status:>=400 path:/stock/*',
    'host:inventory.local -is:failed',
    'wait:>50ms or tls:>20ms',
  ]) {
    await calls();
    await page.fill('.flt input', text);
    await page.waitForFunction(
      (all) => Number(document.querySelector('.grid')?.getAttribute('aria-rowcount')) < all,
      count,
    );
    await settled(page);
    filter.push(await calls());
    await page.fill('.flt input', '');
    await page.waitForFunction(shown, count);
    await settled(page);
  }
  const sort: number[] = [];
  for (const column of ['host', 'time', 'status']) {
    await calls();
    await page.click(`.hd .c-${column}`, { position: { x: 8, y: 8 } });
    await settled(page);
    sort.push(await calls());
  }
  await calls();
  const steps = 30;
  await page.evaluate(async (n) => {
    const box = document.querySelector('.rows') as HTMLElement;
    for (let i = 0; i < n; i++) {
      box.scrollTop += 190;
      await new Promise((done) => requestAnimationFrame(done));
    }
  }, steps);
  await settled(page);
  const scroll = (await calls()) / steps;
  const nodes = await page.locator('.spacer > .row').count();
  expect(panel.errors).toEqual([]);
  return { filter, sort, scroll, nodes };
}

test('filter and sort take some calls a row; scrolling and the nodes do not depend on the number of rows', async () => {
  const [few, many] = [await work(1000), await work(10_000)];
  const perRow = (of: 'filter' | 'sort') => many[of].map((calls, i) => (calls - (few[of][i] as number)) / 9000);
  // About ten calls a row and pass over the list; a slow machine draws once more in between.
  for (const calls of perRow('filter')) expect(calls).toBeLessThan(40);
  for (const calls of perRow('sort')) expect(calls).toBeLessThan(40);
  expect(many.scroll).toBeLessThan(50_000);
  expect(many.scroll / few.scroll).toBeLessThan(1.5);
  expect(many.nodes).toBe(few.nodes);
  expect(many.nodes).toBeLessThan(120);
});

test('a batch of new requests takes some calls a row of the list', async () => {
  const panel = await openPanel(browser, { height: 420, state: { ...endedAt(3_400_000), rows: live.rows } });
  const { page } = panel;
  const like = { ...(rows[1] as Row), endAt: 3_500_000 };
  const calls = await callsOf(panel);
  const each: number[] = [];
  for (let n = 0; n < 20; n++) {
    const now = 3_500_000 + n * 50_000;
    const upsert = Array.from({ length: 50 }, (_, i) => ({ ...like, id: `r1/n${n}-${i}`, createdAt: now + i * 1000 }));
    const runs = [{ ...run, state: 'ended' as const, endAt: now }];
    await calls();
    await panel.send({ type: 'rows', upsert, removed: [], now, status, runs });
    await page.waitForFunction(shown, live.rows.length + 50 * (n + 1));
    await settled(page);
    each.push(await calls());
  }
  // The list is made again from all its rows, once or twice a batch: some 30 calls a row.
  for (const [n, count] of each.entries())
    expect(count, `calls of batch ${n}`).toBeLessThan(15_000 + 100 * (live.rows.length + 50 * (n + 1)));
});

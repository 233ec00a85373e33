/** Rows that come, change and go while a program runs. */
import { expect, test } from 'vitest';
import type { Row } from '../../webview/view/types';
import { id, inBrowser, open, panel, posted, rowCount, rowNode } from './testing/behaviour';
import { settled } from './testing/panel';
import { ended, live, rows, run, status } from './testing/sample';

inBrowser();

test('times of running rows run; a batch updates rows; failures are said once', async () => {
  await open({ state: live });
  const { page } = panel;
  const time = (): Promise<string | null> => rowNode(25).locator('.c-time').textContent();
  const before = await time();
  await expect.poll(time).not.toBe(before);
  const done: Row = {
    ...(rows.find((r) => r.id === id(25)) as Row),
    state: 'failed',
    stateText: 'wait reset',
    endAt: 3_500_000,
    total: 670_000,
  };
  await panel.send({
    type: 'rows',
    upsert: [done],
    removed: [],
    now: 3_600_000,
    status: { ...status, failed: 4 },
    runs: [run],
  });
  await page.waitForFunction(
    (text) => [...document.querySelectorAll('.c-status')].some((n) => n.textContent === text),
    'wait reset',
  );
  await expect.poll(time).toBe('670 ms');
  await expect.poll(() => page.textContent('[aria-live]')).toBe('1 request failed');
  expect((await posted('seenFailures')).map((m) => m.count)).toEqual([4, 5]);
});
test('follows the newest until the user scrolls up, then counts what is new', async () => {
  await open({ state: live, height: 420 });
  const { page } = panel;
  const more = (from: number, n: number): Row[] =>
    Array.from({ length: n }, (_, i) => ({
      ...(rows[1] as Row),
      id: `r1/new-${from + i}`,
      createdAt: 3_500_000 + from + i,
    }));
  const batch = (upsert: Row[]): Promise<void> =>
    panel.send({ type: 'rows', upsert, removed: [], now: 3_600_000, status, runs: [run] });
  await batch(more(0, 30));
  await page.waitForSelector('[data-id="r1/new-29"]');
  await page.locator('.rows').hover();
  await page.mouse.wheel(0, -200);
  await settled(page);
  await settled(page);
  const top = await page.locator('.rows').evaluate((n) => n.scrollTop);
  await batch(more(30, 12));
  await page.waitForSelector('.sb >> text=12 new ↓');
  expect(await page.locator('.rows').evaluate((n) => n.scrollTop)).toBe(top);
  await page.click('.sb >> text=12 new ↓');
  await page.waitForSelector('[data-id="r1/new-41"]');
});
test('rows in sight stay where they are when older ones are evicted', async () => {
  await open({ state: ended, height: 420 });
  const { page } = panel;
  await page.locator('.rows').evaluate((n) => n.scrollTo(0, 220));
  await settled(page);
  const y = async (): Promise<number | undefined> => (await rowNode(13).boundingBox())?.y;
  const before = await y();
  await panel.send({
    type: 'rows',
    upsert: [],
    removed: [id(1), id(2)],
    now: 3_400_000,
    status: ended.status,
    runs: ended.runs,
  });
  await rowCount(24);
  expect(await y()).toBe(before);
});
test('with reduced motion times step once a second and nothing turns', async () => {
  await open({ state: live, reducedMotion: 'reduce' });
  const { page } = panel;
  expect(
    await page
      .locator('.codicon-loading')
      .first()
      .evaluate((n) => getComputedStyle(n).animationName),
  ).toBe('none');
  // A step never comes early; a busy machine draws it late.
  const gaps = await page.evaluate(
    () =>
      new Promise<number[]>((done) => {
        const at: number[] = [];
        const cell = [...document.querySelectorAll('.row')]
          .find((r) => r.textContent?.includes('waiting…'))
          ?.querySelector('.c-time');
        const o = new MutationObserver(() => {
          at.push(performance.now());
          if (at.length === 3) done(at.slice(1).map((t, i) => t - (at[i] as number)));
        });
        if (cell) o.observe(cell, { subtree: true, characterData: true, childList: true });
      }),
  );
  expect(Math.min(...gaps)).toBeGreaterThan(900);
});

test('the newest row stays in sight when the program ends, and rows are at whole lines', async () => {
  for (const [together, height] of [
    [false, 420],
    [true, 433],
  ] as const) {
    await open({ state: live, height });
    const { page } = panel;
    const more = (from: number): Row[] =>
      Array.from({ length: 30 }, (_, i) => ({
        ...(rows[1] as Row),
        id: `r1/new-${from + i}`,
        createdAt: 3_500_000 + from + i,
      }));
    const over = ended.runs.map((r) => ({ ...r, endAt: 3_900_000 }));
    const send = (upsert: Row[], runs = [run]): Promise<void> =>
      panel.send({ type: 'rows', upsert, removed: [], now: 3_900_000, status, runs });
    await send(more(0));
    await page.waitForSelector('[data-id="r1/new-29"]');
    await settled(page);
    await send(together ? more(30) : [], over);
    await page.waitForSelector('.msg');
    const last = page.locator(`[data-id="r1/new-${together ? 59 : 29}"]`);
    const list = page.locator('.rows');
    const bottom = async (): Promise<number> => {
      const [row, box] = [await last.boundingBox(), await list.boundingBox()];
      return row && box ? box.y + box.height - (row.y + row.height) : -1;
    };
    await expect.poll(bottom).toBeGreaterThanOrEqual(0);
    expect(await list.evaluate((n) => n.scrollTop % 22)).toBe(0);
  }
});

test.each([
  [800, 420],
  [1240, 431],
  [1000, 250],
])(
  'at %i × %i px the topmost row is whole while the list follows the newest, also when its height changes',
  async (width, height) => {
    await open({ state: live, width, height });
    const list = panel.page.locator('.rows');
    const part = (): Promise<number> => list.evaluate((n) => n.scrollTop % 22);
    const toEnd = (): Promise<number> => list.evaluate((n) => n.scrollHeight - n.clientHeight - n.scrollTop);
    for (const by of [0, 35, -17]) {
      await panel.page.setViewportSize({ width, height: height + by });
      await settled(panel.page);
      await expect.poll(toEnd).toBeLessThan(1);
      expect(await part()).toBe(0);
      expect(await list.evaluate((n) => n.scrollTop)).toBeGreaterThan(0);
    }
  },
);

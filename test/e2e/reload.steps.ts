// The panel's rows over a reload of the window.
import { expect, it } from 'vitest';
import { describeRows, rowsIn } from './rows';
import { inWindow, vs } from './shared';
import { until } from './window';

export function reload(): void {
  inWindow({ width: 1400, height: 1200 });

  it('rows of an ended run and of one that goes on come back, without a question', { timeout: 180_000 }, async () => {
    await vs.debug('Shop');
    await vs.panel.getByText('The program ended').first().waitFor();
    const ended = await rowsIn(vs.panel);
    await vs.debug('Steady a');
    await until(async () => (await rowsIn(vs.panel)).length >= ended.length + 3, 'rows of a program that goes on');
    await vs.reload();
    const again = await until(async () => {
      const rows = await rowsIn(vs.panel);
      return rows.length >= ended.length + 2 ? rows : undefined;
    }, 'the rows of before');
    expect(again.slice(0, ended.length).map((r) => r.label)).toEqual(ended.map((r) => r.label));
    await vs.shot('reloaded-dark');
    // They are rows like others: details, code, a run after them.
    await vs.panel.locator('[role=row][data-id]', { hasText: '/pears' }).first().click();
    await vs.panel.getByRole('tab', { name: 'Breakdown' }).waitFor();
    await vs.page.locator('.tab.active[data-resource-name="shop.ts"]').waitFor();
    const last = Math.max(...again.map((r) => r.run));
    await vs.debug('Shop');
    await until(async () => (await rowsIn(vs.panel)).some((r) => r.run > last), 'a new run after them');
    await vs.panel.getByText('The program ended').first().waitFor();
  });

  it('what was cleared stays away', async () => {
    await vs.clear();
    await vs.reload();
    await vs.panel.getByText('No requests yet').waitFor();
    expect(describeRows(await rowsIn(vs.panel))).toEqual([]);
  });
}

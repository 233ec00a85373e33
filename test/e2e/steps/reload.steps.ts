/** The panel's rows over a reload of the window. (That what was cleared stays away: rules.steps.ts.) */
import { expect, it } from 'vitest';
import { pidOf, rowsIn } from '../testing/rows';
import { inWindow, vs } from '../testing/shared';
import { alive, until } from '../testing/window';

export function reload(): void {
  inWindow({ width: 1400, height: 1200 });

  it('a program that runs ends with the window; its rows and those of a run before come back, without a question', {
    timeout: 180_000,
  }, async () => {
    await vs.debug('Shop');
    await vs.panel.getByText('The program ended').first().waitFor();
    const ended = await rowsIn(vs.panel);
    await vs.debug('Steady a');
    const unanswered = await until(
      async () => (await rowsIn(vs.panel)).find((r) => r.name === '/a/3' && r.status !== ''),
      'rows of a program that goes on',
    );
    const running = pidOf(unanswered);
    expect(alive(running)).toBe(true);
    await vs.reload();
    await until(() => !alive(running), 'the end of the program');
    const again = await until(async () => {
      const rows = await rowsIn(vs.panel);
      return rows.some((r) => r.id === unanswered.id) ? rows : undefined;
    }, 'the rows of before');
    expect(again.slice(0, ended.length).map((r) => r.label)).toEqual(ended.map((r) => r.label));
    // The program and the extension host end at the same time: which was first, each time again.
    await vs.panel
      .getByText(/interrupted|detached/)
      .first()
      .waitFor();
    // Said as far as it was seen.
    await vs.panel
      .getByText(/^(The program ended|Tracing stopped.* The program was still running\.)/)
      .first()
      .waitFor();
    await vs.shot('reloaded-dark');
    // They are rows like others: details, code, a run after them.
    await vs.panel.locator('[role=row][data-id]', { hasText: '/pears' }).first().click();
    await vs.panel.getByRole('tab', { name: 'Breakdown' }).waitFor();
    await vs.page.locator('.tab.active[data-resource-name="shop.ts"]').waitFor();
    const last = Math.max(...again.map((r) => r.run));
    await vs.debug('Shop');
    await until(async () => (await rowsIn(vs.panel)).some((r) => r.run > last), 'a new run after them');
    await vs.panel.getByText('The program ended').first().waitFor();
    const all = await rowsIn(vs.panel);
    const paths = (run: number) => new Set(all.filter((r) => r.run === run).map((r) => r.name.split('/')[1]));
    expect(paths(last)).toEqual(new Set(['a']));
    expect(paths(last + 1)).toContain('apples');
    expect(paths(last + 1)).not.toContain('a');
  });
}

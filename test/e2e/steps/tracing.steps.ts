/** What is traced is said: a condition in force, tracing that is off, and the ways back to everything. */
import { expect, it } from 'vitest';
import { describeRows, rowsIn } from '../testing/rows';
import { inWindow, vs } from '../testing/shared';
import { setChecked, until } from '../testing/window';

const view = () => vs.page.locator('.pane', { has: vs.page.locator('.pane-header[aria-label^="Trace Rules"]') });
const item = (text: string) => view().locator('.monaco-list-row', { hasText: text });
const box = () => vs.page.locator('.quick-input-widget input.input').first();

async function openView(): Promise<void> {
  await vs.command('View: Show Run and Debug');
  const header = view().locator('.pane-header');
  await header.waitFor();
  if ((await header.getAttribute('aria-expanded')) !== 'true') await header.click();
}

async function traceOnly(condition: string): Promise<void> {
  await vs.command('Net Trace: New Trace Rule…');
  await until(async () => {
    await box().fill(condition);
    return (await box().inputValue()) === condition;
  }, 'the condition');
  await vs.page.keyboard.press('Enter');
  await vs.page.locator('.quick-input-widget input[placeholder="no limit"]').waitFor();
  await vs.page.keyboard.press('Enter');
  await vs.page.locator('.quick-input-list .monaco-list-row', { hasText: 'and disable all others' }).click();
}

export function tracing(): void {
  inWindow({ width: 1400, height: 1000 });

  it('a condition in force stands over the rows, with how many were left out', async () => {
    await traceOnly('status:>=400');
    await vs.debug('Shop');
    await until(async () => describeRows(await rowsIn(vs.panel)).includes('/broken 503'), 'the row that matches');
    await vs.panel.getByText('The program ended').waitFor();
    const line = vs.panel.locator('.trc');
    await line.filter({ hasText: 'Tracing: status:>=400' }).waitFor();
    const [, traced, made] = /(\d+) of (\d+) traced/.exec((await line.locator('.dim').textContent()) ?? '') ?? [];
    expect([Number(traced), Number(made)]).toEqual([(await rowsIn(vs.panel)).length, 7]);
    await vs.shot('tracing-condition-dark');
    await line.getByText('Trace all requests').click();
    await line.waitFor({ state: 'hidden' });
  });

  it('the last one deleted: all requests are traced again, and it is said', async () => {
    await openView();
    // As a user has it who asked for this one and nothing else.
    const all = item('All requests').locator('.custom-view-tree-node-item-checkbox');
    await setChecked(all, false);
    await item('status:>=400').hover();
    await item('status:>=400').locator('.codicon-trash').click();
    await vs.notification('all requests are traced again').first().waitFor();
    await until(async () => (await all.getAttribute('aria-checked')) === 'true', 'All requests on');
    await vs.command('Notifications: Clear All Notifications');
  });

  it('tracing that is off is said, and turned on from there', async () => {
    await vs.clear();
    const all = item('All requests').locator('.custom-view-tree-node-item-checkbox');
    await setChecked(all, false);
    await vs.panel.getByText('Tracing is off').waitFor();
    await vs.debug('Shop');
    await until(async () => vs.page.locator('.debug-call-stack .monaco-list-row').first().isVisible(), 'the program');
    await vs.page.locator('.debug-call-stack .monaco-list-row').first().waitFor({ state: 'hidden' });
    await vs.panel.getByRole('heading', { name: 'Tracing is off' }).waitFor();
    expect(await rowsIn(vs.panel)).toEqual([]);
    await vs.shot('tracing-off-dark');
    await vs.panel.getByText('Trace all requests').click();
    await vs.panel.getByRole('heading', { name: 'Tracing was off' }).waitFor();
    await vs.debug('Shop');
    await until(async () => (await rowsIn(vs.panel)).length === 7, 'all rows');
    await vs.panel.getByText('The program ended').waitFor();
  });

  it('a change of what a launch configuration asks for is said at once, though the program does nothing', async () => {
    await vs.debug('Own rules');
    const line = vs.panel.locator('.trc');
    const box = item('path:/first').locator('.custom-view-tree-node-item-checkbox');
    await line.filter({ hasText: 'Tracing: path:/first' }).waitFor();
    await setChecked(box, false);
    await line.filter({ hasText: 'Tracing is off' }).waitFor();
    await setChecked(box, true);
    await line.filter({ hasText: 'Tracing: path:/first' }).waitFor();
    await vs.stop();
  });
}

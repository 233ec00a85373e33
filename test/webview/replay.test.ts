/** The slider of a trace that is stepped through: keys, pointer, rows that are still ahead, screen readers. */
import { describe, expect, test } from 'vitest';
import type { PanelState } from '../../webview/view/types';
import { inBrowser, open, panel } from './testing/behaviour';
import { ended, replayMark as mark, rows } from './testing/sample';

inBrowser();

const [first, second] = rows;
const state: PanelState = { ...ended, view: 'panel', readOnly: true, replay: mark };
const sought = async () => (await panel.posted()).filter((m) => m.type.startsWith('seek'));

describe('a replay', () => {
  test('arrows step by events, page keys by ten, Home and End go to the ends and not beyond', async () => {
    await open({ state });
    const slider = panel.page.getByRole('slider', { name: 'Position in the trace' });
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/^event 12 of 40, .*: GET \/b is called$/);
    await slider.focus();
    for (const key of ['ArrowRight', 'ArrowLeft', 'PageUp', 'PageDown', 'Home', 'End'])
      await panel.page.keyboard.press(key);
    expect(await sought()).toEqual([12, 10, 21, 1, 0, 39].map((event) => ({ type: 'seekEvent', event })));
    await panel.send({ type: 'replay', mark: { ...mark, event: 39 } });
    await expect.poll(() => slider.getAttribute('aria-valuenow')).toBe('40');
    await panel.page.keyboard.press('ArrowRight');
    expect(await sought()).toHaveLength(6);
  });

  test('a click and a drag go to instants; the last one is where the pointer was left', async () => {
    await open({ state });
    const track = panel.page.locator('.replay .track');
    const box = await track.boundingBox();
    if (!box) throw new Error('no track');
    const y = box.y + box.height / 2;
    await panel.page.mouse.move(box.x + box.width * 0.25, y);
    await panel.page.mouse.down();
    await panel.page.mouse.move(box.x + box.width * 0.5, y, { steps: 4 });
    await panel.page.mouse.move(box.x + box.width + 50, y);
    await panel.page.mouse.up();
    const all = (await sought()).map((m) => ('at' in m ? m.at : Number.NaN));
    expect(all.length).toBeGreaterThanOrEqual(2);
    expect(all[0]).toBeGreaterThan(0);
    expect(all[0]).toBeLessThan(ended.now / 2);
    expect(all.at(-1)).toBeGreaterThanOrEqual(ended.now * 0.99);
  });

  test('rows after the position are grey, the row of the event is selected; without a replay there is no slider', async () => {
    await open({ state });
    await panel.send({ type: 'replay', mark });
    await expect.poll(() => panel.page.locator(`[data-id="${second?.id}"]`).getAttribute('aria-selected')).toBe('true');
    const classOf = (id = '') => panel.page.locator(`[data-id="${id}"]`).getAttribute('class');
    expect(await classOf(first?.id)).not.toContain('ahead');
    expect(await classOf(second?.id)).not.toContain('ahead');
    expect(await classOf(rows.at(-1)?.id)).toContain('ahead');
    expect(await panel.page.locator(`[data-id="${rows.at(-1)?.id}"]`).getAttribute('aria-label')).toContain(
      'not made yet',
    );
    expect(await panel.page.locator('.oin .mark').count()).toBe(1);
    await panel.send({ type: 'replay', mark: null });
    await expect.poll(() => panel.page.getByRole('slider').count()).toBe(0);
    expect(await classOf(rows.at(-1)?.id)).not.toContain('ahead');
  });
});

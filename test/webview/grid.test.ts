/** The list: rows, keys, sorting, columns, menu. */
import { expect, test } from 'vitest';
import { id, inBrowser, open, panel, posted, rowCount, rowNode, selected, visible } from './testing/behaviour';
import { settled } from './testing/panel';
import { ended } from './testing/sample';

inBrowser();

test('all rows have a name, an index and one tab stop', async () => {
  await open();
  const { page } = panel;
  expect(await page.getAttribute('.grid', 'aria-rowcount')).toBe('27');
  expect(await rowNode(13).getAttribute('aria-label')).toContain(
    'POST pay.example.test/v1/intents, 201, done, 518 milliseconds',
  );
  expect(await page.locator('.grid [tabindex="0"]').count()).toBe(1);
  expect((await visible()).slice(2, 5)).toEqual([id(3), id(4), id(5)]);
  expect(await page.locator('.hop').count()).toBe(2);
});
test('a click selects, asks for the details and opens the code as preview', async () => {
  await open();
  await rowNode(13).locator('.c-name').click();
  await expect.poll(selected).toEqual([id(13)]);
  await expect.poll(() => posted('details')).toEqual([{ type: 'details', id: id(13) }]);
  await expect.poll(() => posted('open')).toEqual([{ type: 'open', id: id(13), preview: true, clicked: true }]);
  await panel.answer();
  await panel.page.waitForSelector('.det .tot');
  expect(await panel.page.textContent('.det .tot')).toContain('517.6');
});
test('arrow keys move, details follow, Enter and Space open the code', async () => {
  await open();
  const { page } = panel;
  await rowNode(1).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await settled(page);
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.index)).toBe('1');
  await expect.poll(selected).toEqual([id(2)]);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Space');
  expect((await posted('open')).map((m) => m.preview)).toEqual([false, true]);
  await page.keyboard.press('ArrowRight');
  await page.waitForSelector('.det');
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'tab');
  await page.keyboard.press('ArrowRight');
  await settled(page);
  expect(await page.getAttribute('#tab-headers', 'aria-selected')).toBe('true');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.det', { state: 'detached' });
  await page.waitForFunction(() => (document.activeElement as HTMLElement).dataset.index === '1');
});
test('Shift extends, Ctrl adds; the status line sums; Ctrl+C copies a table', async () => {
  await open();
  const { page } = panel;
  await rowNode(6).locator('.c-name').click();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await settled(page);
  await expect.poll(async () => (await selected()).length).toBe(3);
  await rowNode(13)
    .locator('.c-status')
    .click({ modifiers: ['Control'] });
  await settled(page);
  expect(await page.textContent('.sb')).toContain('4 selected: sum');
  await page.keyboard.press('Control+c');
  expect((await posted('copy')).at(-1)?.text.split('\n').length).toBe(5);
  await page.keyboard.press('Control+a');
  await settled(page);
  expect(await page.textContent('.sb')).toContain('26 selected');
});
test('a header sorts, then the other way, then by start again; aria-sort follows', async () => {
  await open();
  const { page } = panel;
  await page.click('.hd .c-host');
  await settled(page);
  expect(await page.getAttribute('.hd .c-host', 'aria-sort')).toBe('ascending');
  expect((await visible())[0]).toBe(id(21));
  expect(await page.locator('.hop').count()).toBe(0);
  await page.click('.hd .c-host');
  await page.click('.hd .c-host');
  await settled(page);
  expect((await visible())[0]).toBe(id(1));
  expect(await page.getAttribute('.hd .c-waterfall', 'aria-sort')).toBe('ascending');
});
test('columns are chosen by the menu of the header, and resized', async () => {
  await open();
  const { page } = panel;
  await page.click('.hd .c-host', { button: 'right' });
  await page.click('.menu >> text=Protocol');
  await page.waitForSelector('.hd .c-protocol');
  const before = await page.locator('.hd .c-host').evaluate((n) => (n as HTMLElement).offsetWidth);
  const box = await page.locator('.hd .c-host .rz').boundingBox();
  if (!box) throw new Error('no handle');
  await page.mouse.move(box.x + 3, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x - 47, box.y + 8);
  await page.mouse.up();
  await settled(page);
  expect(await page.locator('.hd .c-host').evaluate((n) => (n as HTMLElement).offsetWidth)).toBeLessThan(before - 30);
  await expect.poll(async () => (await posted('persist')).length).toBeGreaterThan(0);
  // The same columns after a reload.
  await page.reload();
  await panel.send({ type: 'state', state: ended });
  await page.waitForSelector('.hd .c-protocol');
});
test('next and previous failed, by commands of the host', async () => {
  await open();
  for (const expected of [11, 14, 15, 17, 11]) {
    await panel.send({ type: 'command', command: 'nextFailed' });
    await settled(panel.page);
    await expect.poll(selected).toEqual([id(expected)]);
  }
  await panel.send({ type: 'command', command: 'previousFailed' });
  await settled(panel.page);
  await expect.poll(selected).toEqual([id(17)]);
  await panel.send({ type: 'command', command: 'copyUrl' });
  await expect.poll(async () => (await posted('copy')).at(-1)?.text).toBe('http://inventory.local:8081/stock/reserve');
});
test('the context menu copies as cURL and filters by host', async () => {
  await open();
  const { page } = panel;
  await rowNode(13).locator('.c-name').click({ button: 'right' });
  await page.click('.menu >> text=Copy as cURL (bash)');
  expect((await posted('copyAs'))[0]).toMatchObject({ form: 'curl', ids: [id(13)] });
  await rowNode(13).focus();
  await page.keyboard.press('Shift+F10');
  await page.waitForSelector('.menu');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await rowCount(3);
  expect(await page.inputValue('.flt input')).toBe('host:pay.example.test');
});

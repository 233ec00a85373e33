/** The filter and the overview: what is shown. */
import { expect, test } from 'vitest';
import { filterTo, id, inBrowser, open, panel, posted, rowCount, rowNode, visible } from './testing/behaviour';
import { settled } from './testing/panel';

inBrowser();

test('text applies shortly after the last key; chips combine with it; Esc takes both back', async () => {
  await open();
  const { page } = panel;
  await filterTo('stock', 7);
  await page.click('.chip >> text=Failed');
  await rowCount(1);
  expect(await page.getAttribute('.chip:has-text("Failed")', 'aria-pressed')).toBe('true');
  await rowNode(17).focus();
  await page.keyboard.press('Escape');
  await rowCount(26);
  expect(await page.inputValue('.flt input')).toBe('');
});
test('no match says so and offers the way back; / goes to the box; plain keys stay text in it', async () => {
  await open();
  const { page } = panel;
  await rowNode(1).focus();
  await page.keyboard.press('/');
  await page.keyboard.type('no such 0 + - /');
  await page.waitForSelector('.nomatch');
  expect(await page.textContent('.nomatch')).toContain('0 of 26 requests match');
  await page.click('.nomatch button');
  await rowCount(26);
});
test('Up brings filters used before', async () => {
  await open();
  const { page } = panel;
  for (const [text, count] of [
    ['cart', 4],
    ['stock', 7],
  ] as const) {
    await filterTo(text, count);
    await page.press('.flt input', 'Enter');
  }
  await page.fill('.flt input', '');
  await page.press('.flt input', 'ArrowUp');
  expect(await page.inputValue('.flt input')).toBe('stock');
  await page.press('.flt input', 'ArrowUp');
  expect(await page.inputValue('.flt input')).toBe('cart');
});
test('a bad term is reported under the box', async () => {
  await open();
  await panel.page.fill('.flt input', 'a /(/');
  await panel.page.waitForSelector('.flterr');
  expect(await panel.page.textContent('.flterr')).toContain('at column 3');
  expect(await panel.page.getAttribute('.flt input', 'aria-invalid')).toBe('true');
});
test('keys are completed, then the values seen, by keys alone; the list is a listbox of the box', async () => {
  await open();
  const { page } = panel;
  const box = page.locator('.flt input');
  await box.focus();
  await page.keyboard.type('pat');
  await page.waitForSelector('.fltlist');
  expect(await page.locator('.fltlist [role=option] .fi').allTextContents()).toEqual(['path:']);
  expect(await box.getAttribute('aria-expanded')).toBe('true');
  // Enter leaves a word as it is; Tab takes the first.
  await page.keyboard.press('Tab');
  expect(await box.inputValue()).toBe('path:');
  await page.waitForSelector('.fltlist [aria-selected=true]');
  await page.keyboard.type('/cart');
  const marked = () => page.textContent('.fltlist [aria-selected=true] .fi');
  await expect.poll(marked).toBe('/cart/81');
  expect(await box.getAttribute('aria-activedescendant')).toBe('filter-0');
  await page.keyboard.press('ArrowDown');
  await expect.poll(marked).toBe('/v2/cart/81');
  expect(await page.textContent('.fltlist [aria-selected=true] .fn')).toBe('2×');
  await page.keyboard.press('Enter');
  expect(await box.inputValue()).toBe('path:/v2/cart/81 ');
  await page.waitForSelector('.fltlist', { state: 'detached' });
  await rowCount(2);
  expect(await box.evaluate((n) => n === document.activeElement)).toBe(true);
});
test('Esc closes the list before it clears the box; Ctrl+Space opens it; a click takes', async () => {
  await open();
  const { page } = panel;
  await page.fill('.flt input', 'is:');
  await page.waitForSelector('.fltlist');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.fltlist', { state: 'detached' });
  expect(await page.inputValue('.flt input')).toBe('is:');
  expect(await page.textContent('.flterr')).toContain('at column 3');
  await page.keyboard.press('Control+ ');
  await page.click('.fltlist >> text=aborted');
  expect(await page.inputValue('.flt input')).toBe('is:aborted ');
  await page.keyboard.press('Escape');
  await rowCount(26);
});
test('only the bad part is underlined, and what is right still filters', async () => {
  await open();
  const { page } = panel;
  await filterTo('cart stats:500', 4);
  expect(await page.textContent('.fltbad u')).toBe('stats');
  expect(await page.textContent('.flterr')).toBe(
    'unknown key "stats" at column 6. Did you mean status:500? To search for the text, use quotes: "stats:500"',
  );
});
test('the menu of a row writes terms', async () => {
  await open();
  const { page } = panel;
  await rowNode(3).click({ button: 'right' });
  await page.click('.menu >> text=Filter by this host');
  await expect.poll(() => page.inputValue('.flt input')).toBe('host:api.shop.test');
  await rowNode(3).click({ button: 'right' });
  await page.click('.menu >> text=Filter by this call site');
  await expect.poll(() => page.inputValue('.flt input')).toBe('host:api.shop.test file:cart.ts line:42');
  await rowCount(3);
});
test('the menu of a row leaves out, compares two, and asks for a rule and a breakpoint', async () => {
  await open();
  const { page } = panel;
  const menu = async (entry: string) => {
    await rowNode(3).click({ button: 'right' });
    await page.click(`.menu >> text="${entry}"`);
  };
  await menu('Filter out this connection');
  await expect.poll(() => page.inputValue('.flt input')).toBe('-connection:1');
  await panel.send({ type: 'filter', text: '' });
  await menu('Break when this call fails');
  await menu('Trace only requests like this…');
  await rowNode(3).click();
  await rowNode(11).click({ modifiers: ['Control'] });
  await menu('Compare the two');
  // The details are those of the row that was chosen last.
  expect((await posted('details')).at(-1)?.id).toBe(id(11));
  expect(await posted('breakWhenFails')).toEqual([{ type: 'breakWhenFails', id: id(3) }]);
  expect(await posted('traceLike')).toEqual([{ type: 'traceLike', id: id(3) }]);
  const [compared] = await posted('compareRequests');
  expect(compared?.ids.toSorted()).toEqual([id(3), id(11)].toSorted());
});
test('a row the host wants shown is shown, whatever the filter says', async () => {
  await open();
  await filterTo('cart', 4);
  await panel.send({ type: 'select', id: id(13), reveal: true });
  await panel.page.waitForSelector(`.spacer .row[data-id="${id(13)}"][aria-selected=true]`);
  expect(await panel.page.inputValue('.flt input')).toBe('');
});
test('the host sets it', async () => {
  await open();
  await panel.send({ type: 'filter', text: 'cart' });
  await panel.page.waitForFunction(() => (document.querySelector('.flt input') as HTMLInputElement).value === 'cart');
  expect((await visible()).length).toBe(4);
});
test('drag makes a range that filters; wheel zooms; a double click shows all', async () => {
  await open();
  const { page } = panel;
  const box = await page.locator('.oin').boundingBox();
  if (!box) throw new Error('no overview');
  await page.mouse.move(box.x + 20, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + 200, box.y + 30, { steps: 4 });
  await page.mouse.up();
  await settled(page);
  const label = await page.getAttribute('.oin', 'aria-label');
  expect(label).toMatch(/^Time range: .* to .*, 10 requests$/);
  expect((await visible()).length).toBe(10);
  await page.mouse.wheel(0, -300);
  await settled(page);
  expect(await page.getAttribute('.oin', 'aria-label')).not.toBe(label);
  await page.mouse.dblclick(box.x + 600, box.y + 30);
  await settled(page);
  expect((await visible()).length).toBe(26);
});

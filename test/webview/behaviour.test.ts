/** What keys, clicks and messages do in the built page. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PageMessage, Row } from '../../webview/types';
import { type Opening, openBrowser, openPanel, type Panel, settled } from './panel';
import { detailsOf, empty, ended, live, rows, run, status } from './sample';

let browser: Browser;
let panel: Panel;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());
afterEach(async () => {
  expect(panel.errors).toEqual([]);
  expect(await panel.violations()).toEqual([]);
  await panel.page.context().close();
});

const open = async (opening: Opening = {}): Promise<Panel> => {
  panel = await openPanel(browser, { state: ended, height: 800, ...opening });
  return panel;
};
const id = (n: number): string => rows.find((r) => r.id.endsWith(`-${n}`))?.id ?? '';
const visible = (): Promise<string[]> =>
  panel.page.$$eval('.spacer .row', (nodes) =>
    nodes
      .filter((n) => n.getClientRects().length > 0)
      .sort((a, b) => Number((a as HTMLElement).dataset.index) - Number((b as HTMLElement).dataset.index))
      .map((n) => (n as HTMLElement).dataset.id ?? ''),
  );
const selected = (): Promise<string[]> =>
  panel.page.$$eval('.spacer .row[aria-selected=true]', (nodes) =>
    nodes.map((n) => (n as HTMLElement).dataset.id ?? ''),
  );
const posted = async <T extends PageMessage['type']>(type: T): Promise<Extract<PageMessage, { type: T }>[]> =>
  (await panel.posted()).filter((m): m is Extract<PageMessage, { type: T }> => m.type === type);
const rowNode = (n: number) => panel.page.locator(`.spacer .row[data-id="${id(n)}"]`);
const filterTo = async (text: string, count: number): Promise<void> => {
  await panel.page.fill('.flt input', text);
  await panel.page.waitForFunction(
    (n) => document.querySelector('.grid')?.getAttribute('aria-rowcount') === String(n + 1),
    count,
  );
};

describe('grid', () => {
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
    await expect.poll(() => posted('open')).toEqual([{ type: 'open', id: id(13), preview: true }]);
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
  test('a header sorts, then the other way, then by start again; aria-sort tells', async () => {
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
    await expect
      .poll(async () => (await posted('copy')).at(-1)?.text)
      .toBe('http://inventory.local:8081/stock/reserve');
  });
  test('the context menu copies as cURL and filters by host', async () => {
    await open();
    const { page } = panel;
    await rowNode(13).locator('.c-name').click({ button: 'right' });
    await page.click('.menu >> text=Copy as cURL (bash)');
    expect((await posted('copy'))[0]?.text).toBe('curl -X POST \\\n  https://pay.example.test/v1/intents');
    await rowNode(13).focus();
    await page.keyboard.press('Shift+F10');
    await page.waitForSelector('.menu');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('.grid')?.getAttribute('aria-rowcount') === '4');
    expect(await page.inputValue('.flt input')).toBe('pay.example.test');
  });
});

describe('filter', () => {
  test('text applies shortly after the last key; chips combine with it; Esc takes both back', async () => {
    await open();
    const { page } = panel;
    await filterTo('stock', 7);
    await page.click('.chip >> text=Failed');
    await page.waitForFunction(() => document.querySelector('.grid')?.getAttribute('aria-rowcount') === '2');
    expect(await page.getAttribute('.chip:has-text("Failed")', 'aria-pressed')).toBe('true');
    await rowNode(17).focus();
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.querySelector('.grid')?.getAttribute('aria-rowcount') === '27');
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
    await page.waitForFunction(() => document.querySelector('.grid')?.getAttribute('aria-rowcount') === '27');
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
  test('a bad term is told under the box', async () => {
    await open();
    await panel.page.fill('.flt input', 'a /(/');
    await panel.page.waitForSelector('.flterr');
    expect(await panel.page.textContent('.flterr')).toContain('at column 3');
    expect(await panel.page.getAttribute('.flt input', 'aria-invalid')).toBe('true');
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
});

describe('overview', () => {
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
});

describe('live', () => {
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
      status: { ...status, failed: 5 },
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
    await page.waitForFunction(() => document.querySelector('.grid')?.getAttribute('aria-rowcount') === '25');
    expect(await y()).toBe(before);
  });
  test('with reduced motion times step once a second and nothing turns', async () => {
    await open({ state: live, context: { reducedMotion: 'reduce' } });
    const { page } = panel;
    expect(
      await page
        .locator('.codicon-loading')
        .first()
        .evaluate((n) => getComputedStyle(n).animationName),
    ).toBe('none');
    const changes = await page.evaluate(
      () =>
        new Promise<number>((done) => {
          let n = 0;
          const cell = [...document.querySelectorAll('.row')]
            .find((r) => r.textContent?.includes('waiting…'))
            ?.querySelector('.c-time');
          const o = new MutationObserver(() => n++);
          if (cell) o.observe(cell, { subtree: true, characterData: true, childList: true });
          setTimeout(() => done(n), 2300);
        }),
    );
    expect(changes).toBeGreaterThanOrEqual(1);
    expect(changes).toBeLessThanOrEqual(3);
  });
});

describe('details', () => {
  test('a failed request: error with causes, attempts, what was not reached', async () => {
    await open({ height: 860 });
    const { page } = panel;
    await panel.send({ type: 'select', id: id(11), reveal: true });
    await panel.answer();
    await page.waitForSelector('.det .na');
    const text = (await page.textContent('.det')) ?? '';
    for (const part of [
      'connect ECONNREFUSED 203.0.113.8:443',
      'TLS and later',
      'not reached',
      'Until failure',
      '553.9',
      'Happy Eyeballs, limit 250 ms each',
      'given up at limit',
      'the helper was not found',
    ])
      expect(text).toContain(part);
    await page.keyboard.press('Alt+3');
    await page.waitForSelector('#tab-connection[aria-selected=true]');
  });
  test('the pop-up never covers its own row, and Esc closes it', async () => {
    await open({ height: 420 });
    const { page } = panel;
    for (const n of [1, 9]) {
      await rowNode(n).locator('.c-waterfall').hover();
      await page.waitForSelector('.pop');
      await settled(page);
      const [pop, own] = [await page.locator('.pop').boundingBox(), await rowNode(n).boundingBox()];
      if (!pop || !own) throw new Error('not shown');
      expect(pop.y >= own.y + own.height || pop.y + pop.height <= own.y).toBe(true);
      await page.keyboard.press('Escape');
      await page.waitForSelector('.pop', { state: 'detached' });
    }
  });
  test('a page too small for list and details shows one at a time', async () => {
    await open({ width: 420, height: 230 });
    const { page } = panel;
    await page.waitForSelector('.spacer .row');
    expect(await page.locator('.ovw').count()).toBe(0);
    await page.locator('.spacer .row').first().click();
    await page.waitForSelector('.det');
    expect(await page.locator('.list').isVisible()).toBe(false);
    await page.getByLabel('Close details').click();
    await page.waitForSelector('.det', { state: 'detached' });
    expect(await page.locator('.list').isVisible()).toBe(true);
    await page.waitForSelector('.spacer .row');
  });
  test('the sash is moved by keys and kept', async () => {
    await open();
    await panel.send({ type: 'select', id: id(13), reveal: true });
    const { page } = panel;
    await page.waitForSelector('.sash');
    const before = await page.locator('.det').evaluate((n) => n.clientWidth);
    await page.focus('.sash');
    await page.keyboard.press('ArrowLeft');
    await settled(page);
    expect(await page.locator('.det').evaluate((n) => n.clientWidth)).toBe(before + 20);
  });
});

describe('states', () => {
  test('empty: two buttons that run the commands', async () => {
    await open({ state: empty });
    await panel.page.click('text=Debug with Net Trace');
    await panel.page.click('text=Open a saved trace…');
    expect((await posted('run')).map((m) => m.command)).toEqual(['debug', 'open']);
  });
  test('ended: message with its actions, closed for good', async () => {
    await open();
    const { page } = panel;
    expect(await page.textContent('.msg')).toContain('The program ended with exit code 1 after 3.40 s.');
    await page.click('.msg >> text=Save trace…');
    expect((await posted('run')).map((m) => m.command)).toEqual(['save']);
    await page.click('.msg [aria-label="Close message"]');
    await page.waitForSelector('.msg', { state: 'detached' });
    await panel.send({ type: 'state', state: ended });
    await settled(page);
    expect(await page.locator('.msg').count()).toBe(0);
  });
  test('several messages: the most important first', async () => {
    const hook = {
      ...run,
      number: 2,
      state: 'ended' as const,
      endAt: 3_000_000,
      beginTime: '2026-07-01T12:01:00Z',
      message: { kind: 'hook' as const, text: 'The hook was not loaded: Node 16 is too old. Use Node 18 or later.' },
    };
    await open({ state: { ...ended, runs: [...ended.runs, hook] } });
    expect(await panel.page.textContent('.msg')).toContain('The hook was not loaded');
    expect(await panel.page.textContent('.msg')).toContain('1 of 2');
  });
  test('recording without a request says so after five seconds', async () => {
    await open({ state: { ...empty, runs: [run], status: { ...empty.status, recording: true } } });
    await panel.page.waitForSelector('text=Recording. The program has made no request yet.', { timeout: 8000 });
    expect(await panel.page.textContent('.empty')).toContain('checkout (4711)');
  });
  test('connections: lanes, and a block leads to its request', async () => {
    await open();
    const { page } = panel;
    await page.keyboard.press('Alt+c');
    await page.waitForSelector('.lanes');
    expect(await page.getAttribute('.lanes', 'aria-rowcount')).toBe('14');
    await page.locator('.lanes .row[aria-rowindex="5"]').focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('.det');
    expect((await posted('details')).at(-1)?.id).toBe(id(13));
  });
});

test('names in URLs and headers are text, never markup', async () => {
  const evil = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>';
  const row: Row = {
    ...(rows[10] as Row),
    path: `/${evil}`,
    query: `?q=${evil}`,
    url: `http://a.test/${evil}`,
    host: evil,
    method: evil,
    stateText: evil,
    process: evil,
    error: { code: evil, message: evil },
    callSite: { file: evil, line: 1, column: 1, kind: 'user', text: evil, function: evil },
  };
  await open({ state: { ...ended, rows: [row, ...rows.slice(0, 3)] }, height: 860 });
  const { page } = panel;
  await panel.send({ type: 'select', id: row.id, reveal: true });
  const details = detailsOf(row);
  details.request.headers = [{ name: evil, value: evil }];
  details.request.error = { code: evil, message: evil, causes: [{ message: evil }] };
  details.missing = [{ what: evil, why: evil }];
  details.code = { first: 1, line: 1, lines: [evil] };
  await panel.send({ type: 'details', id: row.id, details });
  await page.waitForSelector('.nms');
  for (const tab of ['Headers', 'Connection', 'Code', 'Breakdown']) {
    await page.click(`.tabs >> text=${tab}`);
    await settled(page);
    expect(await page.locator('img, #root script').count()).toBe(0);
  }
  await page.locator('.spacer .row .c-waterfall').first().hover();
  await page.waitForSelector('.pop');
  expect(await page.evaluate(() => (window as { hit?: number }).hit)).toBeUndefined();
});

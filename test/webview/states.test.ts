/** What is shown around the list: nothing yet, messages, connections. */
import { expect, test } from 'vitest';
import { id, inBrowser, open, panel, posted } from './testing/behaviour';
import { settled } from './testing/panel';
import { empty, ended, run } from './testing/sample';

inBrowser();

test('empty: two buttons that run the commands', async () => {
  await open({ state: empty });
  await panel.page.click('text=Debug with Net Trace');
  await panel.page.click('text=Open a saved trace…');
  expect((await posted('run')).map((m) => m.command)).toEqual(['debug', 'open']);
});
test('empty: the buttons are reached and pressed with the keyboard, and the focus is seen', async () => {
  await open({ state: empty });
  const { page } = panel;
  const focused = (): Promise<{ text: string; ring: string } | undefined> =>
    page.evaluate(() => {
      const at = document.activeElement;
      return at?.closest('.eb') ? { text: at.textContent, ring: getComputedStyle(at).outlineStyle } : undefined;
    });
  for (let i = 0; i < 30 && (await focused()) === undefined; i++) await page.keyboard.press('Tab');
  expect(await focused()).toEqual({ text: 'Debug with Net Trace', ring: 'solid' });
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await focused()).toEqual({ text: 'Open a saved trace…', ring: 'solid' });
  await page.keyboard.press('Space');
  expect((await posted('run')).map((m) => m.command)).toEqual(['debug', 'open']);
});
test.each(['High Contrast', 'High Contrast Light'] as const)('empty, %s: each button has an edge', async (theme) => {
  await open({ state: empty, theme });
  const edges = await panel.page.$$eval('.eb button', (all) => all.map((b) => getComputedStyle(b).borderTopColor));
  expect(edges).toHaveLength(2);
  for (const edge of edges) expect(edge).not.toBe('rgba(0, 0, 0, 0)');
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
test('the kernel’s word opens a menu: what is recorded, and what can be enabled, which asks the host', async () => {
  const lines = ['TCP statistics: on', 'events, conntrack, packets: need permission'];
  await open({ state: { ...ended, status: { ...ended.status, kernel: { state: 'basic', lines, enable: true } } } });
  const { page } = panel;
  expect(await page.textContent('.sb .kernel')).toBe('kernel: basic');
  await page.click('.sb .kernel');
  expect(await page.locator('.menu [role^=menuitem]').allTextContents()).toEqual([...lines, 'Enable…']);
  await page.click('.menu >> text=Enable…');
  expect((await posted('run')).map((m) => m.command)).toEqual(['enableKernel']);
  await panel.send({ type: 'state', state: ended });
  await settled(page);
  await page.click('.sb .kernel');
  expect(await page.locator('.menu >> text=Enable…').count()).toBe(0);
});
test('recording without a request says so after five seconds', async () => {
  await open({ state: { ...empty, runs: [run], status: { ...empty.status, recording: true } } });
  await panel.page.waitForSelector('text=Recording. The program has made no request yet.', { timeout: 8000 });
  expect(await panel.page.textContent('.empty')).toContain('checkout (4711)');
});
test('the status line names pipes apart from connections, and none where there is none', async () => {
  await open();
  const conns = panel.page.locator('.sb .conns');
  expect(await conns.textContent()).toBe('13 connections, 11 reuses');
  await panel.send({ type: 'state', state: { ...ended, status: { ...ended.status, pipes: 1 } } });
  await panel.page.waitForSelector('.sb .conns >> text=pipe');
  expect(await conns.textContent()).toBe('13 connections, 11 reuses, 1 pipe');
});
test('the tooltip of the bytes in the status line is what the recording took', async () => {
  await open();
  const tail = panel.page.locator('.sb .tail').first();
  expect(await tail.getAttribute('title')).toBeNull();
  const tracer = [
    '5,120 event lines read, 812 kB',
    'In the program, the hook’s own code took 31 µs a request, measured over 500',
  ];
  await panel.send({ type: 'state', state: { ...ended, status: { ...ended.status, tracer } } });
  await expect.poll(() => tail.getAttribute('title')).toBe(tracer.join('\n'));
});
test('connections: lanes, and a block leads to its request', async () => {
  await open();
  const { page } = panel;
  await panel.send({ type: 'command', command: 'toggleView' });
  await page.waitForSelector('.lanes');
  expect(await page.getAttribute('.lanes', 'aria-rowcount')).toBe('14');
  await page.locator('.lanes .row[aria-rowindex="5"]').focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('.det');
  expect((await posted('details')).at(-1)?.id).toBe(id(13));
});

test.each([
  [800, 270],
  [1240, 260],
])(
  'at VS Code’s own height of the panel, %i × %i, eight rows are in sight, and the end is in the status line',
  async (width, height) => {
    await open({ width, height });
    const { page } = panel;
    await settled(page);
    const inSight = await page.evaluate(() => {
      const list = (document.querySelector('.rows') as HTMLElement).getBoundingClientRect();
      return [...document.querySelectorAll('.spacer .row')].filter((n) => {
        const { top, bottom } = n.getBoundingClientRect();
        return top >= list.top - 0.5 && bottom <= list.bottom + 0.5;
      }).length;
    });
    expect(inSight).toBeGreaterThanOrEqual(8);
    expect(await page.locator('.ovw, .msg').count()).toBe(0);
    expect(await page.textContent('.sb .end')).toContain('ended with exit code 1');
    expect(await page.getAttribute('.sb .end', 'title')).toContain('The program ended with exit code 1 after 3.40 s.');
    await page.setViewportSize({ width, height: 420 });
    await page.waitForSelector('.msg');
    expect(await page.locator('.sb .end').count()).toBe(0);
  },
);
test.each(['High Contrast', 'Dark Modern'] as const)(
  '%s: the legend is there at usual widths, every sign of it can be seen',
  async (theme) => {
    await open({ width: 1000, theme });
    const signs = await panel.page.$$eval('.leg .sq', (nodes) =>
      nodes.map((n) => {
        const { width, height } = n.getBoundingClientRect();
        const style = getComputedStyle(n);
        const { backgroundColor: colour, backgroundImage: image, outlineStyle: edge } = style;
        return { name: n.className, area: width * height, colour, image, edge };
      }),
    );
    expect(signs.map((s) => s.name)).toEqual(
      ['queue', 'dns', 'tcp', 'tls', 'send', 'wait', 'download'].map((name) => `sq ${name}`),
    );
    for (const s of signs) {
      expect(s.area, s.name).toBeGreaterThan(0);
      expect(s.colour !== 'rgba(0, 0, 0, 0)' || s.image !== 'none' || s.edge === 'solid', s.name).toBe(true);
    }
  },
);

test.each([
  [1000, 420],
  [1240, 420],
  [1240, 260],
  [1600, 260],
])('at %i × %i px the status line fits, with the legend', async (width, height) => {
  await open({ width, height });
  await settled(panel.page);
  const over = await panel.page.$eval('.sb', (n) => n.scrollWidth - n.clientWidth);
  expect(over).toBeLessThanOrEqual(0);
  expect(await panel.page.locator('.sb .leg').isVisible()).toBe(true);
  const cut = await panel.page.$$eval('.sb .what', (nodes) => nodes.map((n) => n.scrollWidth - n.clientWidth));
  expect(cut.every((n) => n <= 0)).toBe(true);
});

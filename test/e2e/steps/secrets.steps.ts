/**
 * Secrets in every place of a program, with all recorded that can be: none in what is shown, copied, saved or kept.
 */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rowsIn } from '../testing/rows';
import { inWindow, vs } from '../testing/shared';
import { until } from '../testing/window';

const planted = 'pLaNtEd47';
const program = 'secretive.cjs';

/** Where a text has a planted secret, with what is round it. */
const leaks = (text: string): string[] =>
  [...text.matchAll(new RegExp(planted, 'gi'))].map(({ index }) => text.slice(Math.max(0, index - 80), index + 20));
const row = (text: string) => vs.panel.locator('[role=row][data-id]', { hasText: text }).first();
/** All of the page: also tooltips, and what only a screen reader says. */
const page = () => vs.panel.locator('body').innerHTML();

/** What the action puts into the clipboard. */
async function copied(action: () => Promise<unknown>): Promise<string> {
  const before = 'nothing was copied';
  await vs.clipboard(before);
  await action();
  await until(async () => (await vs.clipboard()) !== before, 'the copy');
  return vs.clipboard();
}

function configure(): void {
  cpSync(join(__dirname, '../../cli/programs', program), join(vs.workspace, program));
  const file = join(vs.workspace, '.vscode/launch.json');
  const launch = JSON.parse(readFileSync(file, 'utf8'));
  launch.configurations.push({
    type: 'net-trace',
    request: 'launch',
    name: 'Secretive',
    program: `\${workspaceFolder}/${program}`,
    args: ['all', `--password=${planted}40`, '--api-key', `${planted}41`],
    env: { PLANTED: planted },
    netTrace: { headers: 'values', bodies: 100_000, incoming: true, stacks: true, sockets: true },
  });
  writeFileSync(file, JSON.stringify(launch, null, 2));
}

export function secrets(): void {
  inWindow({ width: 1400, height: 1500 });

  it('none is shown in the panel, whichever tab', async () => {
    configure();
    await vs.debug('Secretive');
    await vs.panel.getByText('The program ended').first().waitFor();
    expect((await rowsIn(vs.panel)).length).toBeGreaterThan(7);
    for (const request of ['/credentials', '/form', '/json', '/child']) {
      await row(request).click();
      for (const tab of ['Breakdown', 'Headers', 'Connection', 'Code']) {
        await vs.panel.getByRole('tab', { name: tab, exact: true }).click();
        expect({ request, tab, leaks: leaks(await page()) }).toEqual({ request, tab, leaks: [] });
      }
    }
    await row('/form').click();
    await vs.panel.getByRole('tab', { name: 'Headers', exact: true }).click();
    await vs.panel.getByText('x-auth-token').first().waitFor();
    await vs.shot('secrets-dark');
    for (const view of ['Connections', 'Findings', 'Requests']) {
      await vs.panel.locator('.seg').getByText(view).click();
      expect({ view, leaks: leaks(await page()) }).toEqual({ view, leaks: [] });
    }
    await row('/moved').locator('.c-waterfall').hover();
    await vs.panel.locator('.pop').waitFor();
    expect(leaks(await page())).toEqual([]);
  });

  it('none is copied from a row', async () => {
    for (const what of ['URL', 'as cURL (bash)', 'as cURL (cmd)', 'as PowerShell', 'as fetch (Node)', 'verdict']) {
      const text = await copied(async () => {
        await row('/form').click({ button: 'right' });
        await vs.panel.locator('.menu').getByText(`Copy ${what}`).first().click();
      });
      expect({ what, leaks: leaks(text), length: text.length > 10 }).toEqual({ what, leaks: [], length: true });
    }
  });

  it('none is in the hover of the line, and in what it copies', async () => {
    await vs.openFile(program);
    const call = vs.page.locator('.view-line', { hasText: 'http.request(' }).getByText('request', { exact: true });
    const hover = await vs.hover(call.last(), 'made at this line');
    expect(await hover.textContent()).toContain('/credentials');
    expect(leaks(await hover.innerHTML())).toEqual([]);
    const text = await copied(() => hover.locator('a', { hasText: 'Copy as cURL' }).click());
    expect(text).toMatch(/^curl /m);
    expect(leaks(text)).toEqual([]);
    await vs.command('View: Close All Editors');
  });

  it('none is saved, in any format, or kept for the next window', async () => {
    for (const name of ['secretive.nettrace.json', 'secretive.har', 'secretive.eve.json']) {
      await vs.command('Net Trace: Save Trace');
      await vs.answerDialog(join(vs.workspace, name), /\.nettrace\.json$/);
      await vs.notification(`to ${name}.`).first().waitFor();
      await vs.command('Notifications: Clear All Notifications');
      const text = readFileSync(join(vs.workspace, name), 'utf8');
      expect(text).toContain('***');
      expect({ name, leaks: leaks(text) }).toEqual({ name, leaks: [] });
    }
    const own = readdirSync(vs.data, { recursive: true, withFileTypes: true })
      .filter((e) => e.isFile())
      .map((e) => join(e.parentPath, e.name))
      .filter((path) => /[/\\]nettrace\.[^/\\]+[/\\]/.test(path));
    // The runs that are kept; a log is there only if something was worth a line.
    expect(own.some((path) => path.includes('runs'))).toBe(true);
    for (const path of own) expect({ path, leaks: leaks(readFileSync(path, 'utf8')) }).toEqual({ path, leaks: [] });
  });
}

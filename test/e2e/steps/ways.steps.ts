/** The ways to start a program traced, and what is said when that cannot work. */
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeRows, rowsIn } from '../testing/rows';
import { inWindow, vs } from '../testing/shared';
import { until } from '../testing/window';

const whole = [
  '/apples 200',
  '/cherries 200',
  '/plums 200',
  '/pears 200',
  '/slow 200',
  '/broken 503',
  '/closed TCP refused',
];

const pricesTest = `
const { createServer } = require('node:http');
const { describe, it } = require('node:test');
const get = async (url) => (await fetch(url)).text();
describe('prices', () => {
  it('the price is asked for', async () => {
    const server = createServer((_, response) => response.end('7'));
    await new Promise((done) => server.listen(0, done));
    await get('http://localhost:' + server.address().port + '/price/7');
    server.close();
    server.closeAllConnections();
    require('node:fs').appendFileSync('asked.txt', '.');
  });
});
`;

/** Starts a program, and gives its rows once it has ended. `covered`: by the terminal. */
async function start(begin: () => Promise<void>, covered = false): Promise<string[]> {
  await vs.clear();
  await begin();
  if (covered) {
    await vs.page.locator('.terminal-wrapper.active').waitFor();
    await vs.page.locator('.statusbar-item', { hasText: `${whole.length} requests` }).waitFor();
    await vs.command('Net Trace: Show Requests');
  }
  await vs.panel.getByText('The program ended').waitFor();
  return describeRows(await rowsIn(vs.panel));
}

async function groupBy(what: string): Promise<void> {
  await vs.command('Net Trace: Group By…');
  const asks = vs.page.locator('.quick-input-widget input[placeholder*="group the requests by"]');
  await asks.waitFor();
  await asks.fill(what);
  await vs.page.locator('.quick-input-list .monaco-list-row.focused .label-name', { hasText: what }).waitFor();
  await vs.page.keyboard.press('Enter');
  await asks.waitFor({ state: 'hidden' });
}

export function ways(): void {
  inWindow({ width: 1400, height: 1500 });

  it('"netTrace": true on any Node configuration', async () =>
    expect(await start(() => vs.debug('Plain Node with netTrace'))).toEqual(whole));

  it('in the integrated terminal', async () =>
    expect(await start(() => vs.debug('In a terminal'), true)).toEqual(whole));

  it('by an npm script', async () => expect(await start(() => vs.debug('By npm'))).toEqual(whole));

  it('Start Without Debugging', async () =>
    expect(await start(() => vs.command('Debug: Start Without Debugging'))).toEqual(whole));

  it('the command "Debug with Net Trace", for the open file', async () => {
    await vs.openFile('shop.js');
    const current = vs.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Current file' });
    const begin = async () => {
      await vs.command('Net Trace: Debug with Net Trace');
      const offered = vs.page.locator('.quick-input-list .monaco-list-row');
      await offered.filter({ hasText: /In a terminal.*launch\.json/ }).waitFor();
      await current.click();
    };
    expect(await start(begin)).toEqual(whole);
  });

  it('a Node configuration without netTrace is left alone', async () => {
    const before = (await rowsIn(vs.panel)).map((r) => r.id);
    await vs.debug('Plain Node without');
    await vs.command('Debug Console: Focus on Debug Console View');
    await vs.page.locator('.repl', { hasText: 'ECONNREFUSED' }).waitFor();
    await vs.page.locator('.debug-call-stack .monaco-list-row').first().waitFor({ state: 'hidden' });
    await vs.command('Net Trace: Show Requests');
    const now = async () => (await rowsIn(vs.panel)).map((r) => r.id);
    await until(async () => (await now()).length > 0, 'the panel');
    expect(await now()).toEqual(before);
  });

  it('a test that another extension debugs, with one setting', async () => {
    writeFileSync(join(vs.workspace, 'prices.test.js'), pricesTest);
    vs.set({ 'netTrace.debug.sessions': 'all' });
    // The setting takes effect a moment later.
    await until(async () => {
      await vs.clear();
      await vs.command('Test: Debug All Tests');
      await vs.panel
        .getByText('The program ended')
        .waitFor({ timeout: 20_000 })
        .catch(() => {});
      return (await rowsIn(vs.panel)).length > 0;
    }, 'the test is traced');
    expect(describeRows(await rowsIn(vs.panel))).toEqual(['/price/7 200']);
    vs.set({ 'netTrace.debug.sessions': 'asConfigured' });
  });

  it('Debug Test with Net Trace traces one test without a setting; its request is grouped by it', async () => {
    await vs.openFile('prices.test.js');
    await vs.clear();
    await vs.command('Net Trace: Debug Test with Net Trace');
    await vs.panel.getByText('The program ended').waitFor();
    expect(describeRows(await rowsIn(vs.panel))).toEqual(['/price/7 200']);
    await groupBy('Test');
    await vs.panel.getByText('prices.test.js › prices › the price is asked for').waitFor();
    await vs.shot('grouped-by-test');
    await groupBy('No grouping');
    // The next one that is debugged is not traced.
    await vs.clear();
    const timesAsked = () => readFileSync(join(vs.workspace, 'asked.txt'), 'utf8').length;
    const before = timesAsked();
    await vs.command('Test: Debug All Tests');
    await until(() => timesAsked() > before, 'the test ran');
    await vs.page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
    await vs.command('Net Trace: Show Requests');
    await vs.panel.getByText('No requests yet').waitFor();
  });

  // One message says why nothing is traced, and what to do.
  it('Node before 18', async () => {
    // A Node that says it is 16 and does not know the hook.
    const bin = join(vs.workspace, 'bin');
    mkdirSync(bin, { recursive: true });
    symlinkSync(process.execPath, join(bin, 'real'));
    const text = `#!/bin/sh\n[ "$1" = --version ] && { echo v16.20.2; exit; }\nunset NETTRACE_SPOOL\nexec "${join(bin, 'real')}" "$@"\n`;
    writeFileSync(join(bin, 'node'), text);
    chmodSync(join(bin, 'node'), 0o755);
    await vs.debug('Old Node');
    await vs.panel.getByText('is Node 16.20.2; the hook needs Node 18 or later').waitFor();
  });

  it('a script with --inspect-brk: the debugger clears NODE_OPTIONS', async () => {
    await vs.debug('Script with inspect-brk');
    await vs.panel.getByText('the npm script "legacy" has --inspect-brk').waitFor();
    await vs.shot('message-no-hook');
    await vs.stop();
  });
}

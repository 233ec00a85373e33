// The ways to start a program traced, and what is said when that cannot work.
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeRows, rowsIn } from './rows';
import { until, VsCode } from './window';

let vs: VsCode;
const whole = [
  '/apples 200',
  '/cherries 200',
  '/plums 200',
  '/pears 200',
  '/slow 200',
  '/broken 503',
  '/closed TCP refused',
];

beforeAll(async () => {
  vs = await VsCode.open({ height: 1500, settings: { 'netTrace.runs.keep': 1 } });
});
afterAll(() => vs?.close());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await vs.shot(`failed-${task.name.slice(0, 40).replace(/\W+/g, '-')}`);
});

let runs = 0;
/** Starts a configuration and waits for its rows; each run replaces the one before. `covered`: by the terminal. */
async function start(name: string, covered = false): Promise<string[]> {
  runs++;
  await vs.debug(name);
  if (covered) {
    await vs.page.locator('.terminal-wrapper.active').waitFor();
    await vs.page.locator('.statusbar-item', { hasText: `${whole.length} requests` }).waitFor();
    await vs.command('Net Trace: Show Requests');
  }
  await until(async () => {
    const rows = await rowsIn(vs.panel);
    return rows.length >= whole.length && rows.every((r) => r.run === runs);
  }, `the rows of ${name}`);
  await vs.panel.getByText('The program ended').waitFor();
  return describeRows(await rowsIn(vs.panel));
}

describe('ways to start', { timeout: 120_000 }, () => {
  it('"netTrace": true on any Node configuration', async () =>
    expect(await start('Plain Node with netTrace')).toEqual(whole));

  it('in the integrated terminal', async () => expect(await start('In a terminal', true)).toEqual(whole));

  it('by an npm script', async () => expect(await start('By npm')).toEqual(whole));

  it('Start Without Debugging', async () => {
    runs++;
    await vs.command('Debug: Start Without Debugging');
    await until(async () => (await rowsIn(vs.panel)).filter((r) => r.run === runs).length === whole.length, 'the rows');
  });

  it('the command "Debug with Net Trace", for the open file', async () => {
    runs++;
    await vs.openFile('shop.js');
    await vs.command('Net Trace: Debug with Net Trace');
    await vs.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Current file' }).click();
    await until(async () => (await rowsIn(vs.panel)).filter((r) => r.run === runs).length === whole.length, 'the rows');
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
});

describe('one message says why nothing is traced, and what to do', { timeout: 120_000 }, () => {
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
    await vs.command('Debug: Stop');
  });
});

/**
 * The kernel's side: one line says what is on and what needs permission; Enable and Remove say what they do, and do it in
 * the terminal.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, it } from 'vitest';
import { installedFile } from '../../../src/helper/permission';
import { inWindow, vs } from '../testing/shared';
import { until } from '../testing/window';

const helper = join(__dirname, `../../../dist/native/linux-${process.arch}/nettrace-helper`);
const isThere = existsSync(helper);
const root = process.getuid?.() === 0;
/** One that the user has installed is left alone. */
const mayInstall = isThere && root && !existsSync(installedFile);
if (!isThere) console.log('skipped: the kernel’s line: the helper is not built');
if (!mayInstall) console.log('skipped: removing the helper: needs root, the helper, and none that is installed');

export function kernelSide(): void {
  inWindow({ width: 1400, height: 900 });
  afterAll(() => {
    if (mayInstall && existsSync(installedFile)) execFileSync(installedFile, ['uninstall']);
  });
  const dialog = () => vs.page.locator('.monaco-dialog-box');

  it.skipIf(!isThere)('the line says what is on and what could be; Enable says what it would do', async () => {
    await vs.debug('Shop');
    await vs.panel.getByText('The program ended').waitFor();
    const rest = root ? 'off' : 'need permission';
    const menu = vs.panel.getByRole('menu', { name: 'Kernel statistics' });
    // What could be had is known about two seconds after the program began, and the menu has what was known when it opened.
    await until(async () => {
      try {
        await vs.panel.getByRole('button', { name: 'kernel: basic' }).click({ timeout: 3000 });
        await menu.getByText(`events, conntrack, packets: ${rest}`).waitFor({ timeout: 3000 });
        await menu.getByRole('menuitem', { name: 'Enable…' }).click({ timeout: 3000 });
        return true;
      } catch {
        await vs.page.keyboard.press('Escape');
        return false;
      }
    }, 'the menu of the kernel statistics');
    await dialog()
      .getByText(root ? 'Turn on kernel events and connection tracking?' : 'Give the helper permission')
      .waitFor();
    await dialog()
      .getByText(root ? 'sets netTrace.helper to "all"' : 'nettrace-helper install')
      .waitFor();
    await vs.shot('kernel-enable');
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await dialog().waitFor({ state: 'hidden' });
  });

  it.skipIf(!mayInstall)('Remove shows its command, runs it in the terminal, and sees that it worked', async () => {
    execFileSync(helper, ['install', '--group', 'nogroup']);
    await vs.command('Net Trace: Remove Kernel Helper');
    await dialog().getByText(`${installedFile} uninstall`).waitFor();
    await dialog().getByRole('button', { name: 'Run in Terminal' }).click();
    await until(() => !existsSync(installedFile), 'the end of the installed helper');
    await vs.notification('the helper is removed').first().waitFor();
    await vs.shot('kernel-removed');
    await vs.page.locator('.xterm-rows', { hasText: `${installedFile} uninstall` }).waitFor();
    await vs.command('Terminal: Kill the Active Terminal Instance');
  });
}

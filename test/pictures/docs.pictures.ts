/**
 * Makes the pictures of the README and of the docs in a real VS Code with the samples: npm run pictures. Look at what it
 * made before you commit it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { lineOf, until, VsCode } from '../e2e/testing/window';
import { type Frame, gifOf } from './gif';

const root = join(import.meta.dirname, '../..');
const images = join(root, 'docs/images');
const line = (file: string, text: string) => lineOf(vs.workspace, `src/${file}`, text);
/** A low panel says it in its last line. */
const over = () => vs.panel.getByText(/The program ended|ended with exit code/).first();
const row = (name: string) => vs.panel.locator('[role=row][data-id]', { hasText: name });

let vs: VsCode;
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await vs.picture('failed-picture');
  await vs.close();
});

/** The checkout sample with a file of its own open, and no side bar. */
async function checkout(size: { width: number; height: number }): Promise<void> {
  vs = await VsCode.open({ workspace: join(root, 'samples/checkout'), others: [], ...size });
  await vs.openFile('payment.ts', line('payment.ts', '/confirm`'));
  await vs.command('Net Trace: Show Requests');
  await vs.panel.getByText('No requests yet').waitFor();
  if (await vs.page.locator('.part.sidebar').isVisible()) await vs.command('View: Toggle Primary Side Bar Visibility');
  await vs.page.locator('.part.sidebar').waitFor({ state: 'hidden' });
  await panelFrom(0.42 * size.height);
}

/** Draws the upper edge of the panel to there. */
async function panelFrom(y: number): Promise<void> {
  const top = async () => (await vs.page.locator('.part.panel').boundingBox())?.y ?? 0;
  const edge = await top();
  for (const sash of await vs.page.locator('.monaco-sash.horizontal:visible').all()) {
    const box = await sash.boundingBox();
    if (!box || Math.abs(box.y + box.height / 2 - edge) > 4) continue;
    await vs.page.mouse.move(box.x + 300, box.y + box.height / 2);
    await vs.page.mouse.down();
    await vs.page.mouse.move(box.x + 300, y, { steps: 8 });
    await vs.page.mouse.up();
  }
  await until(async () => Math.abs((await top()) - y) < 20, 'the panel with its new height');
}

/** Turns the wheel there until it is in sight. */
async function scrollTo(where: Locator, what: Locator): Promise<void> {
  await where.hover();
  for (let i = 0; i < 40 && !(await what.isVisible()); i++) {
    await vs.page.mouse.wheel(0, i < 20 ? -80 : 80);
    await vs.page.waitForTimeout(100);
  }
}

/** What VS Code says when it starts has nothing to do with us. Closes the details of a row, too. */
async function quiet(): Promise<void> {
  await vs.command('Notifications: Clear All Notifications');
  await rested();
}

/** Nothing is under the pointer. */
async function rested(): Promise<void> {
  await vs.page.mouse.move(5, 5);
  await vs.page.locator('.monaco-hover:visible').waitFor({ state: 'hidden' });
}

async function ended(): Promise<void> {
  await over().waitFor();
  // Starting a program opens the Run and Debug view.
  if (await vs.page.locator('.part.sidebar').isVisible()) await vs.command('View: Toggle Primary Side Bar Visibility');
  await quiet();
}

test('the panel below the code', async () => {
  await checkout({ width: 1440, height: 1100 });
  await vs.debug('Net Trace');
  await ended();
  await scrollTo(row('').first(), row('/pi_81/confirm').first());
  await row('/pi_81/confirm').first().click();
  await until(async () => (await vs.position()).line === line('payment.ts', '/confirm`'), 'the line of the call');
  await vs.panel.getByText('Waiting for server').first().waitFor();
  await rested();
  await vs.page.screenshot({ path: join(images, 'panel.png') });
});

test('stopped at a network breakpoint', async () => {
  vs = await VsCode.open({ width: 1400, height: 1200, others: [] });
  await vs.command('Net Trace: Show Requests');
  // VS Code lists what a debugger can stop at once it has begun.
  await vs.breakpoint('network.ts', line('network.ts', '// before all'));
  await vs.debug('Network');
  const box = vs.page.locator('.debug-breakpoints .monaco-list-row', { hasText: 'Network: status ≥ 400' });
  await scrollTo(vs.page.locator('.debug-breakpoints .monaco-list-row').first(), box);
  await box.locator('[role=checkbox]').click();
  await vs.page.locator('.action-label.codicon-debug-continue:visible').first().click();
  await vs.page.locator('.debug-call-stack').getByText('Network: Status ≥ 400').first().waitFor();
  await row('/404').first().waitFor();
  await until(async () => (await vs.position()).line === line('network.ts', '// 400'), 'the line of the call');
  await rested();
  await vs.page.screenshot({ path: join(images, 'breakpoint.png') });
  await vs.stop();
});

test('the animated picture: a run, a slow request, a failed one, the findings', async () => {
  await checkout({ width: 1180, height: 760 });
  await quiet();
  const frames: Frame[] = [];
  const take = async (ms: number) => {
    frames.push({ png: await vs.page.screenshot(), ms });
  };
  await take(1200);
  await vs.debug('Net Trace');
  await row('').first().waitFor();
  if (await vs.page.locator('.part.sidebar').isVisible()) await vs.page.keyboard.press('Control+B');
  while (!(await over().isVisible()) && frames.length < 40) {
    await take(350);
    await vs.page.waitForTimeout(250);
  }
  await ended();
  await take(1200);
  await scrollTo(row('').first(), row('/pi_81/confirm').first());
  await row('/pi_81/confirm').first().click();
  await vs.panel.getByText('Waiting for server').first().waitFor();
  await rested();
  await take(3000);
  await scrollTo(row('').first(), row('/customers/').first());
  await row('/customers/').first().click();
  await vs.panel.getByText(/TLS/).first().waitFor();
  await until(async () => (await vs.position()).line === line('payment.ts', '/customers/'), 'the line that failed');
  await rested();
  await take(3000);
  await vs.panel.locator('.seg', { hasText: 'Findings' }).getByText('Findings').click();
  await vs.panel.getByRole('radio', { name: 'Findings', checked: true }).waitFor();
  await rested();
  await take(3500);
  const gif = await gifOf(frames);
  // Of what a page with it has to load.
  expect(gif.length).toBeLessThan(2_500_000);
  writeFileSync(join(images, 'run.gif'), gif);
});

/**
 * Network breakpoints: set in VS Code's own Breakpoints view, each stops at the user's line with the request at hand;
 * and the same in our own view alone, with the debugger's messages left as they are.
 */
import { afterAll, expect, it } from 'vitest';
import { inWindow, vs } from '../../testing/shared';
import { lineOf, setChecked, until } from '../../testing/window';

const line = (mark: string) => lineOf(vs.workspace, 'src/network.ts', `// ${mark}`);
const rows = (pane: string) => vs.page.locator(`${pane} .monaco-list-row`);
/** A row of the Breakpoints view, scrolled to. */
const filter = async (name: string) => {
  const row = rows('.debug-breakpoints').filter({ hasText: `Network: ${name}` });
  await rows('.debug-breakpoints').first().hover();
  for (let i = 0; i < 20 && !(await row.isVisible()); i++) await vs.page.mouse.wheel(0, i < 10 ? 60 : -60);
  return row;
};
const check = async (name: string) => {
  const box = (await filter(name)).locator('[role=checkbox]');
  if (!(await box.isChecked())) await box.click();
};
const condition = async (name: string, text: string) => {
  const row = await filter(name);
  await row.hover();
  await row
    .locator('.codicon-edit, .codicon-debug-breakpoints-edit-condition, [aria-label^="Edit Condition"]')
    .first()
    .click();
  const box = vs.page.locator('.debug-breakpoints input');
  await box.fill(text);
  await box.press('Enter');
  await box.waitFor({ state: 'hidden' });
};
const stack = () => vs.page.locator('.debug-call-stack');
/** There while the program is paused, and its key works a moment later. */
const goOn = () => vs.page.locator('.action-label.codicon-debug-continue:visible').first().click();
/** The program goes on, and stops here for this reason. */
const goesOnTo = async (reason: string, mark: string) => {
  await goOn();
  await stack().getByText(reason, { exact: true }).first().waitFor();
  await until(async () => (await vs.position()).line === line(mark), `the line ${mark}`);
};
const variables = async () => (await rows('.debug-variables').allTextContents()).join('\n');
const typed = async (text: string) => {
  await vs.page.locator('.repl-input-wrapper .monaco-editor').first().click();
  await vs.page.keyboard.type(text);
  await vs.page.keyboard.press('Enter');
};
const printed = (text: string | RegExp) => vs.page.locator('.repl .monaco-list-row', { hasText: text }).first();

export function breakpoints(): void {
  inWindow({ width: 1400, height: 1300 });
  // What comes after is not to stop.
  afterAll(async () => {
    vs.set({ 'netTrace.breakpointsInDebugView': true });
    await vs.command('Net Trace: Disable All Network Breakpoints');
  });

  it('set in the Breakpoints view: each kind stops at the user’s line, with its condition', async () => {
    await vs.breakpoint('network.ts', line('before all'));
    await vs.debug('Network');
    await stack().getByText('Paused on breakpoint').first().waitFor();
    for (const kind of [
      'request starts',
      'response arrives',
      'request fails',
      'status ≥ 400',
      'status ≥ 500',
      'slow request',
      'first time',
      'body not read',
    ])
      await check(kind);
    await condition('request starts', 'path:/first');
    await condition('response arrives', 'path:/answer');
    await condition('status ≥ 400', 'method:POST');
    // On a busy machine any request is slow.
    await condition('slow request', '200ms path:/slow');
    await condition('first time', 'host:localhost');

    await goesOnTo('Network: request starts', 'starts');
    await until(
      async () => /Request\n[\s\S]*url ='http:.*\/first'/.test(await variables()),
      'the request among the variables',
    );
    // A step leads out of the hook, to the call.
    await vs.page.locator('.action-label.codicon-debug-step-over:visible').first().click();
    await stack().getByText('Paused', { exact: true }).first().waitFor();
    expect((await vs.position()).line).toBe(line('starts'));
    await goesOnTo('Network: response arrives', 'arrives');
    await goesOnTo('Network: status ≥ 400', '400');
    await until(async () => /status =404/.test(await variables()), 'its status among the variables');
    await vs.page.mouse.move(800, 600);
    await vs.shot('network-breakpoint');
    await goesOnTo('Network: status ≥ 500', '500');
    await vs.command('Debug Console: Focus on Debug Console View');
    await typed('$net.request.status + 1');
    await printed(/^504$/).waitFor();
    await goesOnTo('Network: request fails', 'fails');
    await goesOnTo('Network: slow request (> 200 ms)', 'slow');
    await goesOnTo('Network: first time a host is seen', 'host');
    await goesOnTo('Network: body not read', 'unread');
    await printed('Network: status ≥ 500 (hit 1): GET http://127.0.0.1').waitFor();
    await goOn();
    await stack().locator('.monaco-list-row').first().waitFor({ state: 'hidden' });
  });

  it('in our own view alone: the same list; a log message is printed, with its line as a link', async () => {
    vs.set({ 'netTrace.breakpointsInDebugView': false });
    await vs.command('Net Trace: Edit Network Breakpoint');
    await vs.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Status ≥ 500' }).click();
    await vs.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Log message' }).click();
    await vs.page.locator('.quick-input-title', { hasText: 'Log Message' }).waitFor();
    await vs.page.locator('.quick-input-widget input.input').first().fill('{method} {path} gave {status}');
    await vs.page.keyboard.press('Enter');
    await vs.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await vs.debug('Network');
    await stack().getByText('Paused on breakpoint').first().waitFor();
    await goesOnTo('Paused on debugger statement', 'starts');
    expect(await variables()).not.toContain('Request');
    const view = vs.page.locator('.pane', { hasText: 'Network Breakpoints' });
    await view.locator('.pane-header', { hasText: 'Network Breakpoints' }).click();
    for (const kind of ['Response arrives', 'Status ≥ 400']) {
      const row = view.locator('.monaco-list-row', { hasText: kind });
      await setChecked(row.getByRole('checkbox'), false);
      // The label comes from our list.
      await until(async () => (await row.getAttribute('aria-label'))?.includes('Not enabled'), `${kind} disabled`);
    }
    await goOn();
    await vs.command('Debug Console: Focus on Debug Console View');
    await printed('GET /503 gave 503').waitFor();
    await printed('GET /503 gave 503')
      .locator('a', { hasText: `network.ts:${line('500')}` })
      .waitFor();
    await vs.stop();
  });
}

/** Recorded bodies in editors, copies, and requests that are sent again from the panel and from a document. */
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inWindow, vs } from '../testing/shared';
import { until } from '../testing/window';

const image =
  'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mP8z8BQz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC';
const arrived: { method: string; url: string; body: string; note: string | undefined }[] = [];
let server: Server;

const program = (base: string) => `
const note = { 'x-note': 'from the program', authorization: 'Bearer not-to-be-seen' };
await fetch('${base}/items');
await (await fetch('${base}/logo.png')).arrayBuffer();
await (await fetch('${base}/page')).text();
await (await fetch('${base}/orders', { method: 'POST', headers: { 'x-note': note['x-note'], 'content-type': 'application/json' }, body: '{"apples":2}' })).text();
await (await fetch('${base}/orders/1', { method: 'DELETE' })).text();
await (await fetch('${base}/login', { headers: note })).text();
`;

async function serve(): Promise<string> {
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => {
      body += piece;
    });
    request.on('end', () => {
      const { method = '', url = '' } = request;
      arrived.push({ method, url, body, note: request.headers['x-note'] as string | undefined });
      if (url === '/logo.png') response.setHeader('content-type', 'image/png').end(Buffer.from(image, 'base64'));
      else if (url === '/page') response.setHeader('content-type', 'text/css').end('a{color:red}b{color:blue}');
      else
        response
          .setHeader('content-type', 'application/json')
          .end(`{"method":"${method}","items":[1,2,{"id":12345678901234567890}]}`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function configure(base: string): void {
  mkdirSync(join(vs.workspace, 'tools'), { recursive: true });
  writeFileSync(join(vs.workspace, 'tools/orders.mjs'), program(base));
  const file = join(vs.workspace, '.vscode/launch.json');
  const launch = JSON.parse(readFileSync(file, 'utf8'));
  launch.configurations.push({
    type: 'net-trace',
    request: 'launch',
    name: 'Orders',
    program: `\${workspaceFolder}/tools/orders.mjs`,
    netTrace: { headers: 'values', bodies: 100_000, bodyTypes: ['*'] },
  });
  writeFileSync(file, JSON.stringify(launch, null, 2));
}

const row = (text: string) => vs.panel.locator('[role=row][data-id]', { hasText: text });
const sentRows = () => vs.panel.locator('[role=row][aria-label*="sent by you"]');
/** The program's figures; whether the newest row is in sight is none of them. */
const status = async () => ((await vs.panel.locator('.sb').textContent()) ?? '').replace(/\d+ new ↓/, '');
const editorText = async () =>
  ((await vs.page.locator('.editor-group-container.active .view-lines').first().textContent()) ?? '').replaceAll(
    '\u00a0',
    ' ',
  );
const lens = (text: string) =>
  vs.page.locator('.editor-group-container.active .codelens-decoration a', { hasText: text });

async function menu(text: string, entry: string): Promise<void> {
  await row(text).first().locator('.c-name').click({ button: 'right' });
  await vs.panel.locator('.menu').getByText(entry, { exact: true }).click();
}

export function sendingAgain(): void {
  inWindow({ width: 1400, height: 1100 });
  let before = '';
  beforeAll(async () => configure(await serve()));
  afterAll(() => {
    vs.set({ 'workbench.colorTheme': 'Dark Modern' });
    server.close();
  });

  it('a recorded body opens in an editor of its language, and is formatted on request', async () => {
    await vs.debug('Orders');
    await vs.panel.getByText('The program ended').first().waitFor();
    before = await status();
    await row('/items').first().click();
    await vs.panel.getByRole('tab', { name: 'Headers', exact: true }).click();
    await vs.panel.getByRole('button', { name: 'Open response body in an editor' }).click();
    await until(async () => (await vs.activeTab.textContent())?.includes('GET items response.json'), 'the body');
    await lens('Format').click();
    await until(async () => (await editorText()).includes('"id": 12345678901234567890'), 'the formatted body');
    expect(await vs.page.locator('[id="status.editor.mode"]').textContent()).toContain('JSON');
    await vs.shot('body-json-dark');
  });

  it('another language is formatted by VS Code’s own formatter', async () => {
    const lines = vs.page.locator('.editor-group-container.active .view-line');
    await menu('/page', 'Open response body');
    await until(async () => (await vs.activeTab.textContent())?.includes('GET page response.css'), 'the page');
    await lens('Format').waitFor();
    expect(await lines.count()).toBe(1);
    await vs.command('Net Trace: Format Body');
    await until(async () => (await lines.count()) > 3, 'the formatted page');
  });

  it('an image opens in the image viewer', async () => {
    await menu('/logo.png', 'Open response body');
    await until(async () => (await vs.activeTab.textContent())?.includes('GET logo.png response.png'), 'the image');
    await vs.editorPage.locator('img').first().waitFor();
  });

  it('copies have the recorded headers and body', async () => {
    const copied = async (entry: string) => {
      await vs.clipboard('nothing');
      await menu('POST', entry);
      await until(async () => (await vs.clipboard()) !== 'nothing', 'the copy');
      return vs.clipboard();
    };
    expect(await copied('Copy as cURL (bash)')).toContain(`--data-raw '{"apples":2}'`);
    const entry = JSON.parse(await copied('Copy as HAR entry'));
    expect(entry.request).toMatchObject({ method: 'POST', postData: { text: '{"apples":2}' } });
    expect(entry.response.status).toBe(200);
  });

  it('two requests are compared in VS Code’s diff editor', async () => {
    await row('/items').first().click();
    await row('/page')
      .first()
      .click({ modifiers: ['Control'] });
    await menu('/items', 'Compare the two');
    await until(async () => (await vs.activeTab.textContent())?.includes('GET /items ↔ GET /page'), 'the comparison');
    const sides = vs.page.locator('.editor-group-container.active .view-lines');
    const side = async (name: 'original' | 'modified') =>
      (await sides.nth(name === 'original' ? 0 : 1).textContent()) ?? '';
    await until(async () => (await sides.count()) >= 2, 'both sides');
    await until(async () => (await side('original')).includes('/items'), 'the first request');
    await until(async () => (await side('modified')).includes('/page'), 'the second request');
    expect(await side('original')).toMatch(/TCP.connect/);
    expect(await side('modified')).not.toMatch(/TCP.connect/);
    await vs.shot('compare-requests-dark');
    await vs.command('View: Revert and Close Editor');
  });

  it('a trace rule for requests like one begins with its condition', async () => {
    await menu('DELETE', 'Trace only requests like this…');
    const box = vs.page.locator('.quick-input-widget input.input').first();
    await until(
      async () => /^method:DELETE host:127\.0\.0\.1:\d+ path:\/orders\/\*$/.test(await box.inputValue()),
      'the condition',
    );
    await vs.page.keyboard.press('Escape');
  });

  it('a breakpoint for the failures of a call is that of its line', async () => {
    await menu('/items', 'Break when this call fails');
    const said = vs.page.locator('.statusbar-item', { hasText: 'the program stops when a call at orders.mjs:3 fails' });
    await said.first().waitFor();
    await vs.command('Net Trace: Disable All Network Breakpoints');
  });

  it('a setting that would record more opens from the details', async () => {
    await row('/items').first().click();
    await vs.panel.getByRole('tab', { name: 'Packets', exact: true }).click();
    await vs.panel.getByRole('button', { name: 'netTrace.capture' }).click();
    await vs.page.locator('.settings-editor .setting-item-label', { hasText: 'Capture' }).first().waitFor();
    await vs.page.keyboard.press('Escape');
    await vs.command('View: Close Editor');
    await vs.panel.getByRole('tab', { name: 'Headers', exact: true }).click();
  });

  it('Send Again sends as recorded, and asks before it changes something', async () => {
    arrived.length = 0;
    await menu('DELETE', 'Send again');
    const dialog = vs.page.locator('.monaco-dialog-box');
    await dialog.getByText('Send this DELETE again?').waitFor();
    expect(arrived).toEqual([]);
    await dialog.getByRole('button', { name: 'Send', exact: true }).click();
    await until(async () => (await sentRows().count()) === 1, 'the row');
    expect(arrived).toMatchObject([{ method: 'DELETE', url: '/orders/1' }]);
    expect(await sentRows().first().getAttribute('aria-label')).toContain('sent by you');
    await until(async () => (await vs.activeTab.textContent())?.includes('DELETE 1 response.json'), 'the response');
    // The program's figures are what they were.
    expect(await status()).toBe(before);
  });

  it('what is masked is not sent: it is opened to be completed', async () => {
    arrived.length = 0;
    await menu('/login', 'Send again');
    await vs.notification('not recorded: authorization').first().waitFor();
    await until(
      async () => (await editorText()).includes('# Left out, as the value was not recorded: authorization.'),
      'the document',
    );
    expect(arrived).toEqual([]);
    await vs.command('Notifications: Clear All Notifications');
    await vs.command('View: Revert and Close Editor');
  });

  it('Edit and Send: a document, changed and sent', async () => {
    arrived.length = 0;
    await menu('POST', 'Edit and send…');
    await until(async () => (await editorText()).includes('{"apples":2}'), 'the document');
    // Its text is there before it has the keyboard.
    await vs.page.locator('.monaco-editor.focused').first().waitFor();
    await vs.page.keyboard.press('Control+End');
    await vs.page.keyboard.press('Control+End');
    await vs.page.keyboard.type('\n### another\nDELETE nowhere');
    await until(async () => (await editorText()).includes('DELETE nowhere'), 'what was typed');
    await vs.page.locator('.cdr.squiggly-error').first().waitFor();
    await vs.shot('send-document-dark');
    await lens('Send with Net Trace').first().click();
    await until(async () => (await sentRows().count()) === 2, 'the row');
    expect(arrived).toEqual([{ method: 'POST', url: '/orders', body: '{"apples":2}', note: 'from the program' }]);
    await until(async () => (await vs.activeTab.textContent())?.includes('POST orders response.json'), 'the response');
    await vs.shot('sent-dark');
    vs.set({ 'workbench.colorTheme': 'Light Modern' });
    await vs.page.locator('.monaco-workbench.vs').waitFor();
    await vs.shot('sent-light');
    expect(await status()).toBe(before);
  });

  it('the rows that were sent are found by a query', async () => {
    const box = vs.panel.getByRole('combobox', { name: 'Filter' });
    await box.fill('is:sent-by-you');
    await until(async () => (await vs.panel.locator('[role=row][data-id^="r"] .c-name').count()) === 2, 'two rows');
    await box.fill('');
    // The document is not saved.
    await vs.page.locator('.tab', { hasText: 'Untitled' }).first().click();
    await vs.command('View: Revert and Close Editor');
  });
}

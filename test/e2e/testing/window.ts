/**
 * A window of a real VS Code under test: code-server with the extension, shown by a headless Chromium, and the handful
 * of things a user does in it. Every wait is for a state that can be seen.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { chromiumArguments, chromiumPath } from '../../../scripts/chromium.mjs';
import { type CodeServer, installCodeServer, startCodeServer } from '../../../scripts/code-server.mjs';

const root = join(__dirname, '../../..');
export const shots = join(root, 'shots/e2e');
const longest = 90_000;

export interface WindowOptions {
  /** Folder to open; copied, so that the test may change it. Default: the one beside this file, compiled. */
  workspace?: string;
  settings?: Record<string, unknown>;
  /** Folders of further extensions. Default: the one that uses our API. */
  others?: string[];
  /** Folder of ours. Default: the one in NETTRACE_EXTENSION, else this repository. */
  extension?: string;
  width?: number;
  height?: number;
}

/** Polls until `what` gives something truthy; for facts that are not in the page. */
export async function until<T>(what: () => T | Promise<T>, name: string, ms = longest): Promise<NonNullable<T>> {
  for (const end = Date.now() + ms; ; await new Promise((r) => setTimeout(r, 50))) {
    const found = await what();
    if (found) return found as NonNullable<T>;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for ${name}`);
  }
}

/**
 * Sets a check box of a tree. VS Code shows a click at once and asks the extension later: a second click before that would
 * take the first one back. A click on a list that is being drawn again may be lost: then once more.
 */
export async function setChecked(box: Locator, checked: boolean): Promise<void> {
  const isSet = async (): Promise<boolean> => (await box.getAttribute('aria-checked')) === String(checked);
  await until(
    async () => {
      if (await isSet()) return true;
      await box.click();
      if (!(await until(isSet, 'the click', 3000).catch(() => false))) return false;
      // VS Code drops a click while it loads the items of a view again, and then shows the state from before.
      await new Promise((done) => setTimeout(done, 300));
      return await isSet();
    },
    `a check box that is ${checked ? 'checked' : 'not checked'}`,
  );
}

/** Whether a process runs. */
export function alive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

export class VsCode {
  readonly #browser: Browser;
  readonly #server: CodeServer;
  readonly #folder: string;

  private constructor(
    readonly page: Page,
    browser: Browser,
    server: CodeServer,
    folder: string,
    readonly workspace: string,
  ) {
    this.#browser = browser;
    this.#server = server;
    this.#folder = folder;
  }

  static async open(o: WindowOptions = {}): Promise<VsCode> {
    await installCodeServer({ log: console.error });
    const folder = mkdtempSync(join(tmpdir(), 'nettrace-e2e-'));
    const workspace = join(folder, 'workspace');
    cpSync(o.workspace ?? join(__dirname, '../workspace'), workspace, { recursive: true });
    if (o.workspace === undefined) compile(workspace);
    const server = await startCodeServer({
      extension: o.extension ?? process.env.NETTRACE_EXTENSION ?? root,
      others: o.others ?? [join(__dirname, '../neighbour')],
      workspace,
      data: join(folder, 'data'),
      settings: {
        'window.commandCenter': false,
        'editor.minimap.enabled': false,
        'files.simpleDialog.enable': true,
        'debug.toolBarLocation': 'docked',
        // Without a graphics card, the processor draws the window at each blink, and the canvas of a terminal.
        'editor.cursorBlinking': 'solid',
        'terminal.integrated.gpuAcceleration': 'off',
        'workbench.colorTheme': 'Default Dark Modern',
        ...o.settings,
      },
    });
    const browser = await chromium.launch({
      executablePath: chromiumPath({ log: console.error }),
      args: chromiumArguments,
    });
    const page = await browser.newPage({
      viewport: { width: o.width ?? 1400, height: o.height ?? 900 },
      // Without a graphics card, what turns and moves takes half of a processor.
      reducedMotion: 'reduce',
    });
    page.setDefaultTimeout(longest);
    const window = new VsCode(page, browser, server, folder, workspace);
    const note = (text: string) =>
      window.#log.push(`${(performance.now() / 1000).toFixed(1)} s: ${text.slice(0, 400)}`);
    page.on('console', (message) => note(`${message.type()} ${message.text()}`));
    page.on('pageerror', (error) => note(String(error)));
    page.on('crash', () => note('the page crashed'));
    page.on('requestfailed', (request) => note(`${request.url().slice(-200)} ${request.failure()?.errorText}`));
    try {
      await page.goto(server.url);
      await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 60_000 });
    } catch (error) {
      await window.close();
      throw error;
    }
    return window;
  }

  /** What the browser printed, newest last. */
  readonly #log: string[] = [];

  /** For a page that did not come: what the browser printed, and what each frame holds. */
  async diagnosis(): Promise<string> {
    const frames = this.page.frames().map(async (frame) => {
      const text = await Promise.race([frame.content(), new Promise<string>((r) => setTimeout(r, 3000, 'no answer'))]);
      return `${frame.url().slice(0, 200)}\n  ${text.replace(/\s+/g, ' ').slice(0, 600)}`;
    });
    const contents = await Promise.all(frames.map((text) => text.catch(String)));
    return [...this.#log.slice(-60), ...contents.slice(1)].join('\n');
  }

  /** Loads the window again: a new extension host. What it is asked next waits for that by itself. */
  async reload(): Promise<void> {
    await this.page.reload();
    // The side bar shows what it showed before: the explorer, or Run and Debug.
    await this.page.locator('.part.sidebar .pane-body').first().waitFor({ timeout: 60_000 });
  }

  readonly #breakpoints: [file: string, line: number][] = [];

  /** Until the next `tidy`. */
  async breakpoint(file: string, line: number): Promise<void> {
    await this.openFile(file, line);
    await this.page.keyboard.press('F9');
    await this.page.locator('.margin .codicon-debug-breakpoint').first().waitFor();
    this.#breakpoints.push([file, line]);
  }

  /** Also after a reload, which may have lost the last changes: breakpoints that are gone stay so. */
  async #removeBreakpoints(): Promise<void> {
    for (let place = this.#breakpoints[0]; place; place = this.#breakpoints[0]) {
      await this.openFile(...place);
      const mark = this.page.locator('.margin .codicon-debug-breakpoint').first();
      const isThere = await mark.waitFor({ timeout: 2000 }).then(
        () => true,
        () => false,
      );
      if (isThere) {
        await this.page.keyboard.press('F9');
        await mark.waitFor({ state: 'hidden' });
      }
      this.#breakpoints.shift();
    }
  }

  /** As good as a new window: no editor, no breakpoint, an empty panel in front. Programs must have ended. */
  async tidy(size: { width: number; height: number }): Promise<void> {
    await this.page.setViewportSize(size);
    await this.#closeEditors();
    await this.#removeBreakpoints();
    await this.#closeEditors();
    await this.command('Net Trace: Show Requests');
    await this.clear();
  }

  async #closeEditors(): Promise<void> {
    if ((await this.page.locator('.editor-group-container .tab').count()) > 0)
      await this.command('View: Close All Editors');
  }

  /** No run is shown. One that still goes on would stay: then once more. */
  async clear(): Promise<void> {
    const empty = this.panel.getByText('No requests yet');
    const full = this.panel.locator('[role=row][data-id], .empty[data-is]:not([data-is=none])');
    await empty.or(full).first().waitFor();
    const isEmpty = async () => (await empty.isVisible()) && (await this.panel.locator('.msg').count()) === 0;
    for (let tries = 8; !(await isEmpty()); tries--) {
      await this.command('Net Trace: Clear');
      await until(isEmpty, 'an empty panel', tries > 0 ? 3000 : 0).catch((error) => {
        if (tries <= 0) throw error;
      });
    }
  }

  /** Changes settings of the workspace. They take effect a moment later: wait for what they bring about. */
  set(settings: Record<string, unknown>): void {
    const file = join(this.workspace, '.vscode/settings.json');
    const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    writeFileSync(file, JSON.stringify({ ...before, ...settings }, null, 2));
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  /** A picture to look at, below shots/e2e, where E2E_SHOTS asks for them: nothing compares them. */
  async shot(name: string): Promise<void> {
    if (process.env.E2E_SHOTS) await this.picture(name);
  }

  async picture(name: string): Promise<void> {
    mkdirSync(shots, { recursive: true });
    await this.page.screenshot({ path: join(shots, `${name}.png`) });
  }

  /** Types into the quick input until its first entry is the wanted one, then takes it. */
  async pick(key: string, text: string, entry: string | Locator): Promise<void> {
    const box = this.page.locator('.quick-input-widget input.input').first();
    const which = typeof entry === 'string' ? { hasText: entry } : { has: entry };
    const wanted = this.page.locator('.quick-input-list .monaco-list-row').filter(which).first();
    const focused = this.page.locator('.quick-input-list .monaco-list-row.focused').filter(which);
    // Extensions' entries come when their host is up, but not into a list that is already open; and a list may be drawn
    // again, or go, under the pointer. The key takes the entry in focus, which mostly is the wanted one.
    let patience = 500;
    await until(async () => {
      // A page in a frame that is just getting the focus takes the key, or closes the list: it is there at once or never.
      patience = Math.min(2 * patience, 8000);
      try {
        await this.page.keyboard.press('Escape');
        await this.page.keyboard.press(key);
        await box.waitFor({ timeout: patience });
        // Not typed: the text would go to a page in a frame that gets the focus meanwhile.
        await box.evaluate((input, value) => {
          (input as HTMLInputElement).focus();
          (input as HTMLInputElement).value = value;
          input.dispatchEvent(new Event('input', { bubbles: true }));
        }, text);
        await wanted.waitFor({ timeout: patience });
        if (await focused.isVisible()) await this.page.keyboard.press('Enter');
        else await wanted.click({ timeout: 3000 });
        return true;
      } catch {
        // A page in a frame may have the keys.
        await this.page
          .locator('.part.titlebar')
          .click({ position: { x: 200, y: 5 }, timeout: 3000 })
          .catch(() => undefined);
        return false;
      }
    }, `an entry ${text}`);
  }

  /** Runs a command of the palette by its whole title: the last used is first, `Clear Filter` before `Clear`. */
  async command(title: string): Promise<void> {
    const escaped = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    await this.pick(
      'F1',
      `>${title}`,
      this.page.locator('.label-name', { hasText: new RegExp(`^${escaped}(…|\\.\\.\\.)?$`) }),
    );
  }

  async openFile(name: string, line?: number): Promise<void> {
    const tab = this.page.locator(`.tab.active[data-resource-name="${name}"]`);
    // The last opened is first for a moment, and Enter may take that.
    await until(async () => {
      await this.pick('Control+P', name, name);
      return await tab.waitFor({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
    }, `an editor of ${name}`);
    if (line !== undefined) await this.goToLine(line);
  }

  async goToLine(line: number): Promise<void> {
    await this.page.locator('.editor-group-container.active .monaco-editor').first().waitFor();
    await this.page.keyboard.press('Control+G');
    await this.page.locator('.quick-input-widget input.input').first().fill(`:${line}`);
    await this.page.keyboard.press('Enter');
    await until(async () => (await this.position()).line === line, `the cursor at line ${line}`);
  }

  /** Gives a path to VS Code's own file dialog, once it shows what it suggests. */
  async answerDialog(path: string, suggests: RegExp): Promise<void> {
    const widget = this.page.locator('.quick-input-widget');
    const box = widget.locator('input.input').first();
    await until(async () => suggests.test(await box.inputValue()), 'the file dialog');
    // The dialog looks up each path, and restores its own until done; Enter before that is lost.
    await until(async () => {
      if ((await box.inputValue()) !== path) await box.fill(path);
      await box.press('Enter');
      return widget.waitFor({ state: 'hidden', timeout: 1500 }).then(
        () => true,
        () => false,
      );
    }, 'the end of the file dialog');
  }

  /** Starts a launch configuration by its name. */
  async debug(name: string): Promise<void> {
    await this.pick('Control+P', `debug ${name}`, name);
  }

  /** Ends what is debugged, launched or attached to, and waits until the debugger has let go of it. */
  async stop(): Promise<void> {
    // What has not begun cannot be stopped.
    await this.#sessions.filter({ hasText: /[0-9]/ }).waitFor();
    await this.stopAll();
  }

  /** Ends what is being debugged, if anything is. */
  async stopAll(): Promise<void> {
    await until(async () => {
      if (await this.#sessions.isVisible()) await this.page.keyboard.press('Shift+F5');
      return this.#sessions.waitFor({ state: 'hidden', timeout: 3000 }).then(
        () => true,
        () => false,
      );
    }, 'the end of debugging');
  }

  /** The number of sessions, whichever view is open. */
  get #sessions(): Locator {
    return this.page.locator('.activitybar .action-item:has(.codicon-run-view-icon) .badge-content');
  }

  /** Of the cursor, as the status bar says. */
  async position(): Promise<{ line: number; column: number }> {
    const text =
      (await this.page
        .locator('[id="status.editor.selection"]')
        .first()
        .textContent()
        .catch(() => '')) ?? '';
    const match = /Ln (\d+), Col (\d+)/.exec(text);
    return { line: Number(match?.[1]), column: Number(match?.[2]) };
  }

  get activeTab(): Locator {
    return this.page.locator('.editor-group-container.active .tab.active');
  }

  /** The page of the panel. */
  get panel(): FrameLocator {
    return this.#page('[src*="purpose=webviewView"]');
  }

  /** The page of the editor in front: an opened trace, or the panel's page as a tab. */
  get editorPage(): FrameLocator {
    return this.#page(':not([src*="purpose=webviewView"])');
  }

  #page(which: string): FrameLocator {
    const visible = this.page.locator(`iframe.webview.ready${which}`).filter({ visible: true });
    return visible.contentFrame().frameLocator('iframe#active-frame');
  }

  /** Texts drawn behind lines of code: Monaco draws only lines in view. */
  async notes(): Promise<string[]> {
    const texts = await this.page.evaluate(() =>
      [...document.querySelectorAll('.view-line span')]
        .map((s) => getComputedStyle(s, '::after').content)
        .filter((c) => c !== 'none' && c !== ''),
    );
    return texts.map((t) => t.replace(/^"|"$/g, '').replaceAll('\u00a0', ' '));
  }

  /** Notifications, as text. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast, .notifications-center').filter({ hasText: text });
  }

  /** Rests the pointer there until the editor's hover with this text is shown; `from`: px from the left, else the middle. */
  async hover(target: Locator, text: string, from?: (width: number) => number): Promise<Locator> {
    const hover = this.page.locator('.monaco-hover', { hasText: text });
    let tries = 0;
    await until(async () => {
      const at = await target.boundingBox();
      if (!at) return false;
      // A pointer that has not moved brings none.
      const x = at.x + (from?.(at.width) ?? at.width / 2) + (tries++ % 2);
      await this.page.mouse.move(x, at.y + at.height / 2);
      return hover.waitFor({ timeout: 2000 }).then(
        () => true,
        () => false,
      );
    }, 'the hover');
    return hover;
  }

  /** What is in it; `text`: puts that there first. */
  async clipboard(text?: string): Promise<string> {
    await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    return this.page.evaluate(async (put) => {
      if (put !== undefined) await navigator.clipboard.writeText(put);
      return navigator.clipboard.readText();
    }, text);
  }

  /** Folder of what VS Code and its extensions keep. */
  get data(): string {
    return join(this.#folder, 'data');
  }

  output(): string {
    return this.#server.output();
  }
}

/** TypeScript to JavaScript with source maps, as a user's build would. */
function compile(workspace: string): void {
  const types = join(root, 'node_modules/@types');
  execFileSync(process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    workspace,
    '--typeRoots',
    types,
  ]);
}

/** Line (from 1) of a text in a file of the workspace. */
export function lineOf(workspace: string, file: string, text: string): number {
  const line = readFileSync(join(workspace, file), 'utf8')
    .split('\n')
    .findIndex((l) => l.includes(text));
  if (line < 0) throw new Error(`${file} has no line with ${text}`);
  return line + 1;
}

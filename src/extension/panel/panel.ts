/** The view in VS Code's panel, and the same page as an editor tab. */
import * as vscode from 'vscode';
import { plural } from '../../model/base/text';
import type { HostCommand, ReplayMark } from '../../model/panel/protocol';
import type { TraceView } from '../details/view';
import { Disposables } from '../support/disposables';
import { commands, tabType, views } from '../support/ids';
import { pageHtml, pageOptions } from './html';
import { Page, type PageHost } from './page';

export class Panel implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #disposables = new Disposables();
  #view: vscode.WebviewView | undefined;
  #page: Page | undefined;
  #tab: { panel: vscode.WebviewPanel; page: Page } | undefined;
  /** Failures that the user has had before the eyes. */
  #seen = 0;
  #mark: ReplayMark | undefined;

  readonly #extension: vscode.Uri;
  readonly #runs: TraceView;
  readonly #host: Omit<PageHost, 'seenFailures'>;

  constructor(extension: vscode.Uri, runs: TraceView, host: Omit<PageHost, 'seenFailures'>) {
    this.#extension = extension;
    this.#runs = runs;
    this.#host = host;

    this.#disposables.add(
      // The page stays alive when another view is in front: going back and forth costs nothing and loses nothing.
      vscode.window.registerWebviewViewProvider(views.panel, this, {
        webviewOptions: { retainContextWhenHidden: true },
      }),
    );
    this.#disposables.add(runs.onDidChange(() => this.#showBadge()));
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { page, disposables } = this.#connect(view.webview, 'panel');
    this.#view = view;
    this.#page = page;
    page.setVisible(view.visible);
    disposables.add(view.onDidChangeVisibility(() => page.setVisible(view.visible)));
    view.onDidDispose(() => {
      disposables.dispose();
      if (this.#view === view) this.#view = this.#page = undefined;
    });
    this.#showBadge();
  }

  openInEditor(): void {
    if (this.#tab) {
      this.#tab.panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(tabType, 'Net Trace', vscode.ViewColumn.Active, {
      ...pageOptions(this.#extension),
      retainContextWhenHidden: true,
    });
    panel.iconPath = vscode.Uri.joinPath(this.#extension, 'media', 'net-trace-tab.svg');
    const { page, disposables } = this.#connect(panel.webview, 'tab');
    this.#tab = { panel, page };
    disposables.add(panel.onDidChangeViewState(() => page.setVisible(panel.visible)));
    panel.onDidDispose(() => {
      disposables.dispose();
      this.#tab = undefined;
    });
  }

  /** Brings the panel to the front; the focus stays where it is unless asked. */
  async show(options: { focus: boolean }): Promise<void> {
    await vscode.commands.executeCommand(`${views.panel}.focus`, { preserveFocus: !options.focus });
  }

  get visible(): boolean {
    return this.#view?.visible === true || this.#tab?.panel.visible === true;
  }

  /** To the tab when it is the active one, else to the panel. */
  command(command: HostCommand): void {
    this.#target()?.command(command);
  }

  /** Sets the position of the replay of the shown trace; undefined: there is none. */
  mark(mark: ReplayMark | undefined): void {
    this.#mark = mark;
    for (const page of [this.#page, this.#tab?.page]) page?.mark(mark);
  }

  /** Shows a row of the live runs. */
  async reveal(id: string, filter?: string): Promise<void> {
    if (!this.#tab?.panel.visible) await this.show({ focus: false });
    const page = this.#target();
    if (filter !== undefined) page?.filter(filter);
    page?.select(id);
  }

  /** Shows the requests that a query finds. */
  async filter(query: string): Promise<void> {
    if (!this.#tab?.panel.visible) await this.show({ focus: false });
    this.#target()?.filter(query);
  }

  #target(): Page | undefined {
    return this.#tab?.panel.active || (this.#tab?.panel.visible && !this.#view?.visible) ? this.#tab.page : this.#page;
  }

  #connect(webview: vscode.Webview, kind: 'panel' | 'tab'): { page: Page; disposables: Disposables } {
    webview.options = pageOptions(this.#extension);
    const disposables = this.#disposables.add(new Disposables());
    const page = disposables.add(
      new Page(webview, this.#runs, kind, {
        ...this.#host,
        seenFailures: (count) => {
          this.#seen = count;
          this.#showBadge();
        },
      }),
    );
    page.mark(this.#mark);
    webview.html = pageHtml(webview, this.#extension);
    return { page, disposables };
  }

  #showBadge(): void {
    if (!this.#view) return;
    const { failed, serverErrors } = this.#runs.status();
    this.#seen = Math.min(this.#seen, failed + serverErrors);
    const fresh = failed + serverErrors - this.#seen;
    const tooltip = `${plural(fresh, 'request')} failed or answered 5xx, not yet seen`;
    this.#view.badge = fresh > 0 ? { value: fresh, tooltip } : undefined;
  }

  dispose(): void {
    this.#tab?.panel.dispose();
    this.#disposables.dispose();
  }
}

/** The page's own commands, each a command of the palette. */
export const pageCommands: readonly (readonly [string, HostCommand])[] = [
  [commands.follow, 'follow'],
  [commands.focusFilter, 'focusFilter'],
  [commands.clearFilter, 'clearFilter'],
  [commands.nextFailed, 'nextFailed'],
  [commands.previousFailed, 'previousFailed'],
  [commands.openRequestBody, 'openRequestBody'],
  [commands.openResponseBody, 'openResponseBody'],
  [commands.sendAgain, 'sendAgain'],
  [commands.editAndSend, 'editAndSend'],
  [commands.copyUrl, 'copyUrl'],
  [commands.copyWiresharkFilter, 'copyWiresharkFilter'],
  [commands.toggleConnections, 'toggleView'],
  [commands.showBreakdown, 'tab1'],
  [commands.showHeaders, 'tab2'],
  [commands.showConnection, 'tab3'],
  [commands.showPackets, 'tab4'],
  [commands.showCode, 'tab5'],
];

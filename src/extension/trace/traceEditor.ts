/** The editor of traces, by default of `*.nettrace.json`: the same page as the panel, read-only. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { bytesText, messageOf } from '../../model/base/text';
import type { HostCommand } from '../../model/panel/protocol';
import type { TraceView } from '../details/view';
import { errorHtml, pageHtml, pageOptions } from '../panel/html';
import { Page, type PageHost } from '../panel/page';
import { Disposables } from '../support/disposables';
import { customEditor, optionalEditor } from '../support/ids';
import type { FileView } from './fileView';

class TraceFile implements vscode.CustomDocument {
  constructor(
    readonly uri: vscode.Uri,
    /** Absent: it cannot be shown, for that reason. */
    readonly view: FileView | undefined,
    readonly error: string | undefined,
  ) {}
  dispose(): void {}
}

interface Shown {
  file: TraceFile;
  page: Page;
  panel: vscode.WebviewPanel;
}

export class TraceEditors implements vscode.CustomReadonlyEditorProvider<TraceFile>, vscode.Disposable {
  readonly #disposables = new Disposables();
  readonly #shown = new Set<Shown>();
  readonly #activated = new vscode.EventEmitter<FileView>();
  /** An opened trace came to the front. */
  readonly onDidActivate = this.#activated.event;
  readonly #closed = new vscode.EventEmitter<FileView>();
  readonly onDidClose = this.#closed.event;

  readonly #extension: vscode.Uri;
  readonly #host: Omit<PageHost, 'seenFailures'>;

  constructor(extension: vscode.Uri, host: Omit<PageHost, 'seenFailures'>) {
    this.#extension = extension;
    this.#host = host;

    this.#disposables.add(this.#activated);
    this.#disposables.add(this.#closed);
    for (const provider of [
      ...[customEditor, optionalEditor].map((type) =>
        vscode.window.registerCustomEditorProvider(type, this, { webviewOptions: { retainContextWhenHidden: true } }),
      ),
    ])
      this.#disposables.add(provider);
  }

  /** The trace whose editor is in front, if it is one. */
  get active(): Shown | undefined {
    return [...this.#shown].find((s) => s.panel.active);
  }

  async openCustomDocument(uri: vscode.Uri): Promise<TraceFile> {
    try {
      const { FileView } = await import('../work');
      return new TraceFile(
        uri,
        await withProgress(uri, async () => new FileView(await readDocument(uri), basename(uri.path))),
        undefined,
      );
    } catch (error) {
      this.#host.log.warn(`a trace file cannot be shown: ${String(error)}`);
      return new TraceFile(uri, undefined, messageOf(error));
    }
  }

  resolveCustomEditor(file: TraceFile, panel: vscode.WebviewPanel): void {
    if (!file.view) {
      panel.webview.html = errorHtml(file.error ?? '');
      return;
    }
    panel.webview.options = pageOptions(this.#extension);
    const view = file.view;
    const page = new Page(panel.webview, view, 'file', { ...this.#host, seenFailures: () => {} });
    const shown: Shown = { file, page, panel };
    this.#shown.add(shown);
    const announce = () => panel.active && this.#activated.fire(view);
    const listener = panel.onDidChangeViewState(() => {
      page.setVisible(panel.visible);
      announce();
    });
    panel.onDidDispose(() => {
      this.#shown.delete(shown);
      listener.dispose();
      page.dispose();
      this.#closed.fire(view);
    });
    panel.webview.html = pageHtml(panel.webview, this.#extension);
    announce();
  }

  /** True if it went to a trace editor: one is in front. */
  command(command: HostCommand): boolean {
    this.active?.page.command(command);
    return this.active !== undefined;
  }

  /** Shows a row of an opened trace, in its editor. */
  reveal(view: TraceView, id: string, filter?: string): boolean {
    const shown = [...this.#shown].find((s) => s.file.view === view);
    if (!shown) return false;
    shown.panel.reveal(undefined, true);
    if (filter !== undefined) shown.page.filter(filter);
    shown.page.select(id);
    return true;
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

/** From this size on (bytes) opening takes long enough to be shown. */
const largeFile = 4_000_000;

/** Opening a large trace keeps the extension busy: what it does is said before. */
async function withProgress<T>(uri: vscode.Uri, work: () => Promise<T>): Promise<T> {
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size < largeFile) return work();
  const title = `Opening ${basename(uri.path)} (${bytesText(size)})…`;
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, async () => {
    // The notification leaves before the work begins.
    await new Promise((done) => setTimeout(done, 20));
    return work();
  });
}

/** Reads a trace. One that was cut off is shown as far as it is whole, and said to be so. */
export async function readDocument(uri: vscode.Uri): Promise<FileView['document']> {
  const { parseTrace, readTrace } = await import('../work');
  const read = async (recover: boolean) => {
    if (uri.scheme === 'file') return await readTrace(uri.fsPath, { recover });
    const { textOf } = await import('../work');
    const bytes = await vscode.workspace.fs.readFile(uri);
    const text = await textOf(oneOf(bytes), basename(uri.path));
    return parseTrace(text, { recover, name: uri.path });
  };
  try {
    return await read(false);
  } catch (error) {
    if ((error as { keeps?: number }).keeps === undefined) throw error;
    void vscode.window.showWarningMessage(String((error as Error).message));
    return await read(true);
  }
}

async function* oneOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

/** For dialogs: what can be opened. */
export const traceFilters = {
  Traces: ['nettrace.json', 'har', 'eve.json', 'json'],
  'Net Trace': ['nettrace.json', 'json'],
  'HAR 1.2': ['har'],
  'EVE HTTPTrace JSON': ['eve.json', 'json'],
  'All files': ['*'],
};

/** "Open Trace…": a dialog, then the editor. */
export async function openTrace(): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Open Trace',
    openLabel: 'Open Trace',
    canSelectMany: true,
    filters: traceFilters,
  });
  for (const uri of chosen ?? []) await vscode.commands.executeCommand('vscode.openWith', uri, customEditor);
}

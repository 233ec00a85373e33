/** The sign in the gutter of lines with network breakpoints of their own ("Break When This Call Fails"). */
import * as vscode from 'vscode';
import { Disposables } from '../support/disposables';
import type { BreakpointList } from './list';
import { signsOf } from './signs';

export class BreakpointSigns implements vscode.Disposable {
  readonly #disposables = new Disposables();
  readonly #sign: vscode.TextEditorDecorationType;

  readonly #list: BreakpointList;

  constructor(list: BreakpointList, extension: vscode.Uri) {
    this.#list = list;

    this.#sign = this.#disposables.add(
      vscode.window.createTextEditorDecorationType({
        gutterIconPath: vscode.Uri.joinPath(extension, 'media', 'network-breakpoint.svg'),
        gutterIconSize: 'contain',
        overviewRulerColor: new vscode.ThemeColor('debugIcon.breakpointForeground'),
        overviewRulerLane: vscode.OverviewRulerLane.Left,
      }),
    );
    const show = () => this.#show(vscode.window.visibleTextEditors);
    this.#disposables.add(list.onDidChange((what) => what === 'list' && show()));
    this.#disposables.add(vscode.window.onDidChangeVisibleTextEditors(show));
    show();
  }

  #show(editors: readonly vscode.TextEditor[]): void {
    for (const editor of editors) {
      const { document } = editor;
      if (document.uri.scheme !== 'file') continue;
      const signs = signsOf(this.#list.all(), document.uri.fsPath).filter(({ line }) => line <= document.lineCount);
      editor.setDecorations(
        this.#sign,
        signs.map(({ line, text }) => ({ range: document.lineAt(line - 1).range, hoverMessage: text })),
      );
    }
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

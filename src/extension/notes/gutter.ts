/** The sign in the gutter of lines that made requests: red where the last one failed, none where the line was changed. */
import * as vscode from 'vscode';
import { Disposables } from '../support/disposables';

interface Marked {
  /** In the document, from 0. */
  line: number;
  failed: boolean;
  changed: boolean;
}

export class GutterMarks implements vscode.Disposable {
  readonly #disposables = new Disposables();
  readonly #usual: vscode.TextEditorDecorationType;
  readonly #failed: vscode.TextEditorDecorationType;

  constructor(extension: vscode.Uri) {
    const sign = (name: string) =>
      this.#disposables.add(
        vscode.window.createTextEditorDecorationType({
          gutterIconPath: vscode.Uri.joinPath(extension, 'media', `${name}.svg`),
          gutterIconSize: 'contain',
        }),
      );
    this.#usual = sign('request-line');
    this.#failed = sign('request-line-failed');
  }

  show(editor: vscode.TextEditor, notes: readonly Marked[]): void {
    const ranges = (failed: boolean) =>
      notes.flatMap((n) => (n.changed || n.failed !== failed ? [] : [new vscode.Range(n.line, 0, n.line, 0)]));
    editor.setDecorations(this.#usual, ranges(false));
    editor.setDecorations(this.#failed, ranges(true));
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

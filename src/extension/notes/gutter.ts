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

  readonly #takenLines: (path: string) => ReadonlySet<number>;

  /** `takenLines`: lines (from 1) of a file with a sign of Net Trace's that says more: two in one place cover each other. */
  constructor(extension: vscode.Uri, takenLines: (path: string) => ReadonlySet<number>) {
    this.#takenLines = takenLines;
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
    const taken: ReadonlySet<number> = notes.length === 0 ? new Set() : this.#takenLines(editor.document.uri.fsPath);
    const ranges = (failed: boolean) =>
      notes.flatMap((n) =>
        n.changed || n.failed !== failed || taken.has(n.line + 1) ? [] : [new vscode.Range(n.line, 0, n.line, 0)],
      );
    editor.setDecorations(this.#usual, ranges(false));
    editor.setDecorations(this.#failed, ranges(true));
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

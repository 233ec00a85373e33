/** Two requests side by side, in VS Code's own diff editor. */
import * as vscode from 'vscode';
import type { TraceView } from '../details/view';
import { TextPages } from '../support/textPages';

type Work = () => Promise<Pick<typeof import('../work'), 'requestText'>>;

export class RequestComparisons implements vscode.Disposable {
  readonly #pages = new TextPages('nettrace-request');
  readonly #work: Work;

  constructor(work: Work) {
    this.#work = work;
  }

  /** The first called is on the left. */
  async open(view: TraceView, ids: readonly string[]): Promise<void> {
    const rows = ids.flatMap((id) => view.row(id) ?? []).sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0));
    const { requestText } = await this.#work();
    const [left, right] = rows.flatMap((row) => {
      const found = view.located(row.id);
      return found ? [this.#pages.add('request.txt', requestText(row, found.request, found.store, found.now))] : [];
    });
    if (!left || !right) {
      void vscode.window.showInformationMessage('Net Trace: one of the two requests is no longer there.');
      return;
    }
    const title = rows.map((r) => `${r.method} ${r.path}`).join(' ↔ ');
    await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: true });
  }

  dispose(): void {
    this.#pages.dispose();
  }
}

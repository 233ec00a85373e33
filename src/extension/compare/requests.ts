/** Two requests side by side, in VS Code's own diff editor. */
import * as vscode from 'vscode';
import type { TraceView } from '../details/view';
import { Disposables } from '../support/disposables';

const scheme = 'nettrace-request';

type Work = () => Promise<Pick<typeof import('../work'), 'requestText'>>;

export class RequestComparisons implements vscode.Disposable {
  readonly #disposables = new Disposables();
  readonly #texts = new Map<string, string>();
  readonly #work: Work;
  #count = 0;

  constructor(work: Work) {
    this.#work = work;
    const provideTextDocumentContent = ({ path }: vscode.Uri): string => this.#texts.get(path) ?? '';
    this.#disposables.add(vscode.workspace.registerTextDocumentContentProvider(scheme, { provideTextDocumentContent }));
    this.#disposables.add(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => uri.scheme === scheme && this.#texts.delete(uri.path)),
    );
  }

  /** The first called is on the left. */
  async open(view: TraceView, ids: readonly string[]): Promise<void> {
    const rows = ids.flatMap((id) => view.row(id) ?? []).sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0));
    const { requestText } = await this.#work();
    const documents = rows.flatMap((row) => {
      const found = view.located(row.id);
      if (!found) return [];
      const uri = vscode.Uri.from({ scheme, path: `/${++this.#count}/request.txt` });
      this.#texts.set(uri.path, requestText(row, found.request, found.store, found.now));
      return [uri];
    });
    const [left, right] = documents;
    if (!left || !right) {
      void vscode.window.showInformationMessage('Net Trace: one of the two requests is no longer there.');
      return;
    }
    const title = `${rows.map((r) => `${r.method} ${r.path}`).join(' ↔ ')}`;
    await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: true });
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

/** Read-only documents that exist while they are open: pages that Net Trace writes, such as comparisons. */
import * as vscode from 'vscode';
import { Disposables } from './disposables';

export class TextPages implements vscode.Disposable {
  readonly #disposables = new Disposables();
  readonly #texts = new Map<string, string>();
  readonly #scheme: string;
  #count = 0;

  constructor(scheme: string) {
    this.#scheme = scheme;
    const provideTextDocumentContent = ({ path }: vscode.Uri): string => this.#texts.get(path) ?? '';
    this.#disposables.add(vscode.workspace.registerTextDocumentContentProvider(scheme, { provideTextDocumentContent }));
    this.#disposables.add(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => uri.scheme === scheme && this.#texts.delete(uri.path)),
    );
  }

  /** `name`: what its tab is called. */
  add(name: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: this.#scheme, path: `/${++this.#count}/${name.replaceAll('/', '-')}` });
    this.#texts.set(uri.path, text);
    return uri;
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

/** What is wrong in documents of requests, marked at its line. Only in those that were made or sent from here. */
import * as vscode from 'vscode';
import { Disposables } from '../support/disposables';
import { Throttle } from '../support/throttle';
import { parseRequests } from './parse';

const gapMs = 300;

export class Faults implements vscode.Disposable {
  readonly #disposables = new Disposables();
  readonly #shown = this.#disposables.add(vscode.languages.createDiagnosticCollection('net-trace-requests'));
  /** Files of the REST Client extension may have what only it knows: they are checked once they were sent from here. */
  readonly #checked = new Set<vscode.TextDocument>();
  readonly #changed = new Set<vscode.TextDocument>();
  readonly #throttle = new Throttle(() => {
    for (const document of this.#changed) this.update(document);
    this.#changed.clear();
  }, gapMs);

  constructor(selector: vscode.DocumentSelector) {
    const opened = (document: vscode.TextDocument) => {
      if (document.isUntitled && vscode.languages.match(selector, document) > 0) this.update(document);
    };
    this.#disposables.add(vscode.workspace.onDidOpenTextDocument(opened));
    this.#disposables.add(
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (!this.#checked.has(document)) return;
        this.#changed.add(document);
        this.#throttle.ask();
      }),
    );
    this.#disposables.add(
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.#checked.delete(document);
        this.#changed.delete(document);
        this.#shown.delete(document.uri);
      }),
    );
  }

  update(document: vscode.TextDocument): void {
    this.#checked.add(document);
    const faults = parseRequests(document.getText()).flatMap((parsed) => parsed.faults);
    this.#shown.set(
      document.uri,
      faults.map(({ line, message }) => {
        const found = new vscode.Diagnostic(document.lineAt(line).range, message, vscode.DiagnosticSeverity.Error);
        found.source = 'Net Trace';
        return found;
      }),
    );
  }

  dispose(): void {
    this.#throttle.dispose();
    this.#disposables.dispose();
  }
}

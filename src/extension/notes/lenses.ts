/**
 * Notes above their lines, as CodeLenses. After each change VS Code waits before it asks for lenses, as long as providing
 * them took lately, and each further change begins that wait again. So a change is announced only after VS Code has asked
 * since the one before it: else, where all of its extensions are slow, lenses would never appear while requests run.
 */
import * as vscode from 'vscode';
import { commands } from '../support/ids';
import { Throttle } from '../support/throttle';
import type { LineReference } from './hover';

/** Between two changes. */
const gapMs = 1000;
/** After that, VS Code is taken to have dropped the change, as it does when its editor loses the focus. */
const timeoutMs = 5000;

export const codeFiles: vscode.DocumentSelector = [
  { scheme: 'file', language: 'javascript' },
  { scheme: 'file', language: 'typescript' },
  { scheme: 'file', language: 'javascriptreact' },
  { scheme: 'file', language: 'typescriptreact' },
];

interface Lens {
  reference: LineReference;
  text: string;
  /** In the document now, from 0. */
  line: number;
  changed: boolean;
}

export class Lenses implements vscode.Disposable, vscode.CodeLensProvider {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #throttle: Throttle;
  #registration: vscode.Disposable | undefined;
  #shown = false;
  /** Visible documents whose lenses VS Code has not asked for since the last change was announced. */
  readonly #due = new Set<vscode.TextDocument>();
  #announcedMs = 0;

  readonly #of: (document: vscode.TextDocument) => readonly Lens[];
  readonly #nowMs: () => number;

  constructor(of: (document: vscode.TextDocument) => readonly Lens[], nowMs: () => number = () => performance.now()) {
    this.#of = of;
    this.#nowMs = nowMs;

    this.#throttle = new Throttle(() => this.#announce(), gapMs, nowMs);
  }

  /** They may have changed. */
  update(shown: boolean): void {
    if (!shown && !this.#shown) return;
    this.#shown = shown;
    // Once there it stays: VS Code goes on showing the lenses of a removed provider for 30 seconds.
    this.#registration ??= vscode.languages.registerCodeLensProvider(codeFiles, this);
    this.#throttle.ask();
  }

  #announce(): void {
    const now = this.#nowMs();
    if (this.#due.size > 0 && now - this.#announcedMs < timeoutMs) {
      this.#throttle.ask();
      return;
    }
    this.#announcedMs = now;
    this.#due.clear();
    for (const { document } of vscode.window.visibleTextEditors) {
      if (vscode.languages.match(codeFiles, document) > 0) this.#due.add(document);
    }
    this.#changed.fire();
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    this.#due.delete(document);
    if (!this.#shown) return [];
    return this.#of(document).map(({ reference, text, line, changed }) => {
      const title = text.replace(/ {2,}/g, ' · ');
      return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
        title: `$(pulse) ${changed ? `${title} (line changed since)` : title}`,
        tooltip: 'Show these requests in Net Trace',
        command: commands.showLineRequests,
        arguments: [reference],
      });
    });
  }

  dispose(): void {
    this.#throttle.dispose();
    this.#registration?.dispose();
    this.#changed.dispose();
  }
}

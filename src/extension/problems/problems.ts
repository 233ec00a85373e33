/**
 * Findings of the last run in VS Code's Problems view, at the line that made the first of their requests. Files that the
 * run did not touch have none; a line that was changed since has none either, until the next run.
 */
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { settingId } from '../../model/options/places';
import type { FindingRow } from '../../model/panel/protocol';
import { isUsersLine } from '../../model/rows/row';
import { isRemote } from '../../session/sources/sourceFiles';
import type { TraceView } from '../details/view';
import type { Notes } from '../notes/notes';
import { Disposables } from '../support/disposables';
import { pathOf } from '../support/places';
import { problemsShown } from '../support/settings';
import { Throttle } from '../support/throttle';

const gapMs = 1000;
export const source = 'Net Trace';

const levels = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
} as const;
const shownBy = {
  errors: ['error'],
  errorsAndWarnings: ['error', 'warning'],
  all: ['error', 'warning', 'info'],
  off: [],
};

/** A finding at its line. */
export class FindingDiagnostic extends vscode.Diagnostic {
  constructor(
    readonly finding: FindingRow,
    /** Of the first of its requests. */
    readonly row: string,
    range: vscode.Range,
  ) {
    super(range, [finding.text, finding.advice].filter(Boolean).join(' '), levelOf(finding));
    this.source = source;
    this.code = finding.rule;
  }
}

const levelOf = ({ severity }: FindingRow): vscode.DiagnosticSeverity =>
  levels[severity as keyof typeof levels] ?? vscode.DiagnosticSeverity.Information;

export class Problems implements vscode.Disposable {
  readonly #disposables = new Disposables();
  readonly #collection = this.#disposables.add(vscode.languages.createDiagnosticCollection('netTrace'));
  readonly #throttle = this.#disposables.add(new Throttle(() => this.#update(), gapMs));
  #view: TraceView | undefined;
  #text = '';
  #listening: { dispose(): void } | undefined;

  /** `notes` know what is shown beside the code, and where its lines are now. */
  constructor(readonly notes: Notes) {
    this.#disposables.add(notes.onDidShow((view) => this.#show(view)));
    this.#disposables.add(notes.onDidEdit(() => this.#throttle.ask()));
    this.#disposables.add(
      vscode.workspace.onDidChangeConfiguration(
        (e) => e.affectsConfiguration(settingId('editorProblems')) && this.#throttle.ask(),
      ),
    );
  }

  #show(view: TraceView): void {
    this.#listening?.dispose();
    this.#view = view;
    this.#listening = view.onDidChange(() => this.#throttle.ask());
    this.#throttle.ask();
  }

  #update(): void {
    const byFile = new Map<string, FindingDiagnostic[]>();
    for (const [file, diagnostic] of this.#placed()) byFile.set(file, [...(byFile.get(file) ?? []), diagnostic]);
    const text = JSON.stringify(
      [...byFile].map(([file, list]) => [file, list.map((d) => [d.message, d.range, d.row])]),
    );
    // The same again would make the list flicker, at each request.
    if (text === this.#text) return;
    this.#text = text;
    this.#collection.clear();
    for (const [file, diagnostics] of byFile) this.#collection.set(vscode.Uri.file(file), diagnostics);
  }

  *#placed(): Generator<[file: string, FindingDiagnostic]> {
    const view = this.#view;
    const run = view?.runs().at(-1);
    const severities: readonly string[] = shownBy[problemsShown()];
    if (!view || !run || severities.length === 0) return;
    for (const finding of view.findings()) {
      if (finding.run !== run.number || !severities.includes(finding.severity)) continue;
      const row = finding.requests.map(({ id }) => view.row(id)).find((r) => r && isUsersLine(r.callSite));
      const { file, line } = row?.callSite ?? {};
      const path = file === undefined ? undefined : pathOf(file);
      if (!row || line === undefined || path === undefined || isRemote(path) || !existsSync(path)) continue;
      const at = this.notes.lineNow(path, line, Date.parse(run.beginTime));
      if (at === undefined) continue;
      yield [path, new FindingDiagnostic(finding, row.id, restOfLine(at - 1, (row.callSite?.column ?? 1) - 1))];
    }
  }

  dispose(): void {
    this.#listening?.dispose();
    this.#disposables.dispose();
  }
}

/** VS Code cuts it at the line's end. */
const restOfLine = (line: number, from: number): vscode.Range =>
  new vscode.Range(line, from, line, Number.MAX_SAFE_INTEGER);

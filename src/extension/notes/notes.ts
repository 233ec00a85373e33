/**
 * Notes beside the lines that made requests, in the editors that are visible: behind the line, above it (CodeLens), or
 * both. At most four updates a second. They move with edits and fade when their own line was changed since the run.
 */
import { realpathSync } from 'node:fs';
import * as vscode from 'vscode';
import { settingId } from '../../model/options/places';
import type { Run } from '../../model/panel/protocol';
import { isUsersLine, type Row } from '../../model/rows/row';
import { isRemote } from '../../session/sources/sourceFiles';
import type { TraceView } from '../details/view';
import { Disposables } from '../support/disposables';
import { pathOf } from '../support/places';
import { gutterMarks, notesMode } from '../support/settings';
import { Throttle } from '../support/throttle';
import { Edits } from './edits';
import { GutterMarks } from './gutter';
import { hoverOf, type LineReference } from './hover';
import { Lenses } from './lenses';
import { type LineSummary, summaryOf } from './summary';

const gapMs = 250;

interface Note extends LineSummary {
  reference: LineReference;
  /** Line in the document now, from 0. */
  line: number;
  changed: boolean;
}

export class Notes implements vscode.Disposable {
  readonly #disposables = new Disposables();
  readonly #throttle = new Throttle(() => this.#update(), gapMs);
  readonly #lenses = new Lenses((document) => this.#notesOf(document));
  readonly #edits = new Map<string, Edits>();
  /** By document. */
  #notes = new Map<string, Note[]>();
  #view: TraceView | undefined;
  #listening: { dispose(): void } | undefined;
  readonly #styles = {
    usual: decoration('editorCodeLens.foreground'),
    failed: decoration('errorForeground'),
    changed: decoration('editorGhostText.foreground'),
  };
  readonly #realPaths = new Map<string, string>();
  readonly #shown = new vscode.EventEmitter<TraceView>();
  readonly #changed = new vscode.EventEmitter<void>();
  /** Another view is shown beside the code. */
  readonly onDidShow = this.#shown.event;
  /** A document was edited. */
  readonly onDidEdit = this.#changed.event;

  readonly #gutter: GutterMarks;

  /** `takenLines`: lines (from 1) of a file with a sign of their own. */
  constructor(extension: vscode.Uri, takenLines: (path: string) => ReadonlySet<number>) {
    this.#gutter = this.#disposables.add(new GutterMarks(extension, takenLines));
    const add = (d: vscode.Disposable): unknown => this.#disposables.add(d);
    for (const style of Object.values(this.#styles)) add(style);
    add(this.#lenses);
    add(this.#shown);
    add(this.#changed);
    add(vscode.window.onDidChangeVisibleTextEditors(() => this.#throttle.ask()));
    add(vscode.workspace.onDidChangeTextDocument((e) => this.#edited(e)));
    add(
      vscode.workspace.onDidChangeConfiguration(
        (e) =>
          (['editorNotes', 'editorGutter'] as const).some((name) => e.affectsConfiguration(settingId(name))) &&
          this.#throttle.ask(),
      ),
    );
  }

  /** Sets whose requests are shown next to the code: those of the live runs, or of an opened trace. */
  show(view: TraceView): void {
    if (view === this.#view) return;
    this.#listening?.dispose();
    this.#view = view;
    this.#listening = view.onDidChange(() => this.#throttle.ask());
    this.#throttle.ask();
    this.#shown.fire(view);
  }

  /** Where a line (from 1) of a run that began then (wall clock, ms) is now; undefined: deleted, or changed itself. */
  lineNow(path: string, line: number, since: number): number | undefined {
    const edits = this.#edits.get(vscode.Uri.file(path).toString());
    if (edits === undefined) return line;
    const at = edits.now(line, since);
    return at === undefined || at.changed ? undefined : at.line;
  }

  /** Lines with a sign of their own are others now. */
  signsChanged(): void {
    this.#throttle.ask();
  }

  get shown(): TraceView | undefined {
    return this.#view;
  }

  /** The recorded line whose note is at a line of a document (from 0), with the newest request made there. */
  at(document: vscode.TextDocument, line: number): { reference: LineReference; last: Row } | undefined {
    const note = this.#notesOf(document).find((n) => n.line === line);
    return note && { reference: note.reference, last: note.rows.at(-1) as Row };
  }

  /** All requests of the line whose note is there, oldest first. */
  rowsAt(document: vscode.TextDocument, line: number): { reference: LineReference; rows: readonly Row[] } | undefined {
    return this.#notesOf(document).find((n) => n.line === line);
  }

  /** The newest request of a recorded line. */
  lastOf(reference: LineReference): Row | undefined {
    const rows = this.#view
      ?.rows()
      .filter((r) => r.callSite?.file === reference.file && r.callSite.line === reference.line);
    return rows && rows.length > 0 ? summaryOf(rows, 0).rows.at(-1) : undefined;
  }

  #update(): void {
    const mode = notesMode();
    const behind = mode === 'afterLine' || mode === 'both';
    const above = mode === 'codeLens' || mode === 'both';
    const editors = vscode.window.visibleTextEditors.filter((e) => e.document.uri.scheme === 'file');
    this.#notes = new Map();
    if (editors.length > 0) this.#collect(new Set(editors.map((e) => e.document)));
    const marked = gutterMarks();
    for (const editor of editors) {
      const notes = this.#notesOf(editor.document);
      this.#decorate(editor, behind ? notes : []);
      this.#gutter.show(editor, marked ? notes : []);
    }
    this.#lenses.update(above);
    // A running request's time goes on without news.
    if ([...this.#notes.values()].flat().some((n) => n.running)) this.#throttle.ask();
  }

  /** Makes the notes of some documents. */
  #collect(documents: ReadonlySet<vscode.TextDocument>): void {
    const view = this.#view;
    if (!view) return;
    const wanted = new Map([...documents].map((d) => [this.#realPath(d.uri.fsPath), d]));
    const byLine = new Map<vscode.TextDocument, Map<number, Row[]>>();
    for (const row of view.rows()) {
      if (!isUsersLine(row.callSite)) continue;
      const file = pathOf(row.callSite.file);
      const document = file === undefined ? undefined : wanted.get(this.#realPath(file));
      const { line } = row.callSite;
      // Without a line there is no place for a note.
      if (!document || line === undefined) continue;
      const lines = byLine.get(document) ?? new Map<number, Row[]>();
      byLine.set(document, lines);
      const rows = lines.get(line);
      if (rows) rows.push(row);
      else lines.set(line, [row]);
    }
    const runs = view.runs();
    const begins = new Map(runs.map((r) => [r.number, Date.parse(r.beginTime)]));
    const now = view.now();
    for (const [document, lines] of byLine) {
      this.#notes.set(
        document.uri.toString(),
        notesOf(document, lines, { runs, begins, now }, this.#edits.get(document.uri.toString())),
      );
    }
  }

  #notesOf(document: vscode.TextDocument): Note[] {
    return this.#notes.get(document.uri.toString()) ?? [];
  }

  #decorate(editor: vscode.TextEditor, notes: Note[]): void {
    const options = { usual: [], failed: [], changed: [] } as Record<
      'usual' | 'failed' | 'changed',
      vscode.DecorationOptions[]
    >;
    for (const note of notes) {
      const end = editor.document.lineAt(note.line).range.end;
      options[note.changed ? 'changed' : note.failed ? 'failed' : 'usual'].push({
        range: new vscode.Range(end, end),
        hoverMessage: hoverOf(note, note.reference, (id) => this.#view?.verdict(id)),
        // Two spaces in a row would be drawn as one.
        renderOptions: { after: { contentText: note.text.replaceAll(' ', '\u00a0') } },
      });
    }
    for (const [name, style] of Object.entries(this.#styles))
      editor.setDecorations(style, options[name as keyof typeof options]);
  }

  #edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (document.uri.scheme !== 'file' || contentChanges.length === 0 || !this.#view) return;
    const key = document.uri.toString();
    const edits = this.#edits.get(key) ?? new Edits();
    this.#edits.set(key, edits);
    for (const { range, text } of contentChanges) {
      const lastLine = range.start.line + (text.match(/\n/g)?.length ?? 0);
      const tail = lastLine < document.lineCount ? document.lineAt(lastLine).text : '';
      edits.add({
        at: Date.now(),
        startLine: range.start.line,
        startCharacter: range.start.character,
        endLine: range.end.line,
        endCharacter: range.end.character,
        lineBreaks: text.match(/\n/g)?.length ?? 0,
        beginsWithBreak: /^\r?\n/.test(text),
        endsWithBreak: text.endsWith('\n'),
        atLineEnd:
          tail.trim() === '' || (lastLine === range.start.line && tail.length <= range.start.character + text.length),
      });
    }
    this.#throttle.ask();
    this.#changed.fire();
  }

  /** The same file by whatever link it was reached. */
  #realPath(path: string): string {
    let real = this.#realPaths.get(path);
    if (real === undefined) {
      try {
        // A trace may name it: a share of another computer is not looked at.
        real = isRemote(path) ? path : realpathSync(path);
      } catch {
        real = path;
      }
      this.#realPaths.set(path, real);
    }
    return real;
  }

  dispose(): void {
    this.#throttle.dispose();
    this.#listening?.dispose();
    this.#disposables.dispose();
  }
}

function notesOf(
  document: vscode.TextDocument,
  lines: ReadonlyMap<number, Row[]>,
  { runs, begins, now }: { runs: readonly Run[]; begins: ReadonlyMap<number, number>; now: number },
  edits: Edits | undefined,
): Note[] {
  const notes: Note[] = [];
  for (const [recorded, rows] of lines) {
    const summary = summaryOf(rows, now, runs);
    const last = summary.rows.at(-1) as Row;
    const at = edits ? edits.now(recorded, begins.get(last.run) ?? 0) : { line: recorded, changed: false };
    if (!at || at.line > document.lineCount || !last.callSite) continue;
    notes.push({
      ...summary,
      reference: { file: last.callSite.file, line: recorded },
      line: at.line - 1,
      changed: at.changed,
    });
  }
  return notes;
}

function decoration(color: string): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    after: { margin: '0 0 0 3ch', color: new vscode.ThemeColor(color) },
    rangeBehavior: vscode.DecorationRangeBehavior.OpenClosed,
  });
}

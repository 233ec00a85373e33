/**
 * Recorded bodies as read-only files of VS Code, so that each opens in what the user has for its kind: an editor with the
 * right language, the image viewer, a hex editor. They are in memory, the last ones opened; a body that is closed and gone
 * can be opened again from its row.
 */
import * as vscode from 'vscode';
import { bytesText } from '../../model/base/text';
import type { BodyContent } from '../../model/records';
import { urlParts } from '../../model/rows/row';
import { masked } from '../../model/secrets/masked';
import { bytesOf } from '../copies/sent';
import type { TraceView } from '../details/view';
import { Disposables } from '../support/disposables';
import { bodyScheme, commands } from '../support/ids';
import { indentJson } from './indent';
import { bodyFileOf } from './kinds';

export type Side = 'request' | 'response';

const maxOpened = 30;

interface Opened {
  uri: vscode.Uri;
  bytes: Uint8Array;
  /** Counts up when it is formatted. */
  mtime: number;
  /** What the reader should know of it. */
  notes: string[];
  isText: boolean;
}

export class Bodies implements vscode.FileSystemProvider, vscode.CodeLensProvider {
  readonly #disposables = new Disposables();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<vscode.FileChangeEvent[]>());
  readonly onDidChangeFile = this.#changed.event;
  /** By path, the last opened at the end. */
  readonly #opened = new Map<string, Opened>();
  #count = 0;

  constructor() {
    const add = (d: vscode.Disposable) => this.#disposables.add(d);
    add(vscode.workspace.registerFileSystemProvider(bodyScheme, this, { isReadonly: true, isCaseSensitive: true }));
    add(vscode.languages.registerCodeLensProvider({ scheme: bodyScheme }, this));
    add(vscode.commands.registerCommand(commands.formatBody, (uri?: unknown) => this.#format(uri)));
  }

  /** Opens the body of a row's request or response, or says why there is none. */
  async open(view: TraceView, id: string, side: Side, column = vscode.ViewColumn.Active): Promise<void> {
    const request = view.located(id)?.request;
    if (!request) return;
    const content = side === 'request' ? request.body?.content : request.response?.content;
    const bytes = bytesOf(content);
    if (!content || !bytes) {
      void vscode.window.showInformationMessage(`Net Trace: ${whyNone(content, side)}`);
      return;
    }
    const { name, kind } = bodyFileOf({
      method: request.method ?? '',
      path: urlParts(request.url ?? '').path,
      side,
      contentType: content.contentType ?? (side === 'response' ? request.response?.contentType : undefined),
      isBinary: content.encoding === 'base64',
      isCut: content.truncated === true,
    });
    const notes = notesOf(content);
    const uri = this.#add(name, bytes, notes, kind === 'text');
    if (kind !== 'text' && notes.length > 0) vscode.window.setStatusBarMessage(`Net Trace: ${notes.join(' ')}`, 8000);
    await vscode.commands.executeCommand('vscode.open', uri, { preview: true, viewColumn: column });
  }

  #add(name: string, bytes: Uint8Array, notes: string[], isText: boolean): vscode.Uri {
    for (const { uri, bytes: known } of this.#opened.values())
      if (uri.path.endsWith(`/${name}`) && Buffer.compare(known, bytes) === 0) return uri;
    const uri = vscode.Uri.from({ scheme: bodyScheme, path: `/${++this.#count}/${name}` });
    this.#opened.set(uri.path, { uri, bytes, mtime: Date.now(), notes, isText });
    for (const path of [...this.#opened.keys()].slice(0, -maxOpened)) this.#opened.delete(path);
    return uri;
  }

  #of(uri: vscode.Uri): Opened {
    const opened = this.#opened.get(uri.path);
    if (!opened) throw vscode.FileSystemError.FileNotFound('Open it again from its request in Net Trace.');
    return opened;
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { bytes, mtime } = this.#of(uri);
    return {
      type: vscode.FileType.File,
      ctime: 0,
      mtime,
      size: bytes.length,
      permissions: vscode.FilePermission.Readonly,
    };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return this.#of(uri).bytes;
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const opened = this.#opened.get(document.uri.path);
    if (!opened) return [];
    const top = new vscode.Range(0, 0, 0, 0);
    return [
      new vscode.CodeLens(top, { title: 'Format', command: commands.formatBody, arguments: [document.uri] }),
      ...opened.notes.map((title) => new vscode.CodeLens(top, { title, command: '' })),
    ];
  }

  /** JSON by our own hand, which changes no value; else by what VS Code has for the language. */
  async #format(given: unknown): Promise<void> {
    const uri = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
    const opened = uri?.scheme === bodyScheme ? this.#opened.get(uri.path) : undefined;
    if (!uri || !opened?.isText) return;
    const document = await vscode.workspace.openTextDocument(uri);
    const text = document.getText();
    const formatted = /^(json|jsonc|jsonl)$/.test(document.languageId) ? indentJson(text) : await formattedBy(document);
    if (formatted === undefined) {
      void vscode.window.showInformationMessage(`Net Trace: VS Code has no formatter for ${document.languageId}.`);
    } else if (formatted !== text) {
      opened.bytes = Buffer.from(formatted, 'utf8');
      opened.mtime++;
      this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    } else vscode.window.setStatusBarMessage('Net Trace: the body is formatted already.', 4000);
  }

  watch = (): vscode.Disposable => new vscode.Disposable(() => {});
  readDirectory = (): [string, vscode.FileType][] => [];
  createDirectory = (): never => refuse();
  writeFile = (): never => refuse();
  delete = (): never => refuse();
  rename = (): never => refuse();

  dispose(): void {
    this.#disposables.dispose();
    this.#opened.clear();
  }
}

const refuse = (): never => {
  throw vscode.FileSystemError.NoPermissions('A recorded body cannot be changed.');
};

/** VS Code starts the extension of a language when the first document of it is opened; its formatter comes some time after. */
const formatterMs = { whole: 5000, pause: 200 };

async function editsBy(document: vscode.TextDocument): Promise<vscode.TextEdit[] | undefined> {
  const options = { tabSize: 2, insertSpaces: true };
  const until = Date.now() + formatterMs.whole;
  for (;;) {
    const edits = await vscode.commands.executeCommand<vscode.TextEdit[] | undefined>(
      'vscode.executeFormatDocumentProvider',
      document.uri,
      options,
    );
    // No formatter yet: undefined. A server that still starts gives none, as for a text that is formatted.
    if ((edits !== undefined && edits.length > 0) || Date.now() >= until) return edits;
    await new Promise((done) => setTimeout(done, formatterMs.pause));
  }
}

/** Undefined: there is no formatter. */
async function formattedBy(document: vscode.TextDocument): Promise<string | undefined> {
  const edits = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'Net Trace: formatting the body' },
    () => editsBy(document),
  );
  if (!edits) return undefined;
  let text = document.getText();
  const byPlace = edits.map(({ range, newText }) => ({
    from: document.offsetAt(range.start),
    to: document.offsetAt(range.end),
    newText,
  }));
  for (const { from, to, newText } of byPlace.sort((a, b) => b.from - a.from))
    text = text.slice(0, from) + newText + text.slice(to);
  return text;
}

function notesOf(content: BodyContent): string[] {
  return [
    ...(content.truncated ? [`Only the beginning of ${bytesText(content.bytes)} was recorded.`] : []),
    ...(content.contentEncoding === undefined ? [] : ['It was sent compressed.']),
    ...(content.encoding === undefined && content.text?.includes(masked) ? [`Secrets are masked (${masked}).`] : []),
  ];
}

function whyNone(content: BodyContent | undefined, side: Side): string {
  const what = `the body of the ${side}`;
  if (content?.omitted === 'encoding') return `${what} was not kept: its content coding is unknown or corrupt.`;
  if (content?.omitted === 'limit') return `${what} was not kept: it is too long.`;
  if (content?.omitted !== undefined) return `${what} was not kept: it is not text.`;
  if (content) return `${what} is empty.`;
  return `${what} was not recorded. The setting netTrace.bodies records bodies from the next run.`;
}

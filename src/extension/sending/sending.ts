/**
 * Send Again, and Edit and Send: a recorded request as a document in the style of the REST Client extension, with a lens
 * that sends what stands there. What was sent is a row of its own, marked as the user's. Masked values are never sent, and
 * what changes something at the server is only sent again after a question.
 */
import * as vscode from 'vscode';
import { messageOf } from '../../model/base/text';
import type { Bodies } from '../bodies/bodies';
import { type Recorded, sentOf } from '../copies/sent';
import type { TraceView } from '../details/view';
import type { Panel } from '../panel/panel';
import type { Runs } from '../runs/runs';
import { Disposables } from '../support/disposables';
import { commands, requestLanguage } from '../support/ids';
import { documentOf, example } from './document';
import { Faults } from './faults';
import { type ParsedRequest, parseRequests, type RequestToSend } from './parse';
import { type Sender, type Sending as Sent, send } from './send';

const selector: vscode.DocumentSelector = { language: requestLanguage };
const safe = /^(GET|HEAD|OPTIONS)$/;

export interface SendingHost extends Omit<Sender, 'runs'> {
  runs: Runs;
  panel: Panel;
  bodies: Bodies;
}

export class Sending implements vscode.Disposable, vscode.CodeLensProvider {
  readonly #disposables = new Disposables();
  readonly #faults = this.#disposables.add(new Faults(selector));
  readonly #host: SendingHost;

  constructor(host: SendingHost) {
    this.#host = host;
    const add = (d: vscode.Disposable) => this.#disposables.add(d);
    add(vscode.languages.registerCodeLensProvider(selector, this));
    add(vscode.commands.registerCommand(commands.newRequest, () => open(example)));
    add(vscode.commands.registerCommand(commands.send, (uri?: unknown, line?: unknown) => this.#sendFrom(uri, line)));
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    return parseRequests(document.getText()).map(({ line }) => {
      const title = '$(send) Send with Net Trace';
      return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
        title,
        command: commands.send,
        arguments: [document.uri, line],
      });
    });
  }

  /** As a document; what is missing or masked is said in it. */
  async edit(view: TraceView, id: string): Promise<void> {
    const found = recordedAt(view, id);
    if (!found) return;
    const { row, recorded } = found;
    const more = row.protocol === 'h2' ? ['It was sent by HTTP/2, and is sent by HTTP/1.1 from here.'] : [];
    await open(documentOf(row, recorded, `${row.method} ${row.path}`, more));
  }

  /** As recorded. What cannot be sent so is opened as a document, where its faults are marked. */
  async again(view: TraceView, id: string): Promise<void> {
    const found = recordedAt(view, id);
    if (!found) return;
    const { notes } = sentOf(found.row, found.recorded);
    const text = documentOf(found.row, found.recorded, 'again');
    const [parsed] = parseRequests(text);
    if (!parsed?.request || notes.length > 0) {
      await this.edit(view, id);
      const why = parsed?.faults[0]?.message ?? notes[0] ?? 'It is not complete.';
      void vscode.window.showWarningMessage(`Net Trace: the request was not sent again as it is. ${why}`);
      return;
    }
    // The trace may be of somebody who wants it sent.
    if (!safe.test(parsed.request.method) || view.readOnly) {
      const { method, url } = parsed.request;
      const why = safe.test(method)
        ? 'The trace was opened from a file.'
        : `${method} may change something at the server.`;
      const detail = `${url.slice(0, 500)}\n\n${why}`;
      const yes = await vscode.window.showWarningMessage(`Send this ${method} again?`, { modal: true, detail }, 'Send');
      if (yes !== 'Send') return;
    }
    await this.#send(parsed.request);
  }

  /** The request at a line of a document, or at the cursor. */
  async #sendFrom(uri: unknown, line: unknown): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const document = uri instanceof vscode.Uri ? await vscode.workspace.openTextDocument(uri) : editor?.document;
    if (document?.languageId !== requestLanguage) return;
    const at = typeof line === 'number' ? line : (editor?.selection.active.line ?? 0);
    const parsed = requestAt(parseRequests(document.getText()), at);
    if (!parsed) {
      void vscode.window.showInformationMessage('Net Trace: there is no request here.');
      return;
    }
    this.#faults.update(document);
    const [fault] = parsed.faults;
    if (parsed.request) await this.#send(parsed.request);
    else if (fault)
      void vscode.window.showErrorMessage(`Net Trace: not sent. Line ${fault.line + 1}: ${fault.message}`);
  }

  async #send(request: RequestToSend): Promise<void> {
    const { runs, panel, bodies } = this.#host;
    const title = `Net Trace: sending ${request.method} ${request.url.slice(0, 80)}`;
    const location = vscode.ProgressLocation.Notification;
    let sent: Sent;
    try {
      sent = await vscode.window.withProgress({ location, title, cancellable: true }, (_, token) =>
        send(request, this.#host, new Promise<void>((resolve) => token.onCancellationRequested(() => resolve()))),
      );
    } catch (error) {
      void vscode.window.showErrorMessage(`Net Trace: the request was not sent: ${messageOf(error)}`);
      return;
    }
    if (sent.row !== undefined) {
      await panel.reveal(sent.row);
      if (runs.located(sent.row)?.request.response?.content?.text)
        await bodies.open(runs, sent.row, 'response', vscode.ViewColumn.Beside);
    }
    report(sent);
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

const open = async (content: string): Promise<void> => {
  const document = await vscode.workspace.openTextDocument({ language: requestLanguage, content });
  await vscode.window.showTextDocument(document, { preview: false });
};

function recordedAt(view: TraceView, id: string) {
  const at = view.located(id);
  const row = view.row(id);
  if (!at || !row) return undefined;
  const { headerLevel } = at.store.header.settings ?? {};
  const recorded: Recorded = { request: at.request, ...(headerLevel ? { headerLevel } : {}) };
  return { row, recorded };
}

/** The one that the line is in, else the last before it. */
const requestAt = (all: readonly ParsedRequest[], line: number): ParsedRequest | undefined =>
  all.find((r) => r.line <= line && line <= r.endLine) ?? all.findLast((r) => r.line <= line) ?? all[0];

function report({ status, location, isCut, error }: Sent): void {
  if (error !== undefined) {
    void vscode.window.showWarningMessage(`Net Trace: ${status === undefined ? 'no response' : status}: ${error}.`);
    return;
  }
  const text = [
    `answered ${status ?? 'without a status'}`,
    ...(location === undefined ? [] : [`redirect not followed: ${location.slice(0, 200)}`]),
    ...(isCut ? ['only the first 64 MiB of the response were read'] : []),
  ].join('; ');
  if (location === undefined && !isCut) vscode.window.setStatusBarMessage(`Net Trace: ${text}.`, 8000);
  else void vscode.window.showInformationMessage(`Net Trace: ${text}.`);
}

/** "Save Trace…": which run, where to, in which format (the name's suffix says). */
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Spill } from '../../formats';
import { messageOf, numberText, plural } from '../../model/base/text';
import type { Trace } from '../../model/records';

/**
 * Label and suffixes without their dot, as VS Code's dialog wants them; the first is added to a name that has none of
 * them. VS Code's own (not the system's) dialog matches the last part of a name only, so `json` is listed too.
 */
const filters = {
  'Net Trace (complete)': ['nettrace.json', 'json'],
  'Net Trace database (complete, SQLite)': ['nettrace.db', 'db'],
  'HAR 1.2 (for browsers’ tools)': ['har'],
  'EVE HTTPTrace JSON': ['eve.json', 'json'],
  'OpenTelemetry spans (OTLP/JSON)': ['otlp.json', 'json'],
};

export interface Savable {
  title: string;
  /** RFC 3339. */
  beginTime: string;
  requests: number;
  document(): Trace;
  /** What is on the disk of it, not in the document; undefined: nothing. */
  onDisk?: () => Spill | undefined;
}

/** What can be saved, newest last; asks which one when there are several. */
export async function chooseSavable(from: readonly Savable[]): Promise<Savable | undefined> {
  if (from.length < 2) return from[0];
  const items = from.map((run, i) => {
    const time = new Date(run.beginTime).toLocaleTimeString();
    return {
      label: run.title,
      description: `${time}, ${run.requests} requests`,
      detail: i === from.length - 1 ? 'newest' : '',
      run,
    };
  });
  const chosen = await vscode.window.showQuickPick(items.reverse(), { placeHolder: 'Choose a run to save' });
  return chosen?.run;
}

export async function saveTrace(run: Savable): Promise<void> {
  const { formatOf, isLossless, suffixes, writeTrace } = await import('../work');
  let target = await ask(vscode.Uri.file(join(folder(), nameFor(run.title, run.beginTime))));
  while (target && formatOf(target.fsPath) === undefined) {
    const again = 'Choose Another Name';
    const known = Object.values(suffixes).join(', ');
    const choice = await vscode.window.showErrorMessage(
      `${basename(target.fsPath)}: unknown file extension; use one of ${known}.`,
      again,
    );
    target = choice === again ? await ask(vscode.Uri.file(`${target.fsPath}${suffixes.native}`)) : undefined;
  }
  if (!target) return;
  // A program may go on while the user chooses a name.
  const document = run.document();
  const spill = run.onDisk?.();
  const missing = spill?.counted('requests') ?? 0;
  try {
    await writeTrace(document, target.fsPath, spill ? { spill } : {});
  } catch (error) {
    void vscode.window.showErrorMessage(`The trace was not saved: ${messageOf(error)}`);
    return;
  }
  const whole = isLossless(target.fsPath);
  void afterSaving(target, document.requests.length + (whole ? missing : 0), whole ? 0 : missing);
}

function ask(defaultUri: vscode.Uri): Thenable<vscode.Uri | undefined> {
  return vscode.window.showSaveDialog({ defaultUri, filters, title: 'Save Trace', saveLabel: 'Save Trace' });
}

/** `missing`: requests on the disk that this format does not get. */
async function afterSaving(target: vscode.Uri, requests: number, missing: number): Promise<void> {
  const rest =
    missing > 0
      ? ` They are the last ones: only .nettrace.json and .nettrace.db have the ${numberText(missing)} before, too.`
      : '';
  const text = `Saved ${plural(requests, 'request')} to ${basename(target.fsPath)}.${rest}`;
  await offerFile(target, text, 'Open');
}

/** Says what was saved, and offers to show where; `open`: to open it too, under this name. */
export async function offerFile(target: vscode.Uri, text: string, open?: string): Promise<void> {
  const reveal = 'Reveal';
  const choice = await vscode.window.showInformationMessage(text, ...(open === undefined ? [] : [open]), reveal);
  if (open !== undefined && choice === open) await vscode.commands.executeCommand('vscode.open', target);
  if (choice === reveal) {
    // A window on another machine has no file manager there; its explorer has.
    const inWorkspace = vscode.workspace.getWorkspaceFolder(target) !== undefined;
    await vscode.commands.executeCommand(
      inWorkspace && vscode.env.remoteName ? 'revealInExplorer' : 'revealFileInOS',
      target,
    );
  }
}

export function folder(): string {
  const workspace = vscode.workspace.workspaceFolders?.find((f) => f.uri.scheme === 'file');
  const active = vscode.window.activeTextEditor?.document.uri;
  return workspace?.uri.fsPath ?? (active?.scheme === 'file' ? dirname(active.fsPath) : homedir());
}

/** `net-trace-2026-11-21T10-31-05.nettrace.json`. */
export function nameFor(title: string, beginTime: string, suffix = '.nettrace.json'): string {
  const name =
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'trace';
  return `${name}-${beginTime.slice(0, 19).replaceAll(':', '-')}${suffix}`;
}

/** The commands of the palette, menus and keys. */
import * as vscode from 'vscode';
import { type GroupBy, groupings } from '../model/panel/grouping';
import type { HostCommand } from '../model/panel/protocol';
import type { Store } from '../model/store/store';
import { copyRows } from './copies/copies';
import type { Attacher } from './debug/attach/attacher';
import { debug } from './debug/attach/choose';
import type { TestDebugging } from './debug/debugTest';
import type { LineReference } from './notes/hover';
import type { Notes } from './notes/notes';
import type { PageFocus } from './panel/focus';
import { type Panel, pageCommands } from './panel/panel';
import type { Replays } from './replay/replays';
import { partsOfRowId } from './rows/rows';
import type { Runs } from './runs/runs';
import { commands, customEditor } from './support/ids';
import type { Log } from './support/log';
import { chooseSavable, type Savable, saveTrace } from './trace/save';
import { savePackets } from './trace/savePackets';
import { openTrace, type TraceEditors } from './trace/traceEditor';

export interface Parts {
  runs: Runs;
  panel: Panel;
  editors: TraceEditors;
  focus: PageFocus;
  notes: Notes;
  attacher: Attacher;
  replays: Pick<Replays, 'start' | 'shown'>;
  tests: Pick<TestDebugging, 'start'>;
  log: Log & Pick<vscode.LogOutputChannel, 'show'>;
}

export function registerCommands({
  runs,
  panel,
  editors,
  focus,
  notes,
  attacher,
  replays,
  tests,
  log,
}: Parts): vscode.Disposable[] {
  const handlers: Record<string, (...args: never[]) => unknown> = {
    [commands.debug]: (file?: vscode.Uri) => debug(file),
    [commands.debugTest]: (item?: unknown) => tests.start(item),
    [commands.replay]: (file?: unknown) => replays.start(file instanceof vscode.Uri ? file : undefined),
    [commands.attach]: (where?: unknown) => attacher.attach(where),
    [commands.detach]: (where?: unknown) => attacher.detach(where),
    [commands.save]: save,
    [commands.savePackets]: (row?: string) => savePackets(runs, row),
    [commands.open]: () => openTrace(),
    [commands.openFile]: (file?: unknown) =>
      file instanceof vscode.Uri ? vscode.commands.executeCommand('vscode.openWith', file, customEditor) : openTrace(),
    [commands.groupBy]: groupBy,
    // What is stepped through is a file; the runs behind it are not seen.
    [commands.clear]: () => (replays.shown ? undefined : runs.clear()),
    [commands.undoClear]: () => (replays.shown ? undefined : runs.undoClear()),
    [commands.openInEditor]: () => panel.openInEditor(),
    [commands.showPanel]: () => panel.show({ focus: true }),
    [commands.showRow]: (id?: unknown) => showRow(id),
    [commands.copyAsCurl]: (id?: unknown) => copyAsCurl(id),
    [commands.showLineRequests]: (where?: unknown) => showLine(where),
    [commands.openAsText]: () => {
      const file = editors.active?.file.uri ?? activeCustomEditor();
      return file && vscode.commands.executeCommand('vscode.openWith', file, 'default');
    },
    [commands.showLog]: () => log.show(true),
    [commands.showOutput]: () => vscode.commands.executeCommand('workbench.panel.repl.view.focus'),
  };
  const inPage = (command: HostCommand) => focus.command(command) || editors.command(command) || panel.command(command);
  for (const [id, command] of pageCommands) handlers[id] = () => inPage(command);
  return Object.entries(handlers).map(([id, handler]) => vscode.commands.registerCommand(id, handler));

  async function groupBy(): Promise<void> {
    const items = groupings.map((by) => ({ label: groupingWords[by], by }));
    const chosen = await vscode.window.showQuickPick(items, { placeHolder: 'Select what to group the requests by' });
    if (chosen) inPage(`groupBy:${chosen.by}`);
  }

  async function save(): Promise<void> {
    const opened = editors.active?.file.view;
    const from: Savable[] = opened
      ? [savable(opened.title, opened.store, () => opened.document)]
      : runs.list().map((run) => ({
          ...savable(run.title, run.store, () => run.document()),
          onDisk: () => run.recorder.evicted,
        }));
    const chosen = await chooseSavable(from);
    if (chosen) await saveTrace(chosen);
    else if (from.length === 0) void vscode.window.showInformationMessage('Net Trace: there is no trace to save yet.');
  }

  /** From a hover, whose rows are those of the notes. */
  function showRow(id: unknown): unknown {
    if (!isRowId(id)) return undefined;
    return notes.shown && editors.reveal(notes.shown, id) ? undefined : panel.reveal(id);
  }

  async function copyAsCurl(id: unknown): Promise<void> {
    if (isRowId(id) && notes.shown) await copyRows(notes.shown, 'curl', [id]);
  }

  function showLine(where: unknown): unknown {
    const found = lineOf(notes, where);
    if (!found) {
      void vscode.window.showInformationMessage('Net Trace: no request of the shown trace was made at this line.');
      return undefined;
    }
    const filter = found.last.callSite?.text ?? '';
    const { shown } = notes;
    if (shown && editors.reveal(shown, found.last.id, filter)) return undefined;
    return panel.reveal(found.last.id, filter);
  }
}

const isRowId = (id: unknown): id is string => typeof id === 'string' && partsOfRowId(id) !== undefined;

const groupingWords: Readonly<Record<GroupBy, string>> = {
  none: 'No grouping',
  host: 'Host',
  calledAt: 'Called at',
  connection: 'Connection',
  process: 'Process',
  test: 'Test',
};

/** A trace that cannot be shown has no page, but is still the active editor. */
function activeCustomEditor(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom ? input.uri : undefined;
}

/** As `lineOf`; for a line that has made no request so far, the place in the current file. */
export function siteOf(notes: Notes, where: unknown): LineReference | undefined {
  const given = where as Partial<LineReference & { lineNumber: number }> | undefined;
  if (typeof given?.file === 'string' && typeof given.line === 'number') return { file: given.file, line: given.line };
  const found = lineOf(notes, where);
  if (found) return found.reference;
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.uri.scheme !== 'file') return undefined;
  const line = typeof given?.lineNumber === 'number' ? given.lineNumber : editor.selection.active.line + 1;
  return { file: editor.document.uri.fsPath, line };
}

/** From a link (recorded line), the line number's menu, or the cursor. */
function lineOf(
  notes: Notes,
  where: unknown,
): { reference: LineReference; last: NonNullable<ReturnType<Notes['lastOf']>> } | undefined {
  const given = where as Partial<LineReference & { lineNumber: number; uri: vscode.Uri }> | undefined;
  if (typeof given?.file === 'string' && typeof given.line === 'number') {
    const reference = { file: given.file, line: given.line };
    const last = notes.lastOf(reference);
    return last && { reference, last };
  }
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const line = typeof given?.lineNumber === 'number' ? given.lineNumber - 1 : editor.selection.active.line;
  return notes.at(editor.document, line);
}

const savable = (title: string, { header, counts }: Store, document: Savable['document']): Savable => ({
  title,
  beginTime: header.beginTime,
  requests: counts.requests,
  document,
});

/** From a call site to the editor: files are paths or file: URLs, as in the records. */
import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { CallSite } from '../../model/records';
import { placeOf, type Row } from '../../model/rows/row';
import { isRemote } from '../../session/sources/sourceFiles';
import { pathOf } from './paths';

export { pathOf };

/** The place of a frame of a call chain, in the source where a map leads there; undefined: it has none. */
export function placeOfFrame(frame: object | undefined): NonNullable<Row['callSite']> | undefined {
  const { file, line, column, source } = (frame ?? {}) as Partial<CallSite>;
  if (typeof file !== 'string') return undefined;
  const at = typeof line === 'number' ? { line, column: column ?? 1 } : {};
  return placeOf({ file, ...at, kind: 'user', ...(source ? { source } : {}) });
}

/** Shows the place. `preview`: the focus stays where it is, and the tab is replaced by the next one. */
export async function showPlace(
  site: NonNullable<Row['callSite']>,
  preview: boolean,
  noNewGroup = false,
): Promise<void> {
  const viewColumn = codeColumn();
  if (noNewGroup && viewColumn === vscode.ViewColumn.Beside) return;
  const path = pathOf(site.file);
  if (path === undefined) {
    void vscode.window.showInformationMessage(`Net Trace: ${site.text} cannot be opened.`);
    return;
  }
  if (!(await mayOpen(path))) return;
  const at = new vscode.Position(Math.max(0, (site.line ?? 1) - 1), Math.max(0, (site.column ?? 1) - 1));
  try {
    await vscode.window.showTextDocument(vscode.Uri.file(path), {
      viewColumn,
      preserveFocus: preview,
      preview,
      selection: new vscode.Range(at, at),
    });
  } catch {
    void vscode.window.showWarningMessage(
      `Net Trace: ${path} cannot be opened; it may have been moved or deleted since the run.`,
    );
  }
}

/** A trace can name anything. What is missing is said by the attempt to open it. */
async function mayOpen(path: string): Promise<boolean> {
  if (isRemote(path)) {
    const open = 'Open';
    const text = `The trace names a file of another computer: ${path}. Opening it may send your credentials there.`;
    return (await vscode.window.showWarningMessage(text, { modal: true }, open)) === open;
  }
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || found.isFile()) return true;
  void vscode.window.showWarningMessage(`Net Trace: ${path} is not a regular file, so it is not opened.`);
  return false;
}

/**
 * Beside a Net Trace tab, never over it: a group with a text editor, else any other one, else a new one. The group is named
 * by its number: a click on a page makes its group the active one only a moment later.
 */
function codeColumn(): vscode.ViewColumn {
  // A preview of Markdown is a page too, but not ours.
  const isOurs = ({ activeTab }: vscode.TabGroup) =>
    (activeTab?.input instanceof vscode.TabInputWebview || activeTab?.input instanceof vscode.TabInputCustom) &&
    /(^|-)netTrace\./.test(activeTab.input.viewType);
  const { all, activeTabGroup: active } = vscode.window.tabGroups;
  if (!isOurs(active)) return active.viewColumn;
  const others = all.filter((g) => !isOurs(g));
  const other = others.find((g) => g.activeTab?.input instanceof vscode.TabInputText) ?? others[0];
  return other?.viewColumn ?? vscode.ViewColumn.Beside;
}

/** Launch configurations of replays: what is missing in them is asked for or has a default. */
import { basename, isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { customEditor, replayType } from '../support/ids';

/** Completes a configuration; undefined: the user gave up. */
export async function configurationOf(
  folder: vscode.WorkspaceFolder | undefined,
  config: vscode.DebugConfiguration,
): Promise<vscode.DebugConfiguration | undefined> {
  if (typeof config.trace !== 'string' || config.trace === '') return replayConfiguration(undefined);
  // Variables are replaced later; what begins with one is left to them.
  const isWhole = isAbsolute(config.trace) || config.trace.startsWith('${') || folder === undefined;
  return { ...quiet, ...config, trace: isWhole ? config.trace : join(folder.uri.fsPath, config.trace) };
}

/** The configuration of a file, of the trace in front, or of one that the user chooses; undefined: none was chosen. */
export async function replayConfiguration(
  trace: vscode.Uri | undefined,
): Promise<vscode.DebugConfiguration | undefined> {
  const file = trace ?? openedTrace() ?? (await chosenTrace());
  if (!file) return undefined;
  if (file.scheme !== 'file') {
    void vscode.window.showErrorMessage(
      'Net Trace: only a trace on a local disk can be debugged. Save it there first.',
    );
    return undefined;
  }
  return { ...quiet, type: replayType, request: 'launch', name: basename(file.path), trace: file.fsPath };
}

/** The Debug Console would come to the front over the panel. */
const quiet = { internalConsoleOptions: 'neverOpen' };

function openedTrace(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom && input.viewType === customEditor ? input.uri : undefined;
}

async function chosenTrace(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Debug Saved Trace',
    openLabel: 'Debug',
    filters: { Traces: ['nettrace.json', 'har', 'eve.json', 'json'], 'All files': ['*'] },
  });
  return chosen?.[0];
}

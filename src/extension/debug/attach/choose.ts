/** What "Debug with Net Trace" starts: the given file, or what the user chooses of all that the workspace can start. */
import * as vscode from 'vscode';
import { debugType } from '../../support/ids';
import { asksForTrace, titleMark } from '../launch/marker';
import { currentFile, fileConfiguration, folderConfigurations } from '../launch/suggestions';

/** A configuration, and the workspace folder that its variables are resolved in. */
interface Launch {
  config: vscode.DebugConfiguration;
  folder: vscode.WorkspaceFolder | undefined;
}

interface Choice extends Launch, vscode.QuickPickItem {}

const debuggerTypes = new Set([debugType, 'node', 'pwa-node']);

/** Debugs the given file, or a configuration that the user chooses. */
export async function debug(file: vscode.Uri | undefined): Promise<void> {
  const chosen =
    file instanceof vscode.Uri ? { config: fileConfiguration(file), folder: folderOf(file) } : await choose();
  if (!chosen) return;
  const { config, folder } = chosen;
  const isMarked = config.type === debugType || asksForTrace(config);
  await vscode.debug.startDebugging(folder, isMarked ? config : { ...config, netTrace: true });
}

async function choose(): Promise<Launch | undefined> {
  const items = await choices();
  if (items.length === 0) {
    void vscode.window.showInformationMessage(
      'Net Trace: open the JavaScript or TypeScript file to debug, or add a launch configuration or an npm script.',
    );
  }
  return items.length < 2
    ? items[0]
    : vscode.window.showQuickPick(items, { placeHolder: 'Select what to trace', matchOnDescription: true });
}

async function choices(): Promise<Choice[]> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const started = await Promise.all(
    folders.map(async (folder) =>
      (await folderConfigurations(folder)).map((config) => ({
        label: config.name.replace(/^Net Trace: /, ''),
        description: source('package.json', folder),
        config,
        folder,
      })),
    ),
  );
  return [...currentChoice(), ...launchChoices(folders), ...started.flat()];
}

function currentChoice(): Choice[] {
  const config = currentFile();
  if (!config) return [];
  return [
    {
      label: '$(file-code) Current file',
      description: config.name.replace(/^Net Trace: (Current|This Test) File ?/, `${config[titleMark]} `),
      config,
      folder: folderOf(vscode.window.activeTextEditor?.document.uri),
    },
  ];
}

/** Of each folder's launch.json, of the workspace file, and of the user's settings. */
function launchChoices(folders: readonly vscode.WorkspaceFolder[]): Choice[] {
  const inspect = (folder?: vscode.WorkspaceFolder) =>
    vscode.workspace.getConfiguration('launch', folder).inspect<vscode.DebugConfiguration[]>('configurations');
  const usable = (list: unknown): vscode.DebugConfiguration[] =>
    (Array.isArray(list) ? list : []).filter(
      (c) => debuggerTypes.has(c?.type) && (c.request === 'launch' || c.request === 'attach'),
    );
  const of = (list: unknown, description: string, folder = folders[0]): Choice[] =>
    usable(list).map((config) => ({ label: config.name, description, config, folder }));
  const shared = inspect();
  return [
    ...folders.flatMap((folder) => of(inspect(folder)?.workspaceFolderValue, source('launch.json', folder), folder)),
    // With a single folder the workspace's value is that of the folder.
    ...(vscode.workspace.workspaceFile ? of(shared?.workspaceValue, 'workspace') : []),
    ...of(shared?.globalValue, 'user settings'),
  ];
}

/** A file of a folder, named with the folder where there are several. */
function source(file: string, folder: vscode.WorkspaceFolder): string {
  return (vscode.workspace.workspaceFolders?.length ?? 0) > 1 ? `${folder.name} · ${file}` : file;
}

/** The folder of a file; the first one for a file outside. */
function folderOf(file: vscode.Uri | undefined): vscode.WorkspaceFolder | undefined {
  return (file && vscode.workspace.getWorkspaceFolder(file)) ?? vscode.workspace.workspaceFolders?.[0];
}

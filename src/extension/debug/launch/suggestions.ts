/** Launch configurations that need no launch.json: the open file, the package's program, the npm scripts. */
import { relative } from 'node:path';
import * as vscode from 'vscode';
import { debugType } from '../../support/ids';
import { launchOf, mainOf } from './fileLaunch';
import { titleMark } from './marker';

const languages = new Set(['javascript', 'typescript', 'javascriptreact', 'typescriptreact']);
const skipFiles = ['<node_internals>/**'];

export function isProgram(document: vscode.TextDocument | undefined): document is vscode.TextDocument {
  return document?.uri.scheme === 'file' && languages.has(document.languageId);
}

/** Runs the open file; undefined if it is no program. */
export function currentFile(): vscode.DebugConfiguration | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return isProgram(document) ? fileConfiguration(document.uri) : undefined;
}

export function fileConfiguration({ fsPath }: vscode.Uri): vscode.DebugConfiguration {
  const { launch, runner } = launchOf(fsPath);
  const isTest = runner !== undefined && runner !== 'tsx';
  const by = runner === undefined ? '' : ` (${runner})`;
  return {
    type: debugType,
    request: 'launch',
    name: `Net Trace: ${isTest ? 'This Test File' : 'Current File'}${by}`,
    ...launch,
    skipFiles,
    [titleMark]: vscode.workspace.asRelativePath(fsPath).replace(/^.*[\\/]/, ''),
  };
}

export async function dynamicConfigurations(
  folder: vscode.WorkspaceFolder | undefined,
): Promise<vscode.DebugConfiguration[]> {
  const current = currentFile();
  return [...(current ? [current] : []), ...(folder ? await folderConfigurations(folder) : [])];
}

/** What the folder's package.json can start. */
export async function folderConfigurations(folder: vscode.WorkspaceFolder): Promise<vscode.DebugConfiguration[]> {
  const main = mainOf(folder.uri.fsPath);
  const program = main === undefined ? [] : [mainConfiguration(folder, main)];
  return [...program, ...(await npmScripts(folder))];
}

function mainConfiguration(folder: vscode.WorkspaceFolder, main: string): vscode.DebugConfiguration {
  const name = relative(folder.uri.fsPath, main).replaceAll('\\', '/');
  return {
    type: debugType,
    request: 'launch',
    name: `Net Trace: ${name} (main)`,
    ...launchOf(main).launch,
    skipFiles,
  };
}

/** One configuration for each script of the folder's package.json. */
async function npmScripts(folder: vscode.WorkspaceFolder): Promise<vscode.DebugConfiguration[]> {
  try {
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder.uri, 'package.json'));
    const { scripts } = JSON.parse(new TextDecoder().decode(bytes)) as { scripts?: Record<string, string> };
    return Object.keys(scripts ?? {}).map((script) => ({
      type: debugType,
      request: 'launch',
      name: `Net Trace: npm run ${script}`,
      runtimeExecutable: 'npm',
      runtimeArgs: ['run', script],
      cwd: folder.uri.fsPath,
      skipFiles,
    }));
  } catch {
    // No package.json, or not one that can be read: no scripts to offer.
    return [];
  }
}

/** Launch configurations that need no launch.json: the open file, the npm scripts. */
import * as vscode from 'vscode';
import { debugType } from '../ids';

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

export function fileConfiguration(file: vscode.Uri): vscode.DebugConfiguration {
  return { type: debugType, request: 'launch', name: 'Net Trace: Current File', program: file.fsPath, skipFiles };
}

export async function dynamicConfigurations(
  folder: vscode.WorkspaceFolder | undefined,
): Promise<vscode.DebugConfiguration[]> {
  const current = currentFile();
  return [...(current ? [current] : []), ...(folder ? await npmScripts(folder) : [])];
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

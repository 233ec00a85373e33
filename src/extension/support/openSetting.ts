/** Opens one setting in VS Code's editor of settings. */
import * as vscode from 'vscode';

/** Those of the machine that the program runs on are not among the user's where that is another one. */
export function openSetting(name: string): Thenable<unknown> {
  const where = vscode.env.remoteName === undefined ? 'openSettings' : 'openRemoteSettings';
  return vscode.commands.executeCommand(`workbench.action.${where}`, { query: `@id:${name}` });
}

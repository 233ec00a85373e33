/** The first window of `npm start`: the panel in front, and the folder's README unless something is open already. */
const vscode = require('vscode');

exports.activate = async () => {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const isOpen = vscode.window.tabGroups.all.some((group) => group.tabs.length > 0);
  if (folder && !isOpen) {
    const readme = vscode.Uri.joinPath(folder.uri, 'README.md');
    await vscode.workspace.fs.stat(readme).then(
      () => vscode.commands.executeCommand('markdown.showPreview', readme),
      () => undefined, // a folder without one
    );
  }
  await vscode.commands.executeCommand('netTrace.showPanel');
};

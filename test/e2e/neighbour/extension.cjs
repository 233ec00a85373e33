// Traces by the interface of Net Trace until it has two requests, and writes what it received into the workspace.
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const vscode = require('vscode');

exports.activate = (context) => {
  context.subscriptions.push(vscode.commands.registerCommand('neighbour.trace', trace));
};

async function trace() {
  const exported = await vscode.extensions.getExtension('nettrace.nettrace').activate();
  const netTrace = await exported.getApi('test.neighbour');
  const stranger = await exported.getApi('no.such').catch((error) => error.message);
  const { id, enabled } = netTrace.traceRules.create({ condition: 'path:/a/*', description: 'the neighbour’s' });
  const early = netTrace.requests().length;
  netTrace.traceRules.update(id, { enabled: true });
  const requests = await new Promise((done) => {
    const listening = netTrace.onDidChangeRequests(() => {
      const finished = netTrace.requests('status:200');
      if (finished.length < 2) return;
      listening.dispose();
      done(finished);
    });
  });
  const refused = refusal(() => netTrace.traceRules.update(id, { enabled: false, condition: 'path:/b' }));
  const written = { version: exported.apiVersion, stranger, enabled, early, refused, id, requests };
  writeFileSync(
    join(vscode.workspace.workspaceFolders[0].uri.fsPath, 'neighbour.json'),
    JSON.stringify({ ...written, list: netTrace.traceRules.list(), deleted: netTrace.traceRules.delete(id) }),
  );
}

function refusal(f) {
  try {
    f();
  } catch (error) {
    return error.message;
  }
}

// Traces by the interface of Net Trace until it has two requests, and writes what it received into the workspace.
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const vscode = require('vscode');

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand('neighbour.trace', trace),
    vscode.commands.registerCommand('neighbour.ask', ask),
    testExplorer(),
  );
};

/** Tests of `prices.test.js`, debugged as extensions for test frameworks do: with the debugger for Node. */
function testExplorer() {
  const tests = vscode.tests.createTestController('neighbour', 'Neighbour');
  const [folder] = vscode.workspace.workspaceFolders;
  const prices = tests.createTestItem('prices', 'prices', vscode.Uri.joinPath(folder.uri, 'prices.test.js'));
  prices.range = new vscode.Range(0, 0, 14, 0);
  tests.items.add(prices);
  tests.createRunProfile('Debug', vscode.TestRunProfileKind.Debug, async (request) => {
    const run = tests.createTestRun(request);
    const program = tests.items.get('prices').uri.fsPath;
    const ended = new Promise((done) => {
      const listening = vscode.debug.onDidTerminateDebugSession(({ parentSession, name }) => {
        if (parentSession !== undefined || name !== 'Debug Tests') return;
        listening.dispose();
        done();
      });
    });
    await vscode.debug.startDebugging(
      folder,
      { type: 'pwa-node', request: 'launch', name: 'Debug Tests', program, runtimeArgs: ['--test'] },
      { testRun: run },
    );
    // The end of a test run ends what it debugs.
    await ended;
    run.end();
  });
  return tests;
}

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
  write('neighbour.json', { ...written, list: netTrace.traceRules.list(), deleted: netTrace.traceRules.delete(id) });
}

function write(name, value) {
  writeFileSync(join(vscode.workspace.workspaceFolders[0].uri.fsPath, name), JSON.stringify(value));
}

/** As an assistant uses tools; a call that fails gives its message. */
async function ask() {
  const call = async (name, input) => {
    try {
      const { content } = await vscode.lm.invokeTool(`nettrace_${name}`, { input, toolInvocationToken: undefined });
      return content.map((part) => part.value).join('');
    } catch (error) {
      return error.message;
    }
  };
  const listed = await call('list_requests', { limit: 3 });
  const [{ id }] = JSON.parse(listed.slice(listed.indexOf('\n'))).requests;
  write('asked.json', {
    tools: vscode.lm.tools.map(({ name }) => name).filter((name) => name.startsWith('nettrace_')),
    summary: await call('summary', {}),
    findings: await call('findings', {}),
    listed,
    explained: await call('explain_request', { id }),
    none: await call('summary', { run: 99 }),
    wrong: await call('list_requests', { query: 'statsu:500' }),
  });
}

function refusal(f) {
  try {
    f();
  } catch (error) {
    return error.message;
  }
}

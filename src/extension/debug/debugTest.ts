/**
 * "Debug Test with Net Trace": the test's own extension debugs it, as always, and what it starts meanwhile is traced with
 * recorded stacks, so that a request made by code of the program's is known to be of the test that called it.
 */
import * as vscode from 'vscode';
import type { Log } from '../support/log';

/** What VS Code gives with a menu of the Test Explorer or of the test's sign in the gutter. */
type Item = Partial<Pick<vscode.TestItem, 'uri' | 'range'>> | undefined;

export class TestDebugging {
  #running = 0;
  readonly #log: Pick<Log, 'error'>;

  constructor(log: Pick<Log, 'error'>) {
    this.#log = log;
  }

  /** A test that was started so runs. */
  get isRunning(): boolean {
    return this.#running > 0;
  }

  /** Without an item: the test at the cursor. */
  async start(item: unknown): Promise<void> {
    const { uri, range } = (typeof item === 'object' && item !== null ? item : {}) as NonNullable<Item>;
    if (item !== undefined && uri === undefined) {
      void vscode.window.showInformationMessage('Net Trace: choose a test, or a file of tests.');
      return;
    }
    if (uri) {
      const editor = await vscode.window.showTextDocument(uri);
      if (range) {
        editor.selection = new vscode.Selection(range.start, range.start);
        editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      }
    }
    // By the test's place: of a test of another extension no id can be had.
    const command = uri && !range ? 'testing.debugCurrentFile' : 'testing.debugAtCursor';
    this.#running++;
    try {
      await vscode.commands.executeCommand(command);
    } catch (error) {
      this.#log.error(`the test was not debugged: ${String(error)}`);
    } finally {
      this.#running--;
    }
  }

  /** A configuration that starts meanwhile, with what is recorded besides. What it says itself stays. */
  configured(config: vscode.DebugConfiguration): vscode.DebugConfiguration {
    const { netTrace } = config;
    if (!this.isRunning || netTrace === false) return config;
    return { ...config, netTrace: { stacks: true, ...(typeof netTrace === 'object' ? netTrace : {}) } };
  }
}

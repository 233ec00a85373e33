/** `26 requests, 4 failed, 2 answered 5xx, 5 running` in the status bar; absent when nothing is traced. */
import * as vscode from 'vscode';
import { numberText, plural } from '../../model/base/text';
import type { Status } from '../../model/panel/protocol';
import type { TraceView } from '../details/view';
import { Disposables } from '../support/disposables';
import { commands } from '../support/ids';
import { Throttle } from '../support/throttle';

export class StatusBar implements vscode.Disposable {
  readonly #disposables = new Disposables();
  readonly #item = vscode.window.createStatusBarItem('netTrace.status', vscode.StatusBarAlignment.Left, 0);

  readonly #runs: TraceView;

  constructor(runs: TraceView) {
    this.#runs = runs;

    this.#item.name = 'Net Trace';
    this.#item.command = commands.showPanel;
    const throttle = new Throttle(() => this.#update(), 250);
    this.#disposables.add(this.#item);
    this.#disposables.add(throttle);
    this.#disposables.add(runs.onDidChange(() => throttle.ask()));
  }

  #update(): void {
    if (this.#runs.runs().length === 0) {
      this.#item.hide();
      return;
    }
    const status = this.#runs.status();
    this.#item.text = `$(pulse) ${statusText(status)}`;
    this.#item.tooltip = status.recording
      ? 'Net Trace: recording. Show the requests.'
      : 'Net Trace: show the requests.';
    this.#item.show();
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

export function statusText({ requests, failed, serverErrors, running }: Status): string {
  const parts = [plural(requests, 'request')];
  if (failed > 0) parts.push(`${numberText(failed)} failed`);
  if (serverErrors > 0) parts.push(`${numberText(serverErrors)} answered 5xx`);
  if (running > 0) parts.push(`${numberText(running)} running`);
  return parts.join(', ');
}

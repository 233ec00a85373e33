/** Network breakpoints in VS Code: the list, its way to the programs, and what is printed and shown of their hits. */

import * as vscode from 'vscode';
import type { BreakpointHit } from '../../model/store/breakpointHit';
import type { Run } from '../runs/run';
import type { Runs } from '../runs/runs';
import { Disposables } from '../support/disposables';
import type { Log } from '../support/log';
import { pathOf } from '../support/paths';
import type { BreakpointList } from './list';
import { registerBreakpointTracker } from './tracker';

export interface BreakpointHost {
  list: BreakpointList;
  runs: Runs;
  runOf(session: vscode.DebugSession): Run | undefined;
  inDebugView(): boolean;
  log: Log;
}

export class NetworkBreakpoints implements vscode.Disposable {
  readonly #disposables = new Disposables();

  readonly #host: BreakpointHost;

  constructor(host: BreakpointHost) {
    this.#host = host;

    const { list, runs, runOf, inDebugView, log } = host;
    this.#disposables.add(
      list.onDidChange((what) => {
        if (what !== 'list') return;
        for (const run of runs.list()) if (run.state === 'running') this.#arm(run);
      }),
    );
    this.#disposables.add(registerBreakpointTracker(list, { isOn: inDebugView, runOf }, log));
  }

  /** A program starts: enabled breakpoints are sent to it before its first line, and its hits are followed. */
  began(run: Run): void {
    if (!this.#host.runs.list().some((r) => r !== run && r.state === 'running')) this.#host.list.forgetHits();
    this.#arm(run);
    run.recorder.onDidChange(() => {
      for (const hit of run.store.takeBreakpointHits()) this.#hit(hit);
    });
  }

  #arm(run: Run): void {
    run.recorder.control?.setBreakpoints(this.#host.list.armed());
  }

  #hit(hit: BreakpointHit): void {
    this.#host.list.note(hit);
    const text = textOf(hit);
    if (text !== undefined) vscode.debug.activeDebugConsole.appendLine(text);
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

/** Its line in the Debug Console; the path at its end is a link there. */
function textOf({ what, title = '', hits, method = '', url = '', text, callSite }: BreakpointHit): string | undefined {
  const path = callSite && (pathOf(callSite.file) ?? callSite.file);
  const place = callSite ? `  ${path}:${callSite.line}:${callSite.column}` : '';
  if (what === 'log') return `${text ?? ''}${place}`;
  if (what === 'stop') return `Network: ${title} (hit ${hits}): ${method} ${url}${place}`;
  return undefined;
}

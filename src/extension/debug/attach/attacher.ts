/**
 * Attach and detach, as the user sees them: "Attach to This Session" for what runs under the JavaScript debugger without
 * us, "Detach" for what is traced, and the leaves of both, which come and go.
 */
import * as vscode from 'vscode';
import type { Run } from '../../runs/run';
import type { Runs } from '../../runs/runs';
import type { Log } from '../../support/log';
import { nodeDebugType, rootOf } from '../launch/marker';
import type { Tracer } from '../tracer';
import { join, part } from './attach';

interface Host {
  tracer: Tracer;
  runs: Runs;
  log: Log;
  /** Says something to the user that went wrong. */
  say(text: string): void;
}

export class Attacher {
  /** Sessions of single processes and threads, traced or not. */
  readonly #leaves = new Set<vscode.DebugSession>();

  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** The debugger answers in this process or thread from now on. */
  leafStarted(session: vscode.DebugSession): void {
    this.#leaves.add(session);
    if (this.#host.tracer.isAttached(session)) void this.#join(session);
  }

  leafEnded(session: vscode.DebugSession): void {
    this.#leaves.delete(session);
  }

  /** The command. `where`: of the call stack's menu, whose session may be any. */
  async attach(where?: unknown): Promise<void> {
    const session = this.#sessionOf(where);
    if (!session) {
      void vscode.window.showInformationMessage(
        'Net Trace: there is no JavaScript debug session. Attach to the program first (Debug: Attach to Node Process), or add a Net Trace configuration with "request": "attach".',
      );
      return;
    }
    const root = rootOf(session) as vscode.DebugSession;
    const { tracer, log } = this.#host;
    if (tracer.runOf(root)) {
      void vscode.window.showInformationMessage(`Net Trace: ${root.name} is already traced.`);
      return;
    }
    log.info(`attach to ${root.name}`);
    await tracer.attach(root);
    await Promise.all(this.#leavesOf(root).map((leaf) => this.#join(leaf)));
  }

  /** The command: the debugger stays, the hook goes, the rows are kept. */
  async detach(where?: unknown): Promise<void> {
    const session = this.#sessionOf(where);
    const { tracer, log } = this.#host;
    const root = session && (rootOf(session) as vscode.DebugSession);
    if (!root || !tracer.runOf(root)) {
      void vscode.window.showInformationMessage('Net Trace: this session is not traced.');
      return;
    }
    if (!tracer.isAttached(root)) {
      void vscode.window.showInformationMessage(
        `Net Trace: ${root.name} was started with Net Trace, and is traced until it ends. Uncheck the trace rules to record nothing.`,
      );
      return;
    }
    log.info(`detach from ${root.name}`);
    await Promise.all(this.#leavesOf(root).map((leaf) => part(leaf, log)));
    await tracer.detach(root);
  }

  async #join(leaf: vscode.DebugSession): Promise<void> {
    const { tracer, log, runs } = this.#host;
    const run = tracer.runOf(leaf);
    if (!run) return;
    const isOver = () => !this.#leaves.has(leaf) || tracer.runOf(leaf) !== run;
    const joined = await join(leaf, run.recorder, isOver, log);
    if (!joined) return;
    log.info(`${leaf.name}: ${joined.state}${joined.state === 'failed' ? `: ${joined.why}` : ''}`);
    if (joined.state === 'failed' && !isOver()) this.#failed(run, joined.why, runs);
  }

  /** Said once a run; the panel says it while nothing else is known. */
  #failed(run: Run, why: string, runs: Runs): void {
    if (run.problem) return;
    runs.setProblem(run, { text: `Nothing is traced: ${why}` });
    this.#host.say(`Nothing is traced: ${why}`);
  }

  #leavesOf(root: vscode.DebugSession): vscode.DebugSession[] {
    return [...this.#leaves].filter((leaf) => rootOf(leaf).id === root.id);
  }

  #sessionOf(where: unknown): vscode.DebugSession | undefined {
    const id = (where as { sessionId?: unknown } | undefined)?.sessionId;
    const all = [...this.#leaves];
    const named = typeof id === 'string' ? all.find((s) => s.id === id || rootOf(s).id === id) : undefined;
    const active = vscode.debug.activeDebugSession;
    return named ?? (active?.type === nodeDebugType ? active : undefined) ?? (all.length === 1 ? all[0] : undefined);
  }
}

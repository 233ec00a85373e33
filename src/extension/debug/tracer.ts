/**
 * Ties debug sessions to runs. The environment of a program is made when its configuration is resolved, so a recorder
 * must exist then; its run begins when the debug adapter starts. On restart the JavaScript debugger takes the
 * environment from the request itself, at once, so a spare recorder is kept ready for each live root session.
 */

import { dirname } from 'node:path';
import type { DebugConfiguration, DebugSession } from 'vscode';
import { preloadWouldFail } from '../../session/program/unloaded';
import type { Recorder } from '../runs/recorder';
import type { Run } from '../runs/run';
import type { Runs } from '../runs/runs';
import { attaching } from './attach/configuration';
import { commandOf, configuredEnvironment, definedOnly } from './launch/environment';
import { rootOf, runTitleOf, traceIdMark, traceIdOf } from './launch/marker';
import { optionsOf, type TraceOptions } from './options';
import { launchProblem } from './problems';

/** A recorder whose clock can be set again: TraceSession. */
export interface StartableRecorder extends Recorder {
  begin(): void;
  /** Resolves once packets are captured, if they are to be. */
  startCapture?(): Promise<void>;
}

interface Live {
  run: Run;
  session: DebugSession;
  /** The program ran before us, and goes on after. */
  attached: boolean;
  /** Sessions of single processes of this run. */
  leaves: Set<string>;
  spare?: StartableRecorder;
}

export interface TracerHost {
  create(options: TraceOptions): Promise<StartableRecorder>;
  failed(error: unknown): void;
}

/** From the stop of a debug adapter to the end of its session, which is reported at once or not at all. */
const timeoutMs = 3000;

export class Tracer {
  /** Recorders whose program has not started, by trace id. */
  readonly #prepared = new Map<string, StartableRecorder>();
  /** By id of the root session. */
  readonly #live = new Map<string, Live>();
  /** Ended by a restart; they wait for their processes' end. */
  readonly #leaving = new Set<Live>();
  readonly #onBegin: ((run: Run, session: DebugSession) => void)[] = [];

  readonly #runs: Runs;
  readonly #host: TracerHost;

  constructor(runs: Runs, host: TracerHost) {
    this.#runs = runs;
    this.#host = host;
  }

  /** For as long as the extension lives. */
  onDidBegin(listener: (run: Run, session: DebugSession) => void): void {
    this.#onBegin.push(listener);
  }

  /** The configuration with the hook in its environment. */
  async prepare(config: DebugConfiguration): Promise<DebugConfiguration> {
    this.#dropPrepared();
    const recorder = await this.#host.create(optionsOf(config));
    this.#prepared.set(recorder.id, recorder);
    // Before the program has sent its first packet.
    await recorder.startCapture?.();
    if (config.request === 'attach') return attaching(config, recorder.id, hookFiles(recorder));
    return withHook(config, recorder);
  }

  /** Traces a session that the debugger has already, from now on. Its leaves are to be reported by `leafStarted`. */
  async attach(root: DebugSession): Promise<Run> {
    const recorder = await this.#host.create(optionsOf(root.configuration));
    this.#begin(root, recorder, true);
    return this.runOf(root) as Run;
  }

  /** The session goes on without us; its programs must have been left before. */
  async detach(root: DebugSession): Promise<void> {
    const live = this.#live.get(root.id);
    if (!live) return;
    this.#live.delete(root.id);
    void live.spare?.dispose();
    await live.run.recorder.release?.();
    await this.#runs.end(live.run);
  }

  /** Whether the program of this session, or of one below it, was not started by us: the hook has to be put in. */
  isAttached(session: DebugSession): boolean {
    return this.#live.get(rootOf(session).id)?.attached === true;
  }

  /** A root session's debug adapter starts: the program will, in a moment. */
  started(session: DebugSession): void {
    const recorder = this.#prepared.get(traceIdOf(session) ?? '');
    if (!recorder) return;
    this.#prepared.delete(recorder.id);
    this.#begin(session, recorder, session.configuration.request === 'attach');
  }

  /** A restart request is on its way with the configuration it will launch; changes that to feed a new run. */
  restarting(session: DebugSession, config: Record<string, unknown> | undefined): void {
    const live = this.#live.get(session.id);
    if (!live?.spare || !config) return;
    const recorder = live.spare;
    Object.assign(config, withHook(config as DebugConfiguration, recorder));
    this.#leave(live);
    this.#begin(session, recorder, false);
  }

  leafStarted(session: DebugSession): Run | undefined {
    const live = this.#live.get(rootOf(session).id);
    live?.leaves.add(session.id);
    return live?.run;
  }

  ended(session: DebugSession): void {
    for (const live of [...this.#leaving]) {
      live.leaves.delete(session.id);
      if (live.leaves.size === 0) this.#end(live);
    }
    for (const live of this.#live.values()) live.leaves.delete(session.id);
    const live = this.#live.get(session.id);
    if (!live) return;
    this.#live.delete(session.id);
    void live.spare?.dispose();
    this.#end(live);
  }

  /** A root session's debug adapter is being stopped. VS Code reports no end of a session that was still starting. */
  stopping(session: DebugSession): void {
    const live = this.#live.get(session.id);
    if (!live) return;
    const timer = setTimeout(() => {
      if (this.#live.get(session.id) === live) this.ended(session);
    }, timeoutMs);
    timer.unref();
  }

  runOf(session: DebugSession): Run | undefined {
    return this.#live.get(rootOf(session).id)?.run;
  }

  #begin(session: DebugSession, recorder: StartableRecorder, attached: boolean): void {
    recorder.begin();
    void recorder.startCapture?.();
    const run = this.#runs.begin(recorder, runTitleOf(session));
    const live: Live = { run, session, attached, leaves: new Set() };
    this.#live.set(session.id, live);
    run.attached = attached;
    const problem = attached ? undefined : launchProblem(session.configuration);
    if (problem) this.#runs.setProblem(run, problem);
    for (const began of this.#onBegin) began(run, session);
    // Attached to once more, it is the same run.
    if (!attached) this.#makeSpare(session, live);
  }

  /** Those that wait for a restart began under what is no longer so (another helper, a setting): made again. */
  renewSpares(): void {
    for (const live of this.#live.values()) {
      if (live.attached) continue;
      void live.spare?.dispose();
      delete live.spare;
      this.#makeSpare(live.session, live);
    }
  }

  #makeSpare(session: DebugSession, live: Live): void {
    // Its helper is started with its program: what the kernel does for one that nobody uses would be for nothing.
    this.#host.create({ ...optionsOf(session.configuration), helperAtBegin: true }).then((spare) => {
      if (this.#live.get(session.id) === live && !live.spare) live.spare = spare;
      else void spare.dispose();
    }, this.#host.failed);
  }

  /** The processes of a run are being ended; what they still write belongs to it. */
  #leave(live: Live): void {
    if (live.leaves.size === 0) this.#end(live);
    else this.#leaving.add(live);
  }

  #end(live: Live): void {
    this.#leaving.delete(live);
    // A program that was attached to goes on, and no debugger reaches it any more.
    const left = live.attached ? live.run.recorder.release?.() : undefined;
    Promise.resolve(left)
      .then(() => this.#runs.end(live.run))
      .catch(this.#host.failed);
  }

  /** Those whose launch was given up (a failed task, a cancelled prompt): only the newest is worth keeping. */
  #dropPrepared(): void {
    for (const recorder of [...this.#prepared.values()].slice(0, -4)) {
      this.#prepared.delete(recorder.id);
      void recorder.dispose();
    }
  }

  async dispose(): Promise<void> {
    const lives = [...this.#live.values(), ...this.#leaving];
    await Promise.all([
      ...lives.map((l) => this.#runs.end(l.run, 'interrupted')),
      ...lives.map((l) => l.spare?.dispose()),
      ...[...this.#prepared.values()].map((r) => r.dispose()),
    ]);
  }
}

/**
 * Stepping passes through the hook, and its frames are folded with the others that are skipped. Not the script beside it
 * that stops: what is skipped cannot.
 */
function hookFiles(recorder: Recorder): string[] {
  const folder = dirname(recorder.hook).replaceAll('\\', '/');
  return ['hook', 'main', 'resolver'].map((name) => `${folder}/${name}.cjs`);
}

function withHook(config: DebugConfiguration, recorder: Recorder): DebugConfiguration {
  const marked = { ...config, [traceIdMark]: recorder.id };
  const base = definedOnly(configuredEnvironment(config));
  // Tracing must not keep a program from starting.
  if (preloadWouldFail(commandOf(config).args, base.NODE_OPTIONS, recorder.hook)) return marked;
  const skipFiles = [
    ...new Set([...(Array.isArray(config.skipFiles) ? config.skipFiles : []), ...hookFiles(recorder)]),
  ];
  return { ...marked, skipFiles, env: { ...(config.env as object | undefined), ...recorder.environment(base) } };
}

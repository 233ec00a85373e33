/**
 * The runs that the panel shows: those going on and those kept after their end, oldest first, bounded. Changes of their
 * stores are taken over at most 20 times a second, once for all who show them (pages, notes, status bar).
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Abilities } from '../../helper/abilities';
import { lastInstant } from '../../model/facts/lastInstant';
import type { Verdict } from '../../model/facts/verdict';
import type { ConnectionRow, Details, FindingRow, Status, Tracing } from '../../model/panel/protocol';
import type { Row } from '../../model/rows/row';
import {
  detailsAmong,
  findingsAmong,
  type Located,
  locatedAmong,
  statusOf,
  type TraceView,
  verdictAt,
} from '../details/view';
import { partsOfRowId, type RowChanges } from '../rows/rows';
import { Emitter } from '../support/emitter';
import { Throttle } from '../support/throttle';
import { offsetOfNext } from './axis';
import { ClearedRuns } from './clearedRuns';
import { type RunKeeper, tooMany } from './keeping';
import type { PauseHost } from './pauses';
import type { Recorder } from './recorder';
import { type Problem, Run } from './run';

const gapMs = 50;
/** For a program that its debugger has ended, to be gone. */
const graceMs = 1000;

export class Runs implements TraceView {
  readonly readOnly = false;
  readonly #runs: Run[] = [];
  readonly #changed = new Emitter<RowChanges | 'all'>();
  #keeper: RunKeeper | undefined;
  readonly #listening = new Map<Run, () => void>();
  readonly #dirty = new Set<Run>();
  readonly #throttle = new Throttle(() => this.#flush(), gapMs);
  #lastNumber = 0;
  #abilities: Abilities | undefined;
  #tracing: (newest: Run | undefined) => Tracing | undefined = () => undefined;
  #disposed = false;
  #cleared: ClearedRuns | undefined;

  readonly onDidChange = this.#changed.event;

  readonly #keep: () => number;

  /** `keep`: how many runs may be kept; those going on are never dropped. */
  constructor(keep: () => number) {
    this.#keep = keep;
  }

  /** A program starts, or the user sends a request. The recorder's clock must have begun. */
  begin(recorder: Recorder, title: string, { sentByYou = false } = {}): Run {
    if (!sentByYou) this.#forgetCleared();
    const beginNs = BigInt(recorder.store.header.beginMonotonicNs ?? process.hrtime.bigint());
    const beside = this.#runs.some((r) => r.endAt === undefined);
    const place = offsetOfNext(beginNs, this.#runs);
    const run = new Run(++this.#lastNumber, title, recorder, place, beside, sentByYou);
    this.#runs.push(run);
    this.#listening.set(
      run,
      recorder.onDidChange(() => this.#touch(run)),
    );
    // Its trace rules may be its own, of the launch configuration.
    recorder.control?.onDidWrite(() => this.statusChanged());
    if (!sentByYou) this.#keeper?.began(run);
    const dropped = this.#dropOldest();
    if (dropped) this.#changed.fire('all');
    this.#touch(run);
    return run;
  }

  /** Where runs are kept over a reload of the window. */
  keepIn(keeper: RunKeeper): void {
    this.#keeper = keeper;
  }

  /** A run of an earlier window, as it ended or was lost. */
  restore(recorder: Recorder, number: number, title: string): void {
    const beginNs = BigInt(recorder.store.header.beginMonotonicNs ?? 0);
    const run = new Run(number, title, recorder, offsetOfNext(beginNs, this.#runs), false);
    run.state = recorder.store.header.state === 'interrupted' ? 'interrupted' : 'ended';
    run.settle();
    run.rows.update(lastInstant(recorder.store.requests.values()));
    run.endAt = run.offset + (recorder.store.header.endAt ?? lastInstant(recorder.store.requests.values()));
    this.#lastNumber = Math.max(this.#lastNumber, number);
    this.#runs.push(run);
    this.#changed.fire('all');
  }

  /** The program has ended, or was lost: reads the rest and keeps the run. */
  async end(run: Run, state: 'ended' | 'interrupted' = 'ended'): Promise<void> {
    if (run.state !== 'running') return;
    run.state = state;
    // One that was attached to goes on; a window that closes has no time.
    await run.recorder.finish(state, run.attached || state === 'interrupted' ? 0 : graceMs);
    run.settle();
    run.endAt = run.offset + (run.store.header.endAt ?? run.elapsed());
    this.#listening.get(run)?.();
    this.#touch(run);
    if (!run.sentByYou) this.#keeper?.ended(run);
  }

  /** The debugger holds one of its processes: from now on its stops are known. */
  debuggerAttached(run: Run): void {
    run.debuggerAttached();
    this.#touch(run);
  }

  /** Where the stops of a run's threads are noted. */
  pauseHost(run: Run): PauseHost {
    let last = 0;
    return {
      now: () => run.elapsed(),
      nextId: () => {
        last = Math.max(last, run.store.pauses.length) + 1;
        return `w-${last}`;
      },
      set: (pause) => {
        run.store.setPause(pause);
        this.#touch(run);
      },
    };
  }

  /** What the kernel's side can do here is known, or changed; undefined: there is no helper. */
  setAbilities(abilities: Abilities | undefined): void {
    this.#abilities = abilities;
    this.statusChanged();
  }

  /** Where it is known what is traced now. */
  setTracing(tracing: (newest: Run | undefined) => Tracing | undefined): void {
    this.#tracing = tracing;
  }

  /** What the status says beside the rows may be another. */
  statusChanged(): void {
    if (!this.#disposed) this.#changed.fire({ upsert: [], removed: [] });
  }

  /** A message of one of the run's debug sessions; it may contain the error that the program fails with. */
  wrote(run: Run, message: DebugProtocol.ProtocolMessage): void {
    if (run.wrote(message) && run.failedEarly) this.#touch(run);
  }

  setProblem(run: Run, problem: Problem): void {
    run.problem = problem;
    this.#touch(run);
  }

  /** Ended runs go; what running ones requested so far is hidden. Until the next start it can be taken back. */
  clear(): void {
    this.#forgetCleared();
    const cleared = new ClearedRuns(this.#runs);
    for (const run of cleared.ended) this.#takeOut(run);
    this.#cleared = cleared;
    this.#changed.fire('all');
  }

  /** Brings back what the last `clear` took away. */
  undoClear(): void {
    const cleared = this.#cleared;
    if (!cleared) return;
    this.#cleared = undefined;
    for (const run of cleared.ended) {
      this.#runs.push(run);
      if (run.sentByYou) continue;
      this.#keeper?.began(run);
      this.#keeper?.ended(run);
    }
    this.#runs.sort((a, b) => a.number - b.number);
    cleared.unhide(this.#runs);
    this.#changed.fire('all');
  }

  /** How many rows could be brought back. */
  get clearedRows(): number {
    return this.#cleared?.rows ?? 0;
  }

  get tracing(): Tracing | undefined {
    return this.#tracing(this.list().at(-1));
  }

  #forgetCleared(): void {
    this.#cleared?.forget();
    this.#cleared = undefined;
  }

  get isEmpty(): boolean {
    return this.#runs.length === 0;
  }

  /** Those of programs. */
  list(): readonly Run[] {
    return this.#runs.filter((run) => !run.sentByYou);
  }

  runOf(rowId: string): Run | undefined {
    const number = partsOfRowId(rowId)?.run;
    return this.#runs.find((r) => r.number === number);
  }

  rows(): Row[] {
    return this.#runs.flatMap((r) => r.rows.all());
  }

  connections(): ConnectionRow[] {
    return this.#runs.flatMap((r) => r.rows.connections());
  }

  findings(): FindingRow[] {
    const elapsed = new Map(this.list().map((r) => [r.rows, r.elapsed()]));
    return findingsAmong([...elapsed.keys()], (rows) => elapsed.get(rows) ?? 0);
  }

  row(id: string): Row | undefined {
    return this.runOf(id)?.rows.get(id);
  }

  runs(): ReturnType<TraceView['runs']> {
    const last = this.list().at(-1);
    return this.#runs.map((r) => r.info(r === last));
  }

  status(): Status {
    const runs = this.list();
    const last = runs.at(-1);
    const whole = statusOf(
      runs.map((r) => r.store),
      { recording: runs.some((r) => r.state === 'running'), ...(last ? { elapsed: last.age() } : {}) },
      this.#abilities,
    );
    const { tracing, clearedRows } = this;
    if (tracing) whole.tracing = tracing;
    if (clearedRows > 0) whole.cleared = clearedRows;
    return runs.reduce((status, r) => r.rows.cleared?.takenOff(status) ?? status, whole);
  }

  now(): number {
    const last = this.#runs.findLast((r) => r.state === 'running') ?? this.#runs.at(-1);
    return last ? last.offset + last.elapsed() : 0;
  }

  details(id: string): Details | null {
    const run = this.runOf(id);
    return run ? detailsAmong(id, [run.rows], () => run.elapsed()) : null;
  }

  verdict(id: string): Verdict | undefined {
    return verdictAt(this.located(id));
  }

  located(id: string): Located | undefined {
    const run = this.runOf(id);
    return run ? locatedAmong(id, [run.rows], () => run.elapsed()) : undefined;
  }

  #touch(run: Run): void {
    if (this.#disposed) return;
    this.#dirty.add(run);
    this.#throttle.ask();
  }

  #flush(): void {
    const change: RowChanges = { upsert: [], removed: [] };
    const connections = [];
    for (const run of this.#dirty) {
      run.settle();
      const { upsert, removed, connections: lanes = [] } = run.rows.update(run.elapsed());
      change.upsert.push(...upsert);
      change.removed.push(...removed);
      connections.push(...lanes);
    }
    if (connections.length > 0) change.connections = connections;
    this.#dirty.clear();
    this.#changed.fire(change);
  }

  #dropOldest(): boolean {
    const old = tooMany(this.#runs, this.#keep());
    for (const run of old) this.#drop(run);
    return old.length > 0;
  }

  #drop(run: Run): void {
    this.#takeOut(run);
    void run.recorder.dispose();
  }

  #takeOut(run: Run): void {
    this.#runs.splice(this.#runs.indexOf(run), 1);
    this.#dirty.delete(run);
    this.#listening.get(run)?.();
    this.#listening.delete(run);
    if (!run.sentByYou) this.#keeper?.dropped(run);
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#throttle.dispose();
    this.#forgetCleared();
    for (const stop of this.#listening.values()) stop();
    await Promise.all(this.#runs.map((r) => r.recorder.dispose()));
  }
}

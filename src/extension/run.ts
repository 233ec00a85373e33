/** One run: one start of a program under a root debug session, live or ended. */
import type { PanelMessage, Run as RunInfo } from '../model/protocol';
import { baseName, threadLabel } from '../model/row';
import type { Store } from '../model/store';
import { timeText } from '../model/text';
import type { Recorder } from './recorder';
import { firstProcessAt, RunRows } from './rows';

export interface Problem {
  /** What happened, and what to do: one or two sentences. */
  text: string;
}

export class Run {
  readonly rows: RunRows;
  /** µs from the trace's begin to that of the first process; absent before there is one. */
  #startAt?: number;
  /** CLOCK_MONOTONIC at the run's zero, ns. */
  readonly beginNs: bigint;
  state: RunInfo['state'] = 'running';
  /** µs on the axis; absent while it runs. */
  endAt?: number;
  /** Why nothing is recorded. */
  problem?: Problem;

  constructor(
    readonly number: number,
    readonly title: string,
    readonly recorder: Recorder,
    /** Where on the axis the run stands. */
    place: number,
    /** Another run goes on: the distance to it is real and stays. */
    private readonly beside: boolean,
  ) {
    this.beginNs = BigInt(recorder.store.header.beginMonotonicNs ?? process.hrtime.bigint());
    this.rows = new RunRows(recorder.store, number, place);
  }

  get store(): Store {
    return this.recorder.store;
  }

  /** µs from the trace's begin to the panel's axis. */
  get offset(): number {
    return this.rows.offset;
  }

  /** The run's place on the axis is that of its first process: what the debugger does before it is left out. */
  settle(): void {
    if (this.#startAt !== undefined) return;
    const startAt = firstProcessAt(this.store);
    if (startAt === undefined) return;
    this.#startAt = startAt;
    if (!this.beside) this.rows.offset -= startAt;
  }

  /** µs since the first process began. */
  age(): number {
    return this.elapsed() - (this.#startAt ?? 0);
  }

  /** Stops of the debugger are recorded from now on. */
  debuggerAttached(): void {
    const { header } = this.store;
    const sources = header.sources.map((s) =>
      s.name === 'debugger' && s.state !== 'on' ? { name: s.name, state: 'on' as const, fromAt: this.elapsed() } : s,
    );
    this.store.header = { ...header, sources };
    this.store.touch();
  }

  /** µs since the run began: now, or its end. */
  elapsed(): number {
    if (this.endAt !== undefined) return this.endAt - this.offset;
    return Number((process.hrtime.bigint() - this.beginNs) / 1000n);
  }

  info(withEnd: boolean): RunInfo {
    const root = this.store.rootProcess();
    const info: RunInfo = {
      number: this.number,
      title: this.title,
      beginTime: this.store.header.beginTime,
      state: this.state,
      offset: this.offset,
      processes: [...this.store.processes.values()].map((p) => ({
        pid: p.pid,
        label: p.threads[0] ? threadLabel(this.store, p.threads[0].id).label : baseName(p.entry ?? 'node'),
      })),
    };
    if (this.endAt !== undefined) info.endAt = this.endAt;
    if (root?.exitCode !== undefined) info.exitCode = root.exitCode;
    if (root?.signal !== undefined) info.signal = root.signal;
    if (this.store.pauses.length > 0) info.pauses = this.#pauses();
    const message = this.#message(withEnd);
    if (message) info.message = message;
    return info;
  }

  #pauses(): NonNullable<RunInfo['pauses']> {
    return this.store.pauses.map(({ beginAt, endAt, thread, process }) => ({
      beginAt: beginAt + this.offset,
      ...(endAt === undefined ? {} : { endAt: endAt + this.offset }),
      ...(thread === undefined ? {} : { thread }),
      ...(process === undefined ? {} : { process }),
    }));
  }

  /** The one that matters most: nothing recorded, parts lost, ended. */
  #message(withEnd: boolean): PanelMessage | undefined {
    // A program that reports after all has none.
    if (this.problem && this.store.processes.size === 0) return { kind: 'hook', text: this.problem.text };
    const dropped = droppedText(this.store);
    if (dropped) return { kind: 'dropped', text: dropped };
    if (!withEnd || this.state === 'running') return undefined;
    return { kind: 'ended', text: endText(this), action: { title: 'Save…', command: 'save' } };
  }
}

/** What was lost or evicted, from when to when, why; undefined: nothing. */
export function droppedText(store: Store): string | undefined {
  const parts = store.losses.map((l) => {
    const what =
      l.kind === 'evicted'
        ? `${l.count} oldest requests were dropped to keep memory bounded`
        : `${l.count} ${l.what} were lost`;
    const span =
      l.beginAt !== undefined && l.endAt !== undefined ? ` (${timeText(l.beginAt)} to ${timeText(l.endAt)})` : '';
    return `${what}${span}${l.reason === undefined ? '' : `: ${l.reason}`}`;
  });
  return parts.length === 0 ? undefined : `${parts.join('; ')}. Counts stay exact.`;
}

function endText(run: Run): string {
  const root = run.store.rootProcess();
  const how =
    root?.signal !== undefined
      ? ` by ${root.signal}`
      : root?.exitCode !== undefined
        ? ` with exit code ${root.exitCode}`
        : '';
  let interrupted = 0;
  for (const r of run.store.requests.values())
    if (r.outcome === 'interrupted' || r.outcome === 'processExit') interrupted++;
  const tail =
    interrupted === 0 ? '' : ` ${interrupted} ${interrupted === 1 ? 'request was' : 'requests were'} interrupted.`;
  return `The program ended${how} after ${timeText(run.age())}.${tail}`;
}

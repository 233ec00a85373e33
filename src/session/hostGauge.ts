/**
 * The tracer's own figures: what it read, and how far it was behind. Two times, which say different things:
 *
 * - the *lag* of a request, from the instant at which it ended to the record that says so. It includes what the program
 *   itself took until it wrote the line (its event loop may have been busy).
 * - how long a *poll* took, from when the spool was to be read to when all was read. It is the host's alone: the machine
 *   is too busy, or the program writes faster than the host reads.
 *
 * What the hook measures of itself in the programs is added: see HookCost, and docs/performance.md for what is not in it.
 */
import { hookCostOf } from '../model/facts/tracer';
import type { Connection, HookCost, Loss, Request, Tracer } from '../model/records';
import { isThinned } from '../model/store/losses';
import type { Store } from '../model/store/store';
import { pollMs } from './spool/watcher';
import type { Ends, TraceStore } from './traceStore';

/** Share of the period above which a poll counts as long. */
const longShare = 0.8;
/** A host that is behind for longer than this is worth a word. */
const behindMs = 1000;

/** With records and lines by what became of them; kernel samples that were thinned out are not among them. */
export interface HostFigures extends Tracer {
  dropped: number;
  evicted: number;
  lost: number;
  /** Absent: no program has reported it yet. */
  hookCost?: HookCost;
}

export class HostGauge implements Ends {
  lines = 0;
  #bytes = 0;
  #lag: number | undefined;
  #maxLag: number | undefined;
  #polls = 0;
  #longPolls = 0;
  #maxPollMs: number | undefined;
  #longUntil = 0;
  #behind = 0;
  #behindUntil = 0;

  constructor(
    readonly store: Store & Pick<TraceStore, 'onEnds'>,
    readonly now: () => number,
  ) {
    store.onEnds(this);
  }

  request(r: Request): void {
    // How a process cut it off, the host found out itself.
    if (r.endAt === undefined || r.outcome === 'interrupted') return;
    const lag = this.now() - r.endAt;
    if (lag < 0) return;
    this.#lag = lag;
    this.#maxLag = Math.max(this.#maxLag ?? 0, lag);
  }

  connection(_: Connection): void {}

  /**
   * From when it was due to now, in ms of `performance.now`; `bytes`: read so far. Polls that wait for the same reading
   * overlap: of those the first counts as long.
   */
  polled(dueAt: number, now: number, bytes: number): void {
    const took = now - dueAt;
    this.#bytes = bytes;
    this.#polls++;
    this.#maxPollMs = Math.max(this.#maxPollMs ?? 0, took);
    if (took > longShare * pollMs && dueAt >= this.#longUntil) this.#longPolls++;
    if (took > longShare * pollMs) this.#longUntil = now;
    if (took > behindMs && dueAt >= this.#behindUntil) this.#behind++;
    if (took > behindMs) this.#behindUntil = now;
  }

  figures(): HostFigures {
    const hookCost = hookCostOf(this.store.processes.values());
    return { ...this.record(), ...lossesByKind(this.store.losses), ...(hookCost ? { hookCost } : {}) };
  }

  /** As the trace keeps it, where the losses are beside it. */
  record(): Tracer {
    const times = {
      ...(this.#lag === undefined ? {} : { lag: this.#lag }),
      ...(this.#maxLag === undefined ? {} : { maxLag: this.#maxLag }),
      ...(this.#maxPollMs === undefined ? {} : { maxPoll: Math.round(this.#maxPollMs * 1000) }),
    };
    const { lines } = this;
    return {
      lines,
      bytes: this.#bytes,
      polls: this.#polls,
      longPolls: this.#longPolls,
      behind: this.#behind,
      ...times,
    };
  }
}

function lossesByKind(losses: readonly Loss[]): Pick<HostFigures, 'dropped' | 'evicted' | 'lost'> {
  const sums = { dropped: 0, evicted: 0, lost: 0 };
  for (const l of losses) {
    if (isThinned(l)) continue;
    const sum = l.kind === 'dropped' ? 'dropped' : l.kind === 'evicted' ? 'evicted' : 'lost';
    sums[sum] += l.count;
  }
  return sums;
}

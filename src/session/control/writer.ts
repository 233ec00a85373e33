/**
 * Writes the control file in the spool folder: what the session's programs trace, and where they stop. It exists before
 * the program starts and is replaced atomically at each change, so that a reader finds the old state or the new.
 */
import type { NetworkBreakpoint } from '../../model/lines/breakpoints';
import { type ControlState, controlFileName, type RequestControl } from '../../model/lines/control';
import type { TraceRule } from '../../model/records';
import type { Store } from '../../model/store/store';
import type { TraceRules } from '../../model/traceRules';
import { writeWhole } from '../spool/ownFiles';

/** Counters that the threads of a process share: see RequestControl. */
const slots = 1024;

export class SessionControl {
  #state: ControlState = { v: 1, generation: 0, requests: [], breakpoints: [] };
  #slot = 0;
  #closed = false;
  #registry: TraceRules | undefined;
  #unfollow: (() => void) | undefined;
  readonly #listeners = new Set<() => void>();

  readonly #folder: string;
  readonly #store: Store;

  constructor(folder: string, store: Store) {
    this.#folder = folder;
    this.#store = store;
  }

  /** What the programs read now. */
  get state(): ControlState {
    return this.#state;
  }

  /** Ids of those in force, when each asks for everything; else none: what a program does that cannot read the file. */
  get unconditional(): string[] {
    const { requests } = this.#state;
    const plain = requests.every((r) => r.condition === '' && r.limit === undefined && (r.sample ?? 1) === 1);
    return plain ? requests.map((r) => r.id) : [];
  }

  /** What `follow` was given last: the trace rules that the command line sees and changes. */
  get registry(): TraceRules | undefined {
    return this.#registry;
  }

  /** The trace rules, with what has happened to them in this trace. */
  get written(): readonly TraceRule[] {
    const known = new Map((this.#store.header.traceRequests ?? []).map((r) => [r.id, r]));
    return (this.#registry?.list() ?? []).map((r) => known.get(r.id) ?? r);
  }

  /** The registry's enabled trace rules are in force, now and after each of its changes, until another is followed. */
  follow(registry: TraceRules): void {
    this.#unfollow?.();
    this.#registry = registry;
    this.#unfollow = registry.onChange(() => this.setRules(registry.list()));
    this.setRules(registry.list());
  }

  /** These are the trace rules of the trace; the enabled ones are in force for what begins from now on. */
  setRules(list: readonly TraceRule[]): void {
    if (this.#closed) return;
    const before = new Map(this.#state.requests.map((r) => [r.id, r]));
    const requests = list.filter((r) => r.enabled === true).map((r) => this.#controlOf(r, before.get(r.id)));
    this.#reportTrace(list);
    this.#write({ ...this.#state, requests });
  }

  /** These network breakpoints are armed from now on. */
  setBreakpoints(breakpoints: readonly NetworkBreakpoint[]): void {
    if (this.#closed) return;
    this.#write({ ...this.#state, breakpoints: [...breakpoints] });
  }

  /** Calls `f` after the file was written: a debugger can notify its program at once. Returns what takes it back. */
  onDidWrite(f: () => void): () => void {
    this.#listeners.add(f);
    return () => this.#listeners.delete(f);
  }

  /** The trace is over: programs that go on are left alone. Its list of trace rules stays as it is. */
  close(): void {
    this.#unfollow?.();
    this.#unfollow = undefined;
    if (this.#closed) return;
    this.#closed = true;
    this.#write({ ...this.#state, requests: [], breakpoints: [] });
    this.#listeners.clear();
  }

  /** One that was in force goes on with its counters; one that is enabled again starts again. */
  #controlOf(r: TraceRule, before: RequestControl | undefined): RequestControl {
    const counted = r.limit !== undefined || (r.sample ?? 1) > 1;
    const slot = before?.slot ?? (counted && this.#slot < slots ? this.#slot++ : undefined);
    return {
      id: r.id,
      condition: conditionOf(r),
      ...(r.limit !== undefined ? { limit: r.limit } : {}),
      ...(r.sample !== undefined ? { sample: r.sample } : {}),
      ...(slot !== undefined ? { slot } : {}),
    };
  }

  /** The trace's own list keeps what only the lines of its programs report: matches, a limit that was reached. */
  #reportTrace(list: readonly TraceRule[]): void {
    const { header } = this.#store;
    const known = new Map((header.traceRequests ?? []).map((r) => [r.id, r]));
    const traceRequests = list.map((r) => {
      const before = known.get(r.id);
      const reached = r.enabled && before?.enabled && before.state === 'limitReached';
      return {
        ...r,
        ...(reached ? { state: 'limitReached' as const } : {}),
        ...(before?.matched !== undefined ? { matched: before.matched } : {}),
      };
    });
    // What was deleted stays as long as records name it.
    const gone = [...known.values()].filter((r) => r.matched !== undefined && !list.some((one) => one.id === r.id));
    const deleted = gone.map((r) => ({ ...r, enabled: false, state: 'disabled' as const }));
    const samples = list.filter((r) => r.enabled).map((r) => r.sample ?? 1);
    this.#store.header = {
      ...header,
      traceRequests: [...deleted, ...traceRequests],
      settings: { ...header.settings, samplingModulus: Math.max(1, ...samples) },
    };
    this.#store.touch();
  }

  #write(state: ControlState): void {
    this.#state = { ...state, generation: this.#state.generation + 1 };
    try {
      writeWhole(this.#folder, controlFileName, this.#state);
    } catch (error) {
      // The programs go on with what they read before.
      const reason = `control state not written: ${(error as NodeJS.ErrnoException).code ?? 'error'}`;
      this.#store.addLoss({ source: 'session', what: 'control', kind: 'dropped', count: 1, reason });
      return;
    }
    for (const f of [...this.#listeners]) f();
  }
}

/** The condition with its target, which a query can say as well. */
function conditionOf({ condition = '', target }: TraceRule): string {
  const terms = Object.entries(target ?? {}).map(([key, value]) => `${key}:"${String(value)}"`);
  if (terms.length === 0) return condition;
  return condition.trim() === '' ? terms.join(' ') : `${terms.join(' ')} (${condition})`;
}

/**
 * The workspace's network breakpoints: one list for all runs, for VS Code's own Breakpoints view and for our tree. The
 * eight plain ones (their id is their kind) are always there; others have a call site, a hit condition or a log message
 * of their own beside them.
 */

import { randomUUID } from 'node:crypto';
import {
  asBreakpoint,
  type BreakpointKind,
  breakpointKinds,
  hitTest,
  isThreshold,
  logPlaces,
  maxBreakpoints,
  type NetworkBreakpoint,
  unknownPlace,
} from '../../model/lines/breakpoints';
import { parseQuery } from '../../model/query';
import type { BreakpointHit } from '../../model/store/breakpointHit';
import { Emitter } from '../support/emitter';
import { tooLate } from './timing';

export type ListedBreakpoint = NetworkBreakpoint & { enabled: boolean };
/** What can be changed; undefined takes a field away. */
export type BreakpointChange = {
  [K in 'condition' | 'hitCondition' | 'logMessage' | 'thresholdMs']?: NetworkBreakpoint[K] | undefined;
};

/** A field is invalid; nothing has changed. */
export class BreakpointError extends Error {
  constructor(
    message: string,
    readonly field: keyof NetworkBreakpoint | undefined,
    /** From 1, in the field's text. */
    readonly column?: number,
  ) {
    super(message);
    this.name = 'BreakpointError';
  }
}

/** Where the list is kept; of the workspace. */
export interface Memory {
  get(): unknown;
  set(value: unknown): void;
}

/** What a filter of the Breakpoints view said last. */
export interface Seen {
  enabled: boolean;
  condition: string;
}

interface Saved {
  v: 1;
  list: readonly ListedBreakpoint[];
  seen: Readonly<Record<string, Seen>>;
}

export class BreakpointList {
  readonly #all = new Map<string, ListedBreakpoint>();
  readonly #seen = new Map<string, Seen>();
  /** By breakpoint and thread. */
  readonly #hits = new Map<string, Map<string, number>>();
  readonly #changed = new Emitter<'list' | 'hits'>();

  /** After each change: `list` of what there is or is enabled, `hits` of the counts only. */
  readonly onDidChange = this.#changed.event;

  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;

    for (const kind of breakpointKinds) this.#all.set(kind, { id: kind, kind, enabled: false });
    const saved = memory.get() as Partial<Saved> | undefined;
    if (saved?.v !== 1) return;
    for (const entry of Array.isArray(saved.list) ? saved.list : []) {
      const b = asBreakpoint(entry);
      if (b && !problemOf(b) && (this.#all.has(b.id) || this.#all.size < maxBreakpoints))
        this.#all.set(b.id, { ...b, enabled: entry.enabled === true });
    }
    for (const [id, one] of Object.entries(saved.seen ?? {})) {
      if (this.#all.has(id)) this.#seen.set(id, { enabled: one?.enabled === true, condition: String(one?.condition) });
    }
  }

  /** The plain ones first, the others as they were made. */
  all(): readonly ListedBreakpoint[] {
    return [...this.#all.values()];
  }

  get(id: string): ListedBreakpoint | undefined {
    return this.#all.get(id);
  }

  /** What programs are to be sent. */
  armed(): NetworkBreakpoint[] {
    return this.all().flatMap(({ enabled, ...b }) => (enabled ? [b] : []));
  }

  /** A new one, enabled. Throws BreakpointError. */
  add(asked: Omit<NetworkBreakpoint, 'id'>): ListedBreakpoint {
    if (this.#all.size >= maxBreakpoints)
      throw new BreakpointError(`There are already ${maxBreakpoints} network breakpoints: remove some.`, undefined);
    const made = checked({ ...asked, id: randomUUID() });
    return this.#set({ ...made, enabled: true });
  }

  /** Throws BreakpointError. */
  change(id: string, change: BreakpointChange): ListedBreakpoint {
    const { enabled, ...before } = this.#found(id);
    const fields = Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined && value !== '');
    return this.#set({ ...checked(Object.fromEntries(fields) as unknown as NetworkBreakpoint), enabled });
  }

  setEnabled(id: string, enabled: boolean): void {
    const before = this.#found(id);
    if (before.enabled !== enabled) this.#set({ ...before, enabled });
  }

  /** None stops any more; what they are stays. */
  disableAll(): void {
    if (!this.all().some((b) => b.enabled)) return;
    for (const b of this.all()) this.#all.set(b.id, { ...b, enabled: false });
    this.#emit('list');
  }

  /** A plain one cannot go: it is switched off, and nothing of its condition stays. */
  remove(id: string): void {
    const { kind } = this.#found(id);
    if (id === kind) {
      this.#set({ id, kind, enabled: false });
      return;
    }
    this.#all.delete(id);
    this.#seen.delete(id);
    this.#hits.delete(id);
    this.#emit('list');
  }

  /** "Break when this call fails": an error, or a status from 400 on, of what is called in this line (from 1). */
  breakWhenFails(callSite: { file: string; line: number }): ListedBreakpoint[] {
    return (['requestFails', 'status400'] as const).map(
      (kind) => this.#at(kind, callSite) ?? this.add({ kind, callSite }),
    );
  }

  #at(kind: BreakpointKind, { file, line }: { file: string; line: number }): ListedBreakpoint | undefined {
    const found = this.all().find((b) => b.kind === kind && b.callSite?.file === file && b.callSite.line === line);
    if (found && !found.enabled) this.setEnabled(found.id, true);
    return found && this.get(found.id);
  }

  /** Hits since the last start of a program; undefined: none. */
  hitsOf(id: string): number | undefined {
    const counts = this.#hits.get(id);
    return counts && [...counts.values()].reduce((sum, n) => sum + n, 0);
  }

  note(hit: Pick<BreakpointHit, 'breakpoint' | 'thread' | 'hits'>): void {
    if (!this.#all.has(hit.breakpoint)) return;
    const counts = this.#hits.get(hit.breakpoint) ?? new Map<string, number>();
    this.#hits.set(hit.breakpoint, counts.set(hit.thread, hit.hits));
    this.#changed.fire('hits');
  }

  /** A program starts, and none runs. */
  forgetHits(): void {
    if (this.#hits.size === 0) return;
    this.#hits.clear();
    this.#changed.fire('hits');
  }

  /** What the Breakpoints view said of this one the last time; undefined: it has not been asked. */
  seen(id: string): Seen | undefined {
    return this.#seen.get(id);
  }

  setSeen(id: string, seen: Seen): void {
    this.#seen.set(id, seen);
    this.#save();
  }

  #found(id: string): ListedBreakpoint {
    const found = this.#all.get(id);
    if (!found) throw new BreakpointError(`There is no network breakpoint ${id}.`, 'id');
    return found;
  }

  #set(b: ListedBreakpoint): ListedBreakpoint {
    this.#all.set(b.id, b);
    this.#emit('list');
    return b;
  }

  #emit(what: 'list'): void {
    this.#save();
    this.#changed.fire(what);
  }

  #save(): void {
    this.#memory.set({ v: 1, list: this.all(), seen: Object.fromEntries(this.#seen) } satisfies Saved);
  }
}

function checked(b: NetworkBreakpoint): NetworkBreakpoint {
  const problem = problemOf(b);
  if (problem) throw problem;
  const made = asBreakpoint(b);
  if (!made) throw new BreakpointError('This is not a network breakpoint.', undefined);
  return made;
}

/** What is wrong with it; undefined: nothing. */
export function problemOf(b: NetworkBreakpoint): BreakpointError | undefined {
  const { condition = '', hitCondition, logMessage, thresholdMs } = b;
  const { query, error } = parseQuery(condition);
  if (error) return new BreakpointError(`Condition: ${error.message}`, 'condition', error.column);
  const late = tooLate(b.kind, query);
  if (late !== undefined)
    return new BreakpointError(`Condition: ${late} is not known yet when a request starts.`, 'condition');
  if (hitCondition !== undefined && !hitTest(hitCondition))
    return new BreakpointError(
      'A hit condition is a number, optionally after >, >=, <, <=, == or %: >=3',
      'hitCondition',
    );
  const unknown = logMessage === undefined ? undefined : unknownPlace(logMessage);
  if (unknown)
    return new BreakpointError(
      `Log message, column ${unknown.column}: there is no {${unknown.name}}; there are ${logPlaces.map((p) => `{${p}}`).join(' ')}`,
      'logMessage',
      unknown.column,
    );
  if (thresholdMs !== undefined && !isThreshold(thresholdMs))
    return new BreakpointError('The threshold is a number of milliseconds.', 'thresholdMs');
  return undefined;
}

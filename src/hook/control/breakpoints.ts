/**
 * Network breakpoints: which are armed, which of them a request meets at each of its steps, and what follows: a line is
 * reported, or the program stops. With none armed all of this is one test of a boolean at each step.
 *
 * "Request starts" and "first host" stop inside the program's call; the others where the hook learns of it, with the
 * call site reported. The stack of each request is kept (unread) while any is armed.
 */
import {
  asBreakpoint,
  type BreakpointKind,
  defaultThresholdMs,
  hitTest,
  maxBreakpoints,
  type NetworkBreakpoint,
} from '../../model/lines/breakpoints';
import type { RequestRecord } from '../records/request';
import { lettingGo, type Try } from '../records/tries';
import { ErrorClass, stringify } from '../runtime/builtins';
import { fault, guarded, parts } from '../runtime/guard';
import { type CallPlace, placeIn, placeMatches } from '../sites/callPlace';
import { type Hit, report, reportCount } from './breakpointHits';
import { conditionTest } from './condition';
import { prepareHalt } from './pause';
import { forgetSlow, watchSlow } from './slowTimers';

const part = parts.breakpoints;

/** A breakpoint that is armed in this isolate. */
export interface Armed {
  readonly b: NetworkBreakpoint;
  /** Undefined: not to be said yet. */
  readonly passes: (r: RequestRecord) => boolean | undefined;
  readonly counts: (n: number) => boolean;
  hits: number;
}

/** What is kept of a request while breakpoints are armed. */
class Watched {
  place: CallPlace | undefined;
  answered = false;
  /** Their condition could not be decided when their moment came. */
  open: Armed[] | undefined;
  constructor(private stack: Error | undefined) {}

  callPlace(): CallPlace | undefined {
    if (this.stack !== undefined) {
      this.place = placeIn(this.stack);
      this.stack = undefined;
    }
    return this.place;
  }
}

/** The one test where nothing is armed. */
export const armed = { on: false };
const byKind = new Map<BreakpointKind, Armed[]>();
let watched = new WeakMap<RequestRecord | Try, Watched>();
lettingGo.push((r, t) => {
  const w = watched.get(r);
  if (w !== undefined) watched.set(t, w);
});
/** Answered and not over, while somebody asks for bodies that were not read. */
const unread = new Set<RequestRecord>();
const hosts = new Set<string>();
const maxHosts = 10_000;
/** The program is paused, or the hook itself is running code in it. */
let busy = false;

/** Puts these in the place of those that were armed; what did not change keeps its count. `list` may be anything. */
export function arm(list: unknown): void {
  try {
    rearm(list);
  } catch (e) {
    armed.on = false;
    fault(part, e);
  }
}

/** Not guarded: it is also called while nothing is traced and all parts are suspended. */
function rearm(list: unknown): void {
  const before = new Map([...byKind.values()].flat().map((a) => [stringify(a.b), a]));
  byKind.clear();
  for (const value of Array.isArray(list) ? list.slice(0, maxBreakpoints) : []) {
    const b = asBreakpoint(value);
    const one = b && (before.get(stringify(b)) ?? armedOf(b));
    if (one === undefined) continue;
    const same = byKind.get(one.b.kind);
    if (same) same.push(one);
    else byKind.set(one.b.kind, [one]);
  }
  armed.on = byKind.size > 0;
  if (armed.on) prepareHalt();
  else {
    watched = new WeakMap();
    hosts.clear();
    forgetSlow();
  }
  if (!byKind.has('bodyNotRead')) unread.clear();
}

function armedOf(b: NetworkBreakpoint): Armed | undefined {
  const passes = conditionTest(b.condition ?? '');
  const counts = b.hitCondition === undefined ? () => true : hitTest(b.hitCondition);
  return passes && counts && { b, passes, counts, hits: 0 };
}

/** A request was made: the program's call is on the stack. */
export const atBegin = guarded(part, 'breakpoints.begin', (r: RequestRecord): void => {
  if (busy || watched.has(r)) return;
  const before = r.redirectOf ?? r.retryOf;
  const w = before && watched.get(before);
  const own = new Watched(w === undefined ? stackHere() : undefined);
  if (w !== undefined) own.place = w.callPlace();
  watched.set(r, own);
  const meets = of('requestStarts');
  if (byKind.has('firstHost') && isFirst(r)) meets.push(...of('firstHost'));
  const slow = of('slowerThan').filter((a) => isAt(a, own));
  if (slow.length > 0)
    watchSlow(
      r,
      slow.map((a) => ({ limit: a.b.thresholdMs ?? defaultThresholdMs, over: () => meet(r, [a]) })),
    );
  meet(r, meets);
});

/** The head of the answer has come. */
export const atResponse = guarded(part, 'breakpoints.response', (r: RequestRecord): void => {
  if (busy) return;
  const w = watchedOf(r);
  if (w.answered) return;
  w.answered = true;
  const meets = of('responseArrives');
  const status = byKind.has('status400') || byKind.has('status500') ? (r.readResponse()?.status ?? 0) : 0;
  if (status >= 400) meets.push(...of('status400'));
  if (status >= 500) meets.push(...of('status500'));
  if (byKind.has('bodyNotRead') && r.endAt === 0) unread.add(r);
  meet(r, meets);
});

/** It is over, one way or another. */
export const atEnd = guarded(part, 'breakpoints.end', (r: RequestRecord): void => {
  if (busy) return;
  if (r.responseBeginAt !== 0) atResponse(r);
  unread.delete(r);
  forgetSlow(r);
  const w = watchedOf(r);
  const meets = w.open ?? [];
  w.open = undefined;
  if (r.hasFailed) meets.push(...of('requestFails'));
  if (r.outcome === 'notRead') meets.push(...of('bodyNotRead'));
  meet(r, meets);
});

/** The process ends: answers of which nothing was read. */
export const atExit = guarded(part, 'breakpoints.exit', (): void => {
  for (const r of [...unread]) if (isUnread(r)) meet(r, of('bodyNotRead'));
  unread.clear();
});

function isUnread(r: RequestRecord): boolean {
  if (r.endAt !== 0) return false;
  if (!r.seesReading) return r.outcomeAtExit() === 'notRead';
  const facts = r.readResponse();
  const bodiless = r.method === 'HEAD' || facts?.status === 204 || facts?.status === 304 || facts?.declaredBytes === 0;
  return r.readBeginAt === 0 && !bodiless;
}

const of = (kind: BreakpointKind): Armed[] => [...(byKind.get(kind) ?? [])];

function watchedOf(r: RequestRecord): Watched {
  let w = watched.get(r);
  if (w === undefined) {
    // Made before anything was armed.
    w = new Watched(undefined);
    watched.set(r, w);
  }
  return w;
}

function isFirst(r: RequestRecord): boolean {
  const host = hostOf(r);
  if (host === '' || hosts.has(host)) return false;
  if (hosts.size < maxHosts) hosts.add(host);
  return true;
}

function hostOf(r: RequestRecord): string {
  try {
    return new URL(r.url()).host;
  } catch {
    return '';
  }
}

const isAt = ({ b }: Armed, w: Watched): boolean =>
  b.callSite === undefined || placeMatches(w.callPlace(), b.callSite.file, b.callSite.line);

/** Counts those that the request meets; then reports, or stops for all at once. */
function meet(r: RequestRecord, candidates: readonly Armed[]): void {
  if (candidates.length === 0 || busy) return;
  const w = watchedOf(r);
  const stops: Hit[] = [];
  busy = true;
  try {
    for (const a of candidates) {
      if (!isAt(a, w)) continue;
      const passes = a.passes(r);
      if (passes === undefined && r.endAt === 0 && isLate(a.b.kind)) {
        w.open ??= [];
        w.open.push(a);
      }
      if (passes !== true) continue;
      a.hits++;
      if (!a.counts(a.hits)) reportCount(a);
      else if (a.b.logMessage !== undefined) report([{ b: a.b, hits: a.hits }], r, w.callPlace(), true);
      else stops.push({ b: a.b, hits: a.hits });
    }
    if (stops.length > 0) report(stops, r, w.callPlace(), false);
  } finally {
    busy = false;
  }
}

/** Of these it may be said later, at the end. */
const isLate = (kind: BreakpointKind): boolean =>
  kind === 'responseArrives' || kind === 'status400' || kind === 'status500' || kind === 'slowerThan';

function stackHere(): Error | undefined {
  const { stackTraceLimit } = ErrorClass;
  try {
    ErrorClass.stackTraceLimit = 100;
    return new ErrorClass();
  } catch {
    return undefined;
  } finally {
    try {
      ErrorClass.stackTraceLimit = stackTraceLimit;
    } catch {
      // Frozen: it was not set either.
    }
  }
}

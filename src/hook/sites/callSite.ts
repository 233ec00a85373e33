/**
 * Call sites: the dearest thing the hook does, so an `Error` is made at the entry of a wrapped function, where the
 * stack is short, and left unread; stacks are read in batches, as lines `src` (an entry of the isolate's table) and
 * `site` (which record has which entry). SIGKILL loses those not yet read: at most 31, or those of the last 50 ms. A
 * worker, or a process that was forked, reads its own with each write, as it may be terminated at any time.
 *
 * The first 256 captures take all frames (`allFrames`), and the first 100 of each 100 ms (at 10 µs a stack, 1 % of them):
 * a burst, as tests make, has the same call sites each time. In a hot loop, which has more in each of such windows in a
 * row, the first 20 do. The others take as many frames as were needed lately. When a short stack then shows no user
 * frame, that request keeps the library's frame, marked so, and the next 16 take all again.
 *
 * `--frozen-intrinsics` freezes Error after the preload has run: the part goes off at the first attempt, all else works.
 */

import { apply, ErrorClass } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { fault, parts } from '../runtime/guard';
import { frameGone, roomForFrame } from '../runtime/stackLimit';
import type { AnyFunction } from '../runtime/wrap';
import { detectDebugger, keepParents, parents, withParents } from './asyncParents';
import { context, presentContext } from './labels';
import { programsPrepare, raw } from './prepareStackTrace';
import { checkEarly, framesAbove, needPromises, running, type Seen, tendPromises } from './promiseParents';
import {
  chainOf,
  entryOf,
  inheritedEntry,
  isUsersEntry,
  maxFrames,
  takeDefinitions,
  userEntry,
  userFrame,
} from './stack';

const part = parts.callSites;

/** Something may be reported of the requests that are made now. */
export const siteWanted = { sites: true };

let budget = Number.POSITIVE_INFINITY;

interface Located {
  id: number;
  /** Number in the table of `src` entries; 0 while unread or unknown. */
  site: number;
  /** The try before this one. */
  retryOf?: Located | undefined;
}

/** Unread stacks, or the earlier hop whose call site the record inherits. */
let held: (Error | Located)[] = [];
let owners: Located[] = [];
const whole: boolean[] = [];
let count = 0;

/** The whole chain of calls is reported, too: each stack is taken whole then. */
let chains = false;

export function setUpCallSites(level: 'all' | 'off' | number, stacks = false): void {
  chains = stacks;
  budget = typeof level === 'number' ? level : Number.POSITIVE_INFINITY;
  if (level === 'off') part.on = false;
  else if (stacks) keepParents();
  try {
    const limit = ErrorClass.stackTraceLimit;
    ErrorClass.stackTraceLimit = 2;
    ErrorClass.stackTraceLimit = limit;
  } catch {
    part.on = false;
  }
}

let frames = 2;
/** At the start nothing has been read, and many requests may be made in one tick. */
let warmup = 256;
let windowAt = 0;
let inWindow = 0;
const burst = 100;
/** Captures of a window that take all frames. */
let wholeInWindow = burst;
let secondAt = 0;
let inSecond = 0;

/** How many frames the next capture takes; 0: none, over the budget. */
function limit(t: number): number {
  if (t - windowAt > 100) {
    // One right after the other: a loop goes on.
    wholeInWindow = inWindow > burst && t - windowAt < 200 ? 20 : burst;
    windowAt = t;
    inWindow = 0;
    detectDebugger();
    tendPromises(t);
    if (t - secondAt > 1000) {
      secondAt = t;
      inSecond = 0;
    }
  }
  inWindow++;
  if (++inSecond > budget && (inSecond & 7) !== 0) return 0;
  if (chains || running.job !== undefined) return maxFrames;
  if (inWindow <= wholeInWindow || warmup > 0) {
    if (warmup > 0) warmup--;
    return maxFrames;
  }
  return frames;
}

/** So many frames were needed to find the program's; 0: they did not hold it. */
export function noteDepth(depth: number): void {
  if (depth > frames) frames = depth;
  if (depth === 0) warmup = 16;
}

/** What a running entry saw; taken by the first record made inside. */
export class Entered {
  error: Error | undefined = undefined;
  /** The error has as many frames as there are. */
  allFrames = false;
  /** Over the budget: no call site. */
  overBudget = true;
  /** What fetch, or a dispatcher, was called with: its signal says why it was given up, where undici does not. */
  args: unknown[] | undefined = undefined;
  /** The pool of undici that it was given to last. */
  pool: unknown = undefined;
  /** What it is done for, if anything says so. */
  context: unknown = undefined;
  /** The first record made inside. */
  made: Located | undefined = undefined;
  /** A pool keeps it: its record is made, its request is not. */
  kept = false;
  /** The record is made long after the call. */
  isLate = false;
  /** The promise of a fetch, until its response is there: it may refuse a redirect. */
  promise: unknown = undefined;
  constructor(
    readonly at: number,
    readonly fetch: boolean,
  ) {}
}

/** The entry that is running now. */
export const entered = { by: undefined as Entered | undefined };

/**
 * A wrapped entry (`http.request`, `fetch`). One function object each: the frame above it is the caller's. The capture
 * is inlined, as a helper would add a frame. What is noted is valid for the synchronous call only.
 */
export function entry(
  original: AnyFunction,
  isFetch: boolean,
  onReturn?: (result: unknown, by: Entered, args: unknown[], self: unknown) => void,
  onThrow?: (by: Entered, args: unknown[]) => void,
  /** Number of the hook's frames between it and its caller. */
  between = 0,
): AnyFunction {
  const entry = {
    // A method, as it has no `prototype`: fetch has none either.
    call(this: unknown, ...args: unknown[]): unknown {
      const outer = entered.by;
      const t = now();
      const own = new Entered(t, isFetch);
      entered.by = own;
      if (isFetch) own.args = args;
      if (context.on) own.context = presentContext();
      if (part.on && siteWanted.sites) {
        try {
          const n = limit(t);
          if (n > 0) {
            const before = ErrorClass.stackTraceLimit;
            ErrorClass.stackTraceLimit = n + between;
            own.error = asRequests(new ErrorClass());
            ErrorClass.stackTraceLimit = before;
            own.allFrames = n === maxFrames;
            own.overBudget = false;
          }
        } catch (e) {
          fault(part, e);
        }
      }
      // An error made inside has our frame too: room for it, so that none of the program's is cut off.
      const room = roomForFrame();
      let returned = false;
      try {
        const result: unknown = apply(original, this, args);
        returned = true;
        onReturn?.(result, own, args, this);
        return result;
      } finally {
        entered.by = outer;
        // Not caught: thrown again, it would point here.
        if (!returned) onThrow?.(own, args);
        if (room !== 0) frameGone(room);
      }
    },
  };
  return entry.call;
}

/** Notes the call site of a record just made; called once for each. */
export function takeSite(owner: Located): void {
  const { by } = entered;
  if (by?.error !== undefined) {
    hold(seen(by.error), owner, by.allFrames);
    by.error = undefined;
  } else if (by?.overBudget) by.overBudget = false;
  else if (limit(now()) > 0) {
    // Not through a wrapped entry (npm undici, own ClientRequest): taken here, deeper.
    const before = ErrorClass.stackTraceLimit;
    ErrorClass.stackTraceLimit = maxFrames;
    const e = asRequests(new ErrorClass());
    ErrorClass.stackTraceLimit = before;
    hold(seen(e), owner, true);
  }
}

/** Whose promise's job runs now goes with it: later it is another. */
function withJob(e: Error): Error {
  if (running.job !== undefined) (e as Seen).job = running.job;
  return e;
}

/** The stack of a request: what was kept for the first one is taken. */
function asRequests(e: Error): Error {
  withJob(e);
  if (running.job?.once) running.job = running.job.by;
  return e;
}

/** Asked for its parents now, where somebody keeps them: later they are others. */
function seen(e: Error): Error {
  const stack = parents.kept ? withParents(e, now(), chains) : e;
  if (stack === e) checkEarly(e);
  return stack;
}

/** An unread stack, and whether it has all there is. */
export interface KeptSite {
  readonly error: Error;
  readonly allFrames: boolean;
}

/** What `takeSite` would note, for a record that may never be reported. `allowExpensive`: also where it has to be taken now. */
export function keepSite(allowExpensive: boolean): KeptSite | undefined {
  const { by } = entered;
  if (by?.error !== undefined) {
    const kept = { error: seen(by.error), allFrames: by.allFrames };
    by.error = undefined;
    return kept;
  }
  if (by?.overBudget) {
    by.overBudget = false;
    return undefined;
  }
  const error = allowExpensive ? captureSite() : undefined;
  return error && { error: seen(error), allFrames: true };
}

/** The stack of the request that is being made; undefined: it was taken already, or call sites are off. */
export const presentSite = (): Error | undefined => entered.by?.error ?? captureSite();

/** Now it is reported. */
export const reportKept = (kept: KeptSite, owner: Located): void => hold(kept.error, owner, kept.allFrames);

/** A later hop of a redirect is made by the runtime: it has the call site of the first. */
export function inheritSite(owner: Located, first: Located): void {
  if (entered.by) entered.by.error = undefined;
  hold(first, owner, true);
}

/** The stack at this call, unread, for a record that may never be reported. Undefined: off, or over the budget. */
export function captureSite(): Error | undefined {
  if (!part.on || limit(now()) === 0) return undefined;
  const before = ErrorClass.stackTraceLimit;
  ErrorClass.stackTraceLimit = maxFrames;
  const e = withJob(new ErrorClass());
  ErrorClass.stackTraceLimit = before;
  return e;
}

/** Now it is reported. */
export const reportSite = (e: Error, owner: Located): void => hold(e, owner, true);

function hold(e: Error | Located, owner: Located, isDeep: boolean): void {
  held[count] = e;
  owners[count] = owner;
  whole[count++] = isDeep;
}

export const unreadSites = (): number => count;

/** Reads the stacks held and returns their lines. Called between ticks, never while a request is being made. */
export function readSites(): string {
  const n = count;
  const errors = held;
  const records = owners;
  const before = programsPrepare();
  let pairs = '';
  let stacks = '';
  held = [];
  owners = [];
  count = 0;
  try {
    ErrorClass.prepareStackTrace = raw;
    for (let i = 0; i < n; i++) {
      const e = errors[i] as Error | Located;
      const owner = records[i] as Located;
      let number: number | undefined;
      if ((e as Located).site === undefined) {
        const stack = (e as Error).stack as unknown as NodeJS.CallSite[];
        const chain = chains ? chainOf(stack, before) : '';
        if (chain !== '') stacks += `{"k":"stack","id":${owner.id},"f":[${chain}]}\n`;
        number = siteOf(e as Seen, stack, whole[i] === true, before, owner);
      } else number = inheritedEntry((e as Located).site);
      if (number === undefined) continue;
      owner.site = number;
      pairs += `${pairs === '' ? '' : ','}${owner.id},${number}`;
    }
  } catch (e) {
    fault(part, e);
  } finally {
    try {
      ErrorClass.prepareStackTrace = before;
    } catch {
      // Frozen: then it was not set either.
    }
  }
  const definitions = takeDefinitions();
  return pairs === '' ? definitions : `${definitions}${stacks}{"k":"site","s":[${pairs}]}\n`;
}

/** Entry of the frame that counts; what it took to find it determines how deep the next captures are. */
function siteOf(
  { job }: Seen,
  stack: NodeJS.CallSite[],
  isWhole: boolean,
  programs: typeof Error.prepareStackTrace,
  owner: Located,
): number | undefined {
  const { frame, user, depth } = userFrame(stack);
  if (!user) {
    if (!isWhole) noteDepth(0);
    else if (frame) needPromises();
    const above = isWhole && job && frame ? framesAbove(job) : undefined;
    if (above) return userEntry(above, 0, programs).entry;
    // A timer of the package begins the next try of a call: the line of the call is that of its first.
    const before = owner.retryOf?.site ?? 0;
    if (isUsersEntry(before)) return inheritedEntry(before);
    return frame && entryOf(frame, 'library', programs);
  }
  const found = userEntry(stack, depth - 1, programs);
  noteDepth(found.depth);
  return found.entry;
}

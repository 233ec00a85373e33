/**
 * What is to be written, and when. Between the program's call and its bytes on the wire nothing is built and nothing
 * written: records queue up here, and after the microtasks of the tick (promise job, then nextTick) Node has handed the
 * request to the kernel, so that building the lines and writing them overlaps with the server's answer. While the loop
 * is over 90 % busy, writes are grouped for 5 ms; those of undici alone for 1 ms, as it sends what follows a response only
 * a turn later, so that nothing would overlap. After a pause the first is written at once. The timers do not hold the
 * process.
 *
 * So nothing is lost at SIGKILL but what waits for these 5 ms, or that 1: a request made in a tick leaves in the same tick,
 * and our line follows it. A debugger that stops the program inside a tick calls `flush`.
 */
import { beginTick } from '../runtime/budget';
import { afterJobs, clearTimer, forgetTimer, nextTick, setTimer } from '../runtime/builtins';
import { now, us } from '../runtime/clock';
import { fault, parts } from '../runtime/guard';
import { beginOwn, costText, endOwn, own, takeDue } from '../runtime/ownCost';
import { put } from './spool';

/** A record that turns into lines: called when queued ones are written; returns whole lines, or '' when nothing is due. */
export interface Writable {
  lines(): string;
  /** Its client sends what follows only a turn of the loop later: a write now would hold that up, not overlap with it. */
  readonly waits?: boolean;
}

/** A record whose lines may all be out before its turn comes. */
interface Overtaken extends Writable {
  readonly isWritten: boolean;
  /** Its place among those that wait; -1: does not wait. */
  laterAt: number;
}

let queued: (string | Writable)[] = [];
let later: Overtaken[] = [];
/** Length of `later` at which the written ones are thrown out. */
let crowded = 32;
/** Written after everything else of the same write: ends of connections, whose requests end before. */
let closing: Writable[] = [];
let armed = false;
let timed = false;
let resting = false;
let gapTimer: NodeJS.Timeout | undefined;
let restTimer: NodeJS.Timeout | undefined;
const restMs = 50;
let restBegan = Number.NEGATIVE_INFINITY;
/** No rest began shortly before this one. */
let sparse = false;
let lastWrite = Number.NEGATIVE_INFINITY;
/** Between two writes, in ms, while all that is queued waits. */
const shortGap = 1;
/** Something is queued that does not wait. */
let hurried = false;
let gap = 0;
let automatic = true;
let loadAt = 0;
let load = { active: 0, idle: 0 };
/** Unread call sites: how many, the reader of them, and ms between two readings. */
let sites = { count: () => 0, read: () => '', every: 50 };
let sitesAt = Number.NEGATIVE_INFINITY;

let utilization: (() => typeof load) | undefined;

/** How long writes are grouped, in ms; undefined: it depends on how busy the loop is, once that is read. */
export function setUpQueue(fixedGap: number | undefined): void {
  gap = fixedGap ?? 0;
  automatic = fixedGap === undefined;
}

/** Before the first request: how call sites are read, and how busy the loop is. */
export function setUpRequestQueue(callSites: typeof sites, loop: typeof utilization): void {
  sites = callSites;
  utilization = loop;
}

export function push(x: string | Writable): void {
  // Not `push`, which a program may have replaced when it ends.
  queued[queued.length] = x;
  if (typeof x === 'string' || x.waits !== true) hurried = true;
  if (armed) return;
  armed = true;
  const left = hurried || !automatic ? 0 : shortGap - (now() - lastWrite);
  if (left > 0) waitFor(shortGap);
  else afterJobs(onJobsDone);
}

export function pushLast(x: Writable): void {
  closing.push(x);
  hurried = true;
  if (armed) return;
  armed = true;
  afterJobs(onJobsDone);
}

/**
 * For what is likely to be overtaken: the head of a response, whose end mostly comes in the same tick. Written within
 * 50 ms, no later than when the process ends.
 */
export function pushLater(x: Overtaken): void {
  if (x.laterAt >= 0) return;
  // Held no longer than needed: what a finished request hangs on must not grow old here.
  if (later.length >= crowded) {
    const waiting = later.filter((one) => !one.isWritten);
    for (const one of later) one.laterAt = -1;
    for (let i = 0; i < waiting.length; i++) (waiting[i] as Overtaken).laterAt = i;
    later = waiting;
    crowded = Math.max(32, later.length * 2);
  }
  x.laterAt = later.length;
  later.push(x);
  rest();
}

/** It has ended, and is queued with all it has: nothing of it waits any more. */
export function pushEnded(x: Overtaken): void {
  const at = x.laterAt;
  if (at >= 0) {
    const last = later.pop() as Overtaken;
    if (last !== x) {
      later[at] = last;
      last.laterAt = at;
    }
    x.laterAt = -1;
  }
  push(x);
}

// Twice: what made us wait may be the end of a request, whose listener makes the next one in the same tick. That one's
// bytes are sent in another nextTick, queued behind our first.
const onJobsDone = (): void => {
  nextTick(onFirstTick);
};
const onFirstTick = (): void => {
  nextTick(onTickEnd);
};

function onTickEnd(): void {
  if (gap === 0 || now() - lastWrite >= gap) {
    armed = false;
    drain(false);
  } else if (!timed) {
    waitFor(gap);
  }
}

/** Stays armed: no further job or tick until the timer fires. */
function waitFor(ms: number): void {
  timed = true;
  gapTimer = setTimer(onGapEnd, ms).unref();
}

function onGapEnd(): void {
  timed = false;
  armed = false;
  drain(false);
}

function rest(): void {
  if (resting) return;
  resting = true;
  const t = now();
  sparse = t - restBegan > restMs + 10;
  restBegan = t;
  restTimer = setTimer(onRest, restMs).unref();
}

/**
 * Nothing waits any more. Where requests are rare, a timer that fires for nothing costs more than to clear it: it wakes an
 * idle process. Where they are many, one serves all of its 50 ms.
 */
function endRest(): void {
  forgetTimer(restTimer);
  resting = false;
}

function onRest(): void {
  resting = false;
  sitesAt = Number.NEGATIVE_INFINITY;
  drain(true);
}

let draining = false;
const due: (() => void)[] = [];

/**
 * Runs `f` when no lines are being built: mostly now. A debugger calls from outside at any place of running code, also
 * in the middle of that.
 */
export function betweenWrites(f: () => void): void {
  if (draining) due.push(f);
  else f();
}

/** Runs `f`, and writes everything that is known then. Sets no job: at the exit a program's `async_hooks` would see it. */
export function flushAfter(f: () => void): void {
  const wasArmed = armed;
  armed = true;
  try {
    f();
  } finally {
    flush();
    armed = wasArmed;
  }
}

/** Stops the queue's timers and drops what was not yet written. */
export function stopQueue(): void {
  clearTimer(gapTimer);
  clearTimer(restTimer);
  queued = [];
  later = [];
  closing = [];
}

/** Writes everything that is known. Called at the end of the process and by the debugger at every stop. */
export function flush(): void {
  betweenWrites(() => {
    sitesAt = Number.NEGATIVE_INFINITY;
    drain(true);
  });
}

function drain(last: boolean): void {
  draining = true;
  const begin = own.measuring ? beginOwn() : 0;
  beginTick();
  try {
    let text = '';
    if (queued.length > 0) {
      const batch = queued;
      queued = [];
      for (let i = 0; i < batch.length; i++) {
        const x = batch[i] as string | Writable;
        if (typeof x === 'string') text += x;
        else text += x.lines();
      }
    }
    if (last && later.length > 0) {
      const batch = later;
      later = [];
      for (let i = 0; i < batch.length; i++) {
        const x = batch[i] as Overtaken;
        x.laterAt = -1;
        text += x.lines();
      }
    }
    if (closing.length > 0) {
      const batch = closing;
      closing = [];
      for (let i = 0; i < batch.length; i++) text += (batch[i] as Writable).lines();
    }
    hurried = false;
    lastWrite = now();
    if (automatic && lastWrite - loadAt >= 50) measureLoad();
    const unread = sites.count();
    if (unread >= 32 || (unread > 0 && lastWrite - sitesAt >= sites.every)) {
      sitesAt = lastWrite;
      text += sites.read();
    }
    if (takeDue()) text += `{"k":"ctl","at":${us(lastWrite)},"reason":"cost","cost":${costText()}}\n`;
    if (text !== '') put(text);
    if (sites.count() > 0) rest();
    else if (resting && sparse && later.length === 0) endRest();
  } catch (e) {
    fault(parts.lines, e);
  }
  if (begin !== 0) endOwn(begin);
  draining = false;
  if (due.length > 0) for (const f of due.splice(0)) f();
}

function measureLoad(): void {
  loadAt = lastWrite;
  if (!utilization) return;
  const current = utilization();
  gap = current.active - load.active > 9 * (current.idle - load.idle) ? 5 : 0;
  load = current;
}

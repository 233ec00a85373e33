/**
 * How long a response may have waited in the process before the event loop took it. Node does not report when bytes came.
 * But while the loop is idle nothing is there to be taken, so a response came after the loop was last idle, or after it
 * last asked the system. A timer notes both while responses are awaited: one that is due in a long computation fires right
 * after it, before the loop asks again.
 *
 * The timer keeps no process alive. It is rare: its gaps grow, in proportion to how long a request has waited, so that a
 * computation of half of that time always has one at its end; a minute of waiting costs 20 of them. Where requests are rare
 * it is cleared with the response, so that it does not wake an idle process; where they are many, one serves those that
 * follow.
 */
import { clearTimer, forgetTimer, setTimer } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { idleTime } from '../runtime/idle';
import { whenLeft } from '../runtime/patches';

const firstGapMs = 25;
const growth = 1.5;

/** The clock, and how long the loop had been idle until then, in ms. */
interface Mark {
  t: number;
  idle: number;
}

let awaited = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
whenLeft(() => clearTimer(timer));
let gapMs = firstGapMs;
let dueAt = 0;
let awaitedFrom = Number.NEGATIVE_INFINITY;
/** No request was awaited shortly before those that are. */
let sparse = false;
/** Two are kept: the loop has asked the system between them. */
const last: Mark = { t: 0, idle: 0 };
const before: Mark = { t: 0, idle: 0 };

/** A response is awaited from `t` on. */
export function awaitResponse(t: number, idle: number): void {
  if (awaited++ === 0) {
    set(before, t, idle);
    set(last, t, idle);
    sparse = t - awaitedFrom > 2 * firstGapMs;
    awaitedFrom = t;
  }
  if (timer === undefined || dueAt > t + firstGapMs) start(t, firstGapMs);
}

/** It came, or none will. */
export function endAwait(): void {
  if (--awaited > 0 || !sparse) return;
  forgetTimer(timer);
  timer = undefined;
}

/**
 * Upper bound, in ms, of how long a response that is seen at `t` may have been there; `busyMs` is how long the loop has been
 * busy since the request was created.
 */
export function loopDelayMax(t: number, idle: number, busyMs: number): number {
  const { t: from, idle: idleBefore } = idle > last.idle ? last : before;
  return Math.min(busyMs, t - from - (idle - idleBefore));
}

function start(t: number, ms: number): void {
  clearTimer(timer);
  gapMs = ms;
  dueAt = t + ms;
  timer = setTimer(onTimer, ms).unref();
}

const onTimer = guarded(parts.loop, 'loop.mark', () => {
  timer = undefined;
  const t = now();
  set(before, last.t, last.idle);
  set(last, t, idleTime());
  // Without any rest, in many short computations, the loop asks the system between them: the next mark comes soon.
  if (awaited > 0) start(t, last.idle > before.idle ? gapMs * growth : firstGapMs);
});

function set(mark: Mark, t: number, idle: number): void {
  mark.t = t;
  mark.idle = idle;
}

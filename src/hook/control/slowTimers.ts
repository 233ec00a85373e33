/**
 * Requests that take longer than a limit, reported while they still run: one that hangs never ends. Time in which the event
 * loop did not turn (a stop of the debugger, a busy program) does not count beyond a short grace, as it is not the
 * network's. One unref'd timer serves all requests.
 */

import type { RequestRecord } from '../records/request';
import { clearTimer, setTimer } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { whenLeft } from '../runtime/patches';

interface Limit {
  /** ms */
  limit: number;
  over: () => void;
}

interface Watch {
  readonly r: RequestRecord;
  /** Those that have not been passed. */
  limits: Limit[];
  /** ms that do not count. */
  lost: number;
}

const graceMs = 50;
const watches = new Map<RequestRecord, Watch>();
let timer: NodeJS.Timeout | undefined;
whenLeft(() => {
  clearTimer(timer);
  watches.clear();
});
let period = 0;
let lastAt = 0;

export function watchSlow(r: RequestRecord, limits: Limit[]): void {
  if (watches.size === 0) lastAt = now();
  watches.set(r, { r, limits, lost: 0 });
  const wanted = Math.max(2, Math.min(250, ...limits.map((l) => l.limit / 4)));
  if (timer !== undefined && wanted >= period) return;
  if (timer !== undefined) {
    clearTimer(timer);
    timer = undefined;
  }
  period = wanted;
  start();
}

/** It is over: whether it was too slow is said for the last time. Without one: all are forgotten. */
export function forgetSlow(r?: RequestRecord): void {
  if (r === undefined) watches.clear();
  const watch = r && watches.get(r);
  if (watch === undefined) return;
  turn();
  watches.delete(watch.r);
}

function start(): void {
  timer = setTimer(onTimer, period);
  timer.unref();
}

const onTimer = guarded(parts.breakpoints, 'breakpoints.slow', (): void => {
  timer = undefined;
  turn();
  if (watches.size > 0) start();
});

function turn(): void {
  const t = now();
  pass(t, t - lastAt - period - graceMs);
  lastAt = t;
  for (const watch of [...watches.values()]) {
    const took = now() - watch.r.createdAt - watch.lost;
    const passed = watch.limits.filter((one) => took > one.limit);
    if (passed.length === 0) continue;
    watch.limits = watch.limits.filter((one) => !passed.includes(one));
    if (watch.limits.length === 0) watches.delete(watch.r);
    for (const { over } of passed) over();
    // That was a stop, perhaps.
    const after = now();
    pass(after, after - lastAt);
    lastAt = after;
  }
}

/** So much of the time until now is not the network's. */
function pass(t: number, ms: number): void {
  if (ms <= 0) return;
  for (const watch of watches.values()) watch.lost += Math.min(ms, t - watch.r.createdAt);
}

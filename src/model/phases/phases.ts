/**
 * The breakdown of a request: the one function that waterfall, details, editor notes, command line and HAR share.
 *
 * Phases are contiguous: each begins where the one before ended (as curl's marks), so a gap of the event loop belongs
 * to the phase that follows it, and Σ duration + Σ paused = total + paused = end − createdAt exactly. A phase that did
 * not happen is absent, with the reason; it is never 0. The last phase is `running` or `failed` where the request is.
 */

import type { Pause, PhaseName, Request } from '../records';
import type { Store } from '../store/store';
import { type Context, contextOf } from './context';
import type { AbsentReason, PhasePart } from './types';

export interface Phase {
  name: PhaseName;
  /** µs since the trace began. */
  beginAt: number;
  /** µs, without `paused`. */
  duration: number;
  /** µs of it that the program stood in the debugger; absent: none. */
  paused?: number;
  parts?: PhasePart[];
  /** Source that measured its end. */
  by: string;
  /** Not ended: `duration` goes to `now`. */
  running?: true;
  /** The request ended in it without finishing it. */
  failed?: true;
  /** When is not known, as the process was killed: `duration` goes to the last instant that is known of the request. */
  endUnknown?: true;
}

export interface Breakdown {
  phases: Phase[];
  absent: { name: PhaseName; why: AbsentReason }[];
  /** µs without `paused`: Σ of the phases. Absent when the begin is not known, or an imported format does not report the end. */
  total?: number;
  /** µs in the debugger. */
  paused: number;
  /** createdAt is not known: only phases between known instants, no total. */
  windowed?: true;
  /** As of the last phase: `total` is what is known of it. */
  endUnknown?: true;
}

const order: readonly PhaseName[] = ['queue', 'dns', 'tcp', 'proxy', 'tls', 'send', 'wait', 'download'];

interface Step {
  name: PhaseName;
  /** Absent: begun and not ended. */
  end: number | undefined;
  failed?: boolean;
  by?: string;
  parts?: PhasePart[];
}

/** The breakdown of `r`; `now` (µs since the trace began) is needed while it runs. Same input, same output. */
export function phasesOf(r: Request, store: Store, now = 0): Breakdown {
  const c = contextOf(r, store, now);
  const { steps, absent } = stepsOf(r, c);
  const phases: Phase[] = [];
  const start = r.createdAt ?? firstInstant(r);
  if (start === undefined)
    return { phases, absent: order.map((name) => ({ name, why: 'notSeen' })), paused: 0, windowed: true };

  let previous = start;
  let stopped = false;
  for (const step of steps) {
    if (stopped) break;
    const open = step.end === undefined || step.failed === true;
    const end = Math.min(Math.max(previous, open ? c.limit : (step.end as number)), Math.max(c.limit, start));
    // A step of the setup that was over before the request was made is not this request's.
    if (!open && (step.end as number) <= start && step.name !== 'queue' && setup.has(step.name)) {
      absent.push({ name: step.name, why: 'earlier' });
      continue;
    }
    const paused = pausedWithin(c.pauses, previous, end);
    phases.push({
      name: step.name,
      beginAt: previous,
      duration: end - previous - paused,
      ...(paused > 0 ? { paused } : {}),
      ...(step.parts && step.parts.length > 0 ? { parts: step.parts } : {}),
      by: step.by ?? r.by?.[endField[step.name]] ?? r.by?.['*'] ?? 'hook',
    });
    previous = end;
    stopped = open;
  }
  finish(r, c, phases);
  // How long the phase took in which it ended is not known then, nor is the total.
  const isEndless = r.endAt === undefined && unsaid(r, 'endAt');
  if (isEndless && phases.at(-1)?.failed) absent.push({ name: (phases.pop() as Phase).name, why: 'notInFormat' });
  for (const name of order) {
    if (!phases.some((p) => p.name === name) && !absent.some((a) => a.name === name)) {
      absent.push({ name, why: r.outcome === undefined ? 'notYet' : 'notReached' });
    }
  }
  absent.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const paused = phases.reduce((sum, p) => sum + (p.paused ?? 0), 0);
  const breakdown: Breakdown = { phases, absent, paused };
  if (r.createdAt === undefined) breakdown.windowed = true;
  else if (!isEndless) breakdown.total = phases.reduce((sum, p) => sum + p.duration, 0);
  if (phases.at(-1)?.endUnknown) breakdown.endUnknown = true;
  return breakdown;
}

const setup = new Set<PhaseName>(['dns', 'tcp', 'proxy', 'tls']);
const endField: Record<PhaseName, string> = {
  queue: 'assignedAt',
  dns: 'lookup',
  tcp: 'connection',
  proxy: 'connection',
  tls: 'connection',
  send: 'sendEndAt',
  wait: 'responseBeginAt',
  download: 'endAt',
};
/** Marks the last phase, and stretches it to the end of the request so that the phases sum to the total. */
function finish(r: Request, c: Context, phases: Phase[]): void {
  const last = phases.at(-1);
  if (!last) return;
  const end = last.beginAt + last.duration + (last.paused ?? 0);
  if (end < c.limit) {
    const paused = pausedWithin(c.pauses, last.beginAt, c.limit);
    last.duration = c.limit - last.beginAt - paused;
    if (paused > 0) last.paused = paused;
  }
  if (r.outcome === undefined) last.running = true;
  else if (c.isCut) last.failed = true;
  if (r.outcome === 'interrupted' && r.endAt === undefined) last.endUnknown = true;
}

function firstInstant(r: Request): number | undefined {
  return r.assignedAt ?? r.sendBeginAt ?? r.sendEndAt ?? r.responseBeginAt;
}

/** Whether the format that the request was imported from does not report this phase, or its end. */
const unsaid = (r: Request, name: PhaseName | 'endAt'): boolean => r.missing?.[name] === 'notInFormat';

/** The request's steps in order; those that do not apply are in `absent` with the reason. */
function stepsOf(r: Request, c: Context): { steps: Step[]; absent: Breakdown['absent'] } {
  const steps: Step[] = [];
  const absent: Breakdown['absent'] = [];
  const without = (name: PhaseName, why: AbsentReason) => absent.push({ name, why });

  queue(r, c, steps, without);
  if (c.stopped) return { steps, absent };
  if (c.counts) setUp(c, steps, without);
  else for (const name of setup) without(name, c.notCounted);
  if (c.stopped) return { steps, absent };

  const ready = c.counts
    ? c.ready !== undefined
    : r.assignedAt !== undefined ||
      r.sendBeginAt !== undefined ||
      r.sendEndAt !== undefined ||
      r.responseBeginAt !== undefined;
  if (!ready) return { steps, absent };
  exchange(r, c, steps, without);
  if (r.responseBeginAt !== undefined) {
    if (r.outcome === 'notRead') without('download', 'notRead');
    else if (r.outcome === 'upgraded' || r.outcome === 'tunnel') without('download', 'noBody');
    else if (unsaid(r, 'download')) without('download', 'notInFormat');
    else steps.push({ name: 'download', end: r.endAt, parts: downloadParts(r) });
  }
  return { steps, absent };
}

/** Sending and waiting: one step where a format knows only both together. */
function exchange(r: Request, c: Context, steps: Step[], without: (name: PhaseName, why: AbsentReason) => void): void {
  if (c.refused) {
    without('send', 'notReached');
    without('wait', 'notReached');
    return;
  }
  if (unsaid(r, 'send')) {
    without('send', 'notInFormat');
    steps.push({ name: 'wait', end: r.responseBeginAt });
    return;
  }
  steps.push({ name: 'send', end: r.sendEndAt ?? r.responseBeginAt, parts: sendParts(r, c) });
  if (r.sendEndAt !== undefined && r.responseBeginAt !== undefined && r.sendEndAt > r.responseBeginAt)
    without('wait', 'earlyResponse');
  else if (r.sendEndAt !== undefined)
    steps.push({ name: 'wait', end: r.responseBeginAt, parts: waitParts(r, r.sendEndAt) });
  else if (r.responseBeginAt !== undefined) without('wait', 'earlyResponse');
}

function queue(r: Request, c: Context, steps: Step[], without: (name: PhaseName, why: AbsentReason) => void): void {
  const parts: PhasePart[] = c.unusedDial ? [{ name: 'unusedDial', ref: c.unusedDial }] : [];
  if (r.createdAt === undefined) without('queue', 'notSeen');
  else if (unsaid(r, 'queue')) without('queue', 'notInFormat');
  else if (!c.counts) steps.push({ name: 'queue', end: r.assignedAt ?? r.sendBeginAt ?? r.responseBeginAt, parts });
  else if (c.dial?.beginAt === undefined) without('queue', 'notSeen');
  else if (c.dial.beginAt < r.createdAt) without('queue', 'earlier');
  else {
    c.stopped = isAfter(c.dial.beginAt, c);
    steps.push({ name: 'queue', end: c.stopped ? undefined : c.dial.beginAt, parts });
  }
}

/** Whether this came after the end of a request that did not come to a response. */
const isAfter = (t: number | undefined, c: Context): boolean => c.isCut && t !== undefined && t > c.limit;

/** A lookup that was not seen had not ended, or failed, as far as the request lived. */
function isLookingUp({ attempts, dial, limit }: Context): boolean {
  if (attempts.length > 0) return attempts.every((a) => (a.connect?.beginAt ?? 0) > limit);
  return dial?.endAt === undefined || dial.error?.phase === 'dns' || dial.abort !== undefined;
}

/** The steps of the setup; the first that failed or has not ended is the last. */
function setUp(c: Context, steps: Step[], without: (name: PhaseName, why: AbsentReason) => void): void {
  const { dial, lookup, winner, tls } = c;
  const add = (step: Step) => {
    // Its line is missing, but the request went on: no time can be given to it.
    if (step.end === undefined && c.sentAt !== undefined) return without(step.name, 'notSeen');
    // Given up while its connection was being made: it ended in this step, whatever became of the connection later.
    const end = isAfter(step.end, c) ? undefined : step.end;
    steps.push({ ...step, end });
    if (end === undefined || step.failed) c.stopped = true;
  };
  if (lookup) {
    const parts: PhasePart[] =
      lookup.poolWaitDuration === undefined
        ? []
        : [{ name: 'poolWait', duration: lookup.poolWaitDuration, ref: lookup.id }];
    add({ name: 'dns', end: lookup.endAt, failed: lookup.error !== undefined && !c.attempts.length, parts });
  } else if (dial?.path !== undefined) without('dns', 'unix');
  else if (dial?.host !== undefined && isAddress(dial.host)) without('dns', 'literal');
  else if (isLookingUp(c)) add({ name: 'dns', end: undefined });
  else without('dns', 'notSeen');
  if (c.stopped) return;

  const parts: PhasePart[] = c.attempts.map((a) => ({
    name: 'attempt',
    ref: a.id,
    ...(a.connect?.beginAt !== undefined ? { beginAt: a.connect.beginAt } : {}),
    ...(a.connect?.beginAt !== undefined && a.connect.endAt !== undefined
      ? { duration: a.connect.endAt - a.connect.beginAt }
      : {}),
  }));
  add({ name: 'tcp', end: winner?.connect?.endAt, failed: dial?.error !== undefined, parts });
  if (c.stopped) return;

  if (c.throughTunnel) add({ name: 'proxy', end: c.tunnelAt, parts: c.tunnelParts });
  else without('proxy', 'direct');
  if (c.stopped) return;

  if (tls) add({ name: 'tls', end: tls.endAt, failed: c.tlsFailed });
  else if (c.secure && c.ready === undefined) add({ name: 'tls', end: undefined });
  else without('tls', c.refused && c.secure ? 'notReached' : c.secure ? 'notSeen' : 'plain');
}

function sendParts(r: Request, c: Context): PhasePart[] {
  const parts: PhasePart[] = [];
  const from = c.counts ? c.ready : r.assignedAt;
  if (from !== undefined && r.sendBeginAt !== undefined && r.sendBeginAt > from) {
    parts.push({ name: 'unsent', beginAt: from, duration: r.sendBeginAt - from });
  }
  const informed = r.response?.informational?.find((i) => i.status === 100);
  // One that comes when all is sent ended no wait of the program's.
  const ended = r.sendEndAt ?? Number.POSITIVE_INFINITY;
  if (informed && r.sendBeginAt !== undefined && informed.at > r.sendBeginAt && informed.at <= ended) {
    parts.push({ name: 'continue', beginAt: r.sendBeginAt, duration: informed.at - r.sendBeginAt });
  }
  if (r.body?.drainDuration !== undefined) parts.push({ name: 'stall', duration: r.body.drainDuration });
  return parts;
}

/** Informational replies, each an instant. */
function waitParts(r: Request, from: number): PhasePart[] {
  const replies = r.response?.informational ?? [];
  return replies.flatMap(({ at }): PhasePart[] => (at >= from ? [{ name: 'informational', beginAt: at }] : []));
}

function downloadParts(r: Request): PhasePart[] {
  const parts: PhasePart[] = [];
  const begin = r.responseBeginAt;
  const read = r.response?.readBeginAt;
  if (begin !== undefined && read !== undefined && read > begin)
    parts.push({ name: 'unread', beginAt: begin, duration: read - begin });
  const gap = r.chunks?.longestGap;
  if (gap) parts.push({ name: 'longestGap', beginAt: gap.beginAt, duration: gap.endAt - gap.beginAt });
  return parts;
}

/** µs of [from, to] that are within pauses; overlapping pauses count once. */
export function pausedWithin(pauses: readonly Pick<Pause, 'beginAt' | 'endAt'>[], from: number, to: number): number {
  let sum = 0;
  let until = from;
  for (const p of pauses) {
    const begin = Math.max(until, p.beginAt);
    const end = Math.min(to, p.endAt ?? to);
    if (end > begin) {
      sum += end - begin;
      until = end;
    }
  }
  return sum;
}

/** Whether a host is an address literal, with or without brackets: no lookup is due. */
export function isAddress(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':');
}

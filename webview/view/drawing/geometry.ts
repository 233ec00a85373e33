/**
 * The shapes of a request's bar, from its phases: which rectangle in which style. Pure; drawn by the canvas of the
 * waterfall, by the breakdown and by the lanes, so that one phase looks the same everywhere.
 */
import { isOngoing } from '../../../src/model/query/rowFields';
import type { Row, RowPhase } from '../types';
import type { TimeScale } from './timescale';

export const phaseNames = ['queue', 'dns', 'tcp', 'proxy', 'tls', 'send', 'wait', 'download'] as const;

/** Height in pixels of a phase's shape: the second sign beside its colour. */
export const phaseHeight: Readonly<Record<string, number>> = {
  queue: 2,
  dns: 8,
  tcp: 8,
  proxy: 8,
  tls: 8,
  send: 12,
  wait: 12,
  download: 12,
};

/** One thing to draw in a row; `x` and `width` in pixels of the row's waterfall cell, clipped to it. */
export interface Shape {
  kind: 'phase' | 'fade' | 'unread' | 'stream' | 'mark' | 'cross' | 'abort';
  /** Name of the phase for `phase` and `fade`. */
  phase: string;
  x: number;
  width: number;
  height: number;
}

const min = 2;

/** Whether the phase's end moves with the clock. */
export const runs = (p: RowPhase): boolean => p.running === true;

/** End of a phase at `now`: a running one ends now, paused time included (it was drawn, but not counted). */
export function phaseEnd(p: RowPhase, now: number): number {
  return runs(p) ? Math.max(now, p.beginAt) : p.beginAt + p.duration + (p.paused ?? 0);
}

/** Begin of a row; if that is lost, the first instant known of it. */
export const beginOf = (row: Row): number => row.createdAt ?? row.phases[0]?.beginAt ?? row.endAt ?? 0;

/** End of what is drawn of a request: its end, or now while anything of it runs. */
export function rowEnd(row: Row, now: number): number {
  if (isOngoing(row)) return Math.max(now, beginOf(row));
  let end = row.endAt ?? beginOf(row) + (row.total ?? 0);
  for (const p of row.phases) end = Math.max(end, phaseEnd(p, now));
  return end;
}

/** Room of the sign of a failure or an abort, px. */
const signWidth = 12;

/** All shapes of a row from left to right. `stop` is the instant at which what is still open ends: now, or the program's end. */
export function shapesOf(row: Row, scale: TimeScale, stop: number): Shape[] {
  const shapes: Shape[] = [];
  const push = (kind: Shape['kind'], phase: string, begin: number, end: number, height: number): void => {
    const left = scale.x(begin);
    const right = Math.max(left + min, scale.x(end));
    if (right < 0 || left > scale.width) return;
    const x = Math.max(left, -1);
    shapes.push({ kind, phase, x, width: Math.min(right, scale.width + 1) - x, height });
  };
  let end = beginOf(row);
  for (const p of row.phases) {
    const from = p.beginAt;
    const to = phaseEnd(p, stop);
    end = Math.max(end, to);
    push(runs(p) ? 'fade' : 'phase', p.name, from, to, phaseHeight[p.name] ?? 8);
  }
  if (row.state === 'notRead') push('unread', 'download', end, Math.max(end, row.endAt ?? stop), 12);
  if (row.state === 'open' || row.state === 'streaming') {
    push('stream', 'download', end, Math.max(end, row.endAt ?? stop), 2);
    for (const at of row.marks ?? []) push('mark', 'download', at, at, 8);
  }
  const sign = row.state === 'failed' ? 'cross' : row.state === 'aborted' ? 'abort' : undefined;
  if (sign) push(sign, '', end, end, 12);
  const last = shapes.at(-1);
  // Drawn to the right of it: over the bar where the drawing ends before.
  if (sign && last?.kind === sign) last.x = Math.min(last.x, scale.width - signWidth);
  return shapes;
}

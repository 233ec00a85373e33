/**
 * What time there is to show, and which of it is folded: stretches in which no request was at work, and the time of runs
 * that were over before the newest began. Pure.
 */
import { isOngoing } from '../../../src/model/query/rowFields';
import type { Row, Run } from '../types';
import { beginOf, phaseEnd, rowEnd, runs as runsOn } from './geometry';
import { type Axis, type Fold, type Range, wholeRange } from './timescale';

/** Idle stretches longer than this are folded, µs. */
export const foldable = 2_000_000;

/** First to last request, as far as it does not move with the clock. */
export interface Timeline extends Range {
  /** A request is at work: the axis goes on to now. */
  running: boolean;
  /** Idle stretches worth folding, in order. */
  idle: readonly Range[];
  /** Begin of the newest run's first request, where older runs were over before. */
  past?: number;
  /** Begins of the runs: labels count from that of the run shown. */
  zeros: readonly number[];
}

/** The gaps of at least `min` between spans, which are in order of their begin. */
export function gapsOf(spans: readonly Range[], min = foldable): Range[] {
  const gaps: Range[] = [];
  let end = spans[0]?.end ?? 0;
  for (const span of spans) {
    if (span.begin - end > min) gaps.push({ begin: end, end: span.begin });
    end = Math.max(end, span.end);
  }
  return gaps;
}

/** When a row's request was active: an open stream only with its chunks, an unread response not while it is unread. */
function activityOf(row: Row, stop: number): Range[] {
  const lasting = row.state === 'open' || row.state === 'streaming' || row.state === 'notRead';
  if (!lasting)
    return [{ begin: beginOf(row), end: isOngoing(row) ? Math.max(stop, beginOf(row)) : rowEnd(row, stop) }];
  const phases = row.phases.map((p) => ({ begin: p.beginAt, end: runsOn(p) ? p.beginAt : phaseEnd(p, stop) }));
  return [
    { begin: beginOf(row), end: beginOf(row) },
    ...phases,
    ...(row.marks ?? []).map((m) => ({ begin: m, end: m })),
  ];
}

/** The timeline of rows, which are in order of their begin; `now` is the end of the runs that are still running. */
export function timelineOf(rows: readonly Row[], runs: readonly Run[], now: number): Timeline {
  const known = new Map(runs.map((run) => [run.number, run]));
  const first = new Map<number, number>();
  const spans: Range[] = [];
  let end = 0;
  let running = false;
  let ordered = true;
  let before = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    const begin = beginOf(row);
    ordered &&= begin >= before;
    before = begin;
    first.set(row.run, Math.min(begin, first.get(row.run) ?? begin));
    const run = known.get(row.run);
    const live = run?.state === 'running' && isOngoing(row);
    running ||= live;
    const stop = run?.endAt ?? now;
    if (live && (row.state === 'running' || row.state === 'queued'))
      spans.push({ begin, end: Number.POSITIVE_INFINITY });
    else {
      const activity = activityOf(row, stop);
      ordered &&= activity.length === 1;
      spans.push(...activity);
    }
    if (!live) end = Math.max(end, isOngoing(row) ? Math.max(begin, stop) : rowEnd(row, stop));
  }
  if (!ordered) spans.sort((a, b) => a.begin - b.begin);
  const begin = first.size > 0 ? Math.min(...first.values()) : 0;
  const past = pastOf(first, known);
  return {
    begin,
    end: Math.max(begin, end),
    running,
    idle: gapsOf(spans),
    ...(past !== undefined && past > begin ? { past } : {}),
    zeros: runs.map((run) => run.began ?? run.offset),
  };
}

/**
 * Begin of the first request of the newest run with requests, and of the runs that went on beside it. What the user sent
 * again follows the program that it is compared with, and does not fold it away.
 */
function pastOf(first: ReadonlyMap<number, number>, known: ReadonlyMap<number, Run>): number | undefined {
  const numbers = [...first.keys()].sort((a, b) => b - a);
  const newest = numbers.find((number) => !known.get(number)?.sentByYou) ?? numbers[0];
  let begin = first.get(newest ?? -1);
  for (const number of numbers) {
    const end = known.get(number)?.endAt ?? Number.POSITIVE_INFINITY;
    const own = first.get(number) as number;
    if (begin !== undefined && end > begin) begin = Math.min(begin, own);
  }
  return begin;
}

/** The axis from the first to the last request, or to now while one is at work. */
export function wholeAxisOf(timeline: Timeline, now: number): Axis {
  const { begin, running } = timeline;
  const end = running ? Math.max(timeline.end, now) : timeline.end;
  const { folds = [] } = axisWithin(timeline, { begin, end });
  const folded = folds.reduce((sum, f) => sum + f.end - f.begin, 0);
  return axisWithin(timeline, wholeRange(begin, end, folded));
}

/** A range of the timeline with what of it is folded. A range inside of an idle stretch, or of the past, is drawn to scale. */
export function axisWithin(timeline: Timeline, { begin, end }: Range): Axis {
  const { past, idle, zeros } = timeline;
  const since = past !== undefined && past > begin && past < end ? past : undefined;
  const folds: Fold[] = since === undefined ? [] : [{ begin, end: since, past: true }];
  for (const gap of idle) {
    const part = { begin: Math.max(gap.begin, since ?? begin), end: Math.min(gap.end, end) };
    if (part.end - part.begin > foldable && (part.begin > begin || part.end < end)) folds.push(part);
  }
  const from = since ?? begin;
  const zero = Math.max(0, ...zeros.filter((z) => z <= from));
  return { begin, end, folds, zero };
}

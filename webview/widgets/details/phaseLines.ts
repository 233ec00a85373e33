/** The lines of a request's breakdown: its phases with their parts, and those without a figure with their reason. */

import { millisecondsText } from '../../../src/model/base/text';
import { labelOf } from '../../../src/model/facts/phaseWords';
import { phaseTime } from '../../../src/model/phases/measured';
import { ongoing, pausedOf } from '../../state/rowTime';
import { now } from '../../state/state';
import { phaseEnd, phaseNames } from '../../view/drawing/geometry';
import type { Breakdown, Details, Phase, PhasePart, Row } from '../../view/types';
import { type AbsentLine, absentLines, tlsText } from '../../view/words/words';

const partLabels: Partial<Record<PhasePart['name'], string>> = {
  poolWait: 'thread pool wait',
  tls: 'TLS to the proxy',
  connect: 'CONNECT',
  unsent: 'not written yet',
  continue: 'wait for 100',
  stall: 'upload stall',
  unread: 'not read yet',
  longestGap: 'longest gap',
  unusedDial: 'unused dial',
  shared: 'replies to others',
};

export interface Line {
  phase: string;
  label: string;
  begin: number;
  end: number;
  duration: number;
  paused?: number;
  by: string;
  sub?: boolean;
  /** Not part of the sum, and not shown separately on the bar. */
  bracketed?: boolean;
  failed?: boolean;
  running?: boolean;
  /** The process was killed in it. */
  endUnknown?: true;
}

/** In ms: what was measured, or at least so much of it. */
export function durationText(l: Line): string {
  if (l.bracketed) return `(${millisecondsText(l.duration)})`;
  return l.running ? `≥ ${millisecondsText(l.duration)}` : phaseTime(l, millisecondsText) || 'not known';
}

const pausedLine = { label: 'in the debugger', by: 'debugger', sub: true, bracketed: true } as const;

/** Lines of the table, a running phase counted up to `at`; instants as those of the breakdown. */
function linesOf(
  breakdown: Breakdown,
  tlsVersion: string | undefined,
  at: number,
  pausedWithin: (from: number, to: number) => number,
): Line[] {
  const lines: Line[] = [];
  for (const p of breakdown.phases) {
    const end = phaseEnd(p, at);
    const paused = p.running ? pausedWithin(p.beginAt, end) : (p.paused ?? 0);
    const line: Line = {
      phase: p.name,
      label: p.name === 'tls' && tlsVersion ? `${tlsVersion} handshake` : labelOf(p.name),
      begin: p.beginAt,
      end,
      duration: p.running ? end - p.beginAt - paused : p.duration,
      by: p.by,
    };
    if (paused > 0) line.paused = paused;
    if (p.failed) line.failed = true;
    if (p.running) line.running = true;
    if (p.endUnknown) line.endUnknown = true;
    lines.push(line, ...partsOf(p));
    // In brackets, as it is drawn but not counted.
    if (paused > 0) lines.push({ ...pausedLine, phase: p.name, begin: p.beginAt, end: p.beginAt, duration: paused });
  }
  return lines;
}

function partsOf(p: Phase): Line[] {
  return (p.parts ?? []).flatMap((part) => {
    const label = partLabels[part.name];
    if (!label || part.duration === undefined) return [];
    const begin = part.beginAt ?? p.beginAt;
    return [{ phase: p.name, label, begin, end: begin + part.duration, duration: part.duration, by: p.by, sub: true }];
  });
}

/** Lines with and without a figure in the order of the phases. */
function inOrder(lines: readonly Line[], absent: readonly AbsentLine[]): (Line | AbsentLine)[] {
  const place = (phase: string): number => (phaseNames as readonly string[]).indexOf(phase);
  const out: (Line | AbsentLine)[] = [...lines];
  for (const a of absent) {
    const next = out.findIndex((l) => place(l.phase) > place(a.phase));
    out.splice(next < 0 ? out.length : next, 0, a);
  }
  return out;
}

/** What table, list and pop-up show of a request. Instants in µs, as those of its breakdown. */
export interface PhaseLines {
  lines: readonly Line[];
  /** Those and the absent ones, in the order of the phases. */
  ordered: readonly (Line | AbsentLine)[];
  begin: number;
  end: number;
  runs: boolean;
  /** Absent: the begin is not known. */
  total?: number;
  paused: number;
}

export function phaseLines(row: Row, details: Details | undefined): PhaseLines {
  const offset = details?.offset ?? 0;
  const runs = ongoing(row);
  const at = now() - offset;
  // Until the details come, the row's own phases serve: they lack only the parts and what is absent.
  const breakdown: Breakdown = details?.breakdown ?? {
    phases: row.phases.map((p) => ({ by: '', ...p })),
    absent: [],
    paused: 0,
    ...(row.total === undefined ? {} : { total: row.total }),
  };
  const lines = linesOf(breakdown, tlsText(details?.tunnel?.version), at, (from, to) =>
    pausedOf(row, from + offset, to + offset),
  );
  const begin = breakdown.phases[0]?.beginAt ?? 0;
  const end = Math.max(begin + 1, ...lines.filter((l) => !l.sub).map((l) => l.end));
  const ordered = inOrder(lines, absentLines(breakdown, row));
  const total =
    runs && breakdown.total !== undefined
      ? lines.filter((l) => !l.sub).reduce((sum, l) => sum + l.duration, 0)
      : breakdown.total;
  const paused = lines.reduce((sum, l) => sum + (l.sub ? 0 : (l.paused ?? 0)), 0);
  return { lines, ordered, begin, end, runs, paused, ...(total === undefined ? {} : { total }) };
}

/** The table of phases: sign, bar, start, duration and what measured it. Shared by details and pop-up. */
import './breakdown.css';
import { millisecondsText, timeText } from '../../../src/model/base/text';
import { labelOf } from '../../../src/model/facts/phaseWords';
import { ongoing, pausedOf } from '../../state/rowTime';
import { now } from '../../state/state';
import { phaseEnd, phaseNames } from '../../view/drawing/geometry';
import type { Breakdown, Details, Phase, PhasePart, Row } from '../../view/types';
import { type AbsentLine, absentLines, totalLabel } from '../../view/words/words';
import { Icon } from '../parts/icon';

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

interface Line {
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

/** Widths in px, as in breakdown.css: a name is never cut, a bar has 120 px and the distance to the next column. */
const widths = { name: 160, bar: 128, start: 62, duration: 68, by: 100 };

/** Columns that fit; without room for the bar column, one bar with all phases is above the table. */
function columnsFor(room: number): { by: boolean; start: boolean; bar: boolean } {
  const min = widths.name + widths.duration;
  const bar = room >= min + widths.bar;
  const start = room >= min + widths.start + (bar ? widths.bar : 0);
  return { by: bar && start && room >= min + widths.bar + widths.start + widths.by, start, bar };
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

/** `TLSv1.3` as people write it. */
export const tlsText = (version: string | undefined): string | undefined => version?.replace(/^TLSv/, 'TLS ');

export function BreakdownTable({
  row,
  details,
  room,
}: {
  row: Row;
  details: Details | undefined;
  /** Width of the table, px. */
  room: number;
}) {
  const { by: measured, start, bar } = columnsFor(room);
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
  const percent = (us: number): string => `${((us / (end - begin)) * 100).toFixed(3)}%`;
  const ordered = inOrder(lines, absentLines(breakdown, row));
  const total =
    runs && breakdown.total !== undefined
      ? lines.filter((l) => !l.sub).reduce((sum, l) => sum + l.duration, 0)
      : breakdown.total;
  const paused = lines.reduce((sum, l) => sum + (l.sub ? 0 : (l.paused ?? 0)), 0);
  const columns = 2 + [measured, start, bar].filter(Boolean).length;
  const signs = (l: Line) => (
    <>
      {!l.bracketed && (
        <i
          class={`p ${l.phase} ${l.sub ? 'part' : ''} ${l.running ? 'live' : ''}`}
          style={{ left: percent(l.begin - begin), width: percent(l.end - l.begin) }}
        />
      )}
      {l.failed && (
        <span style={{ position: 'absolute', top: 0, bottom: 0, left: percent(l.end - begin) }}>
          <Icon name="close" class={`x ${row.state === 'aborted' ? 'ab' : ''}`} />
        </span>
      )}
    </>
  );
  const table = (
    <table class="bd">
      <colgroup>
        <col class={bar ? 'w-name' : ''} />
        {bar && <col />}
        {start && <col class="w-start" />}
        <col class="w-dur" />
        {measured && <col class="w-by" />}
      </colgroup>
      <thead>
        <tr>
          <th scope="col">Phase</th>
          {bar && (
            <th scope="col">
              <span class="vh">Bar</span>
            </th>
          )}
          {start && (
            <th scope="col" class="r">
              Start
            </th>
          )}
          <th scope="col" class="r">
            Duration
          </th>
          {measured && (
            <th scope="col" class="by">
              Measured by
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {ordered.map((l, i) =>
          'why' in l ? (
            <tr class="na" key={l.label}>
              <td class="sw">{l.label}</td>
              <td colSpan={columns - 1} title={l.why}>
                {l.why}
              </td>
            </tr>
          ) : (
            <tr key={`${l.phase}${i}`} class={`${l.sub ? 'sub' : ''} ${l.failed ? 'bad' : ''}`}>
              <td class="sw" title={measured ? undefined : l.by && `measured by ${l.by}`}>
                {!l.sub && <i class={`sq ${l.phase}`} />}
                {l.label}
              </td>
              {bar && (
                <td class="bar-cell">
                  <div>{signs(l)}</div>
                </td>
              )}
              {start && <td class="r start">{l.bracketed ? '' : millisecondsText(l.begin - begin)}</td>}
              <td
                class="r dur"
                title={start || l.bracketed ? undefined : `starts after ${millisecondsText(l.begin - begin)} ms`}
              >
                {l.running ? '≥ ' : ''}
                {l.bracketed ? `(${millisecondsText(l.duration)})` : millisecondsText(l.duration)}
              </td>
              {measured && <td class="by">{l.by}</td>}
            </tr>
          ),
        )}
        {total !== undefined && (
          <tr class="tot">
            <td class="sw">{totalLabel(row, runs)}</td>
            {columns > 2 + (measured ? 1 : 0) && (
              <td colSpan={columns - 2 - (measured ? 1 : 0)}>
                {paused > 0 && <span class="dim">(+ {timeText(paused)} paused)</span>}
              </td>
            )}
            <td class="r">{millisecondsText(total)}</td>
            {measured && <td class="by">ms</td>}
          </tr>
        )}
      </tbody>
    </table>
  );
  if (bar) return table;
  return (
    <>
      <div class="bar-cell strip" aria-hidden="true">
        <div>{lines.filter((l) => !l.sub).map(signs)}</div>
      </div>
      {table}
    </>
  );
}

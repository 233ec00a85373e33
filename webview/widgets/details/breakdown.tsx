/** The table of phases: sign, bar, start, duration and what measured it. Shared by details and pop-up. */
import './breakdown.css';
import { millisecondsText, timeText } from '../../../src/model/base/text';
import type { Details, Row } from '../../view/types';
import { totalLabel } from '../../view/words/words';
import { PhaseSigns, Strip } from './phaseBar';
import { durationText, phaseLines } from './phaseLines';

/** Widths in px, as in breakdown.css: a name is never cut, a bar has 120 px and the distance to the next column. */
const widths = { name: 160, bar: 128, start: 62, duration: 68, by: 100 };

/** Columns that fit; without room for the bar column, one bar with all phases is above the table. */
function columnsFor(room: number): { by: boolean; start: boolean; bar: boolean } {
  const min = widths.name + widths.duration;
  const bar = room >= min + widths.bar;
  const start = room >= min + widths.start + (bar ? widths.bar : 0);
  return { by: bar && start && room >= min + widths.bar + widths.start + widths.by, start, bar };
}

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
  const phases = phaseLines(row, details);
  const { ordered, begin, runs, total, paused } = phases;
  const columns = 2 + [measured, start, bar].filter(Boolean).length;
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
                  <div>
                    <PhaseSigns line={l} row={row} phases={phases} />
                  </div>
                </td>
              )}
              {start && <td class="r start">{l.bracketed ? '' : millisecondsText(l.begin - begin)}</td>}
              <td
                class="r dur"
                title={start || l.bracketed ? undefined : `starts after ${millisecondsText(l.begin - begin)} ms`}
              >
                {durationText(l)}
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
      <Strip row={row} phases={phases} />
      {table}
    </>
  );
}

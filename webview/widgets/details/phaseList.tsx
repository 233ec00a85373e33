/** The breakdown where details are low: one bar, and below it the phases as a list of as many columns as fit. */
import './phaseList.css';
import { millisecondsText, timeText } from '../../../src/model/base/text';
import type { Details, Row } from '../../view/types';
import { type AbsentLine, totalLabel } from '../../view/words/words';
import { Strip } from './phaseBar';
import { durationText, type Line, phaseLines } from './phaseLines';

function PhaseItem({ line: l, begin }: { line: Line; begin: number }) {
  const starts = l.bracketed ? '' : `starts after ${millisecondsText(l.begin - begin)} ms`;
  return (
    <li
      class={`${l.sub ? 'sub' : ''} ${l.failed ? 'bad' : ''}`}
      title={[l.label, starts, l.by && `measured by ${l.by}`].filter(Boolean).join(', ')}
    >
      <span class="sw">
        {!l.sub && <i class={`sq ${l.phase}`} />}
        {l.label}
      </span>
      <span class="dur">{durationText(l)}</span>
    </li>
  );
}

export function PhaseList({ row, details }: { row: Row; details: Details | undefined }) {
  const phases = phaseLines(row, details);
  const { lines, ordered, begin, runs, total, paused } = phases;
  const absent = ordered.filter((l): l is AbsentLine => 'why' in l);
  return (
    <>
      <Strip row={row} phases={phases} />
      <ul class="phases" aria-label="Phases, in ms">
        {lines.map((l, i) => (
          <PhaseItem key={`${l.phase}${i}`} line={l} begin={begin} />
        ))}
        {total !== undefined && (
          <li class="tot">
            <span class="sw">
              {totalLabel(row, runs)}
              {paused > 0 && <span class="dim"> (+ {timeText(paused)} paused)</span>}
            </span>
            <span class="dur">{millisecondsText(total)} ms</span>
          </li>
        )}
      </ul>
      {absent.length > 0 && (
        <ul class="absent" aria-label="Phases without a figure">
          {absent.map((l) => (
            <li key={l.label}>
              {l.label}: {l.why}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

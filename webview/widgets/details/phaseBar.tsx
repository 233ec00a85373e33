/** The bars of a request's phases: one each in the table, all in one above a table or list without room for them. */
import './breakdown.css';
import type { Row } from '../../view/types';
import { Icon } from '../parts/icon';
import type { Line, PhaseLines } from './phaseLines';

interface SignsProps {
  line: Line;
  row: Row;
  phases: PhaseLines;
}

/** The bar of a line, at its place in the whole request, and the mark of a failure at its end. */
export function PhaseSigns({ line: l, row, phases: { begin, end } }: SignsProps) {
  const percent = (us: number): string => `${((us / (end - begin)) * 100).toFixed(3)}%`;
  return (
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
}

/** All phases as one bar. */
export function Strip({ row, phases }: { row: Row; phases: PhaseLines }) {
  return (
    <div class="bar-cell strip" aria-hidden="true">
      <div>
        {phases.lines
          .filter((l) => !l.sub)
          .map((l, i) => (
            <PhaseSigns key={`${l.phase}${i}`} line={l} row={row} phases={phases} />
          ))}
      </div>
    </div>
  );
}

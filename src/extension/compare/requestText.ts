/** A request as lines of text whose differences to another one mean something: no ids, no time of day. */
import { verdictOf } from '../../analysis/verdict/verdict';
import { factLines } from '../../answers/requests/facts';
import { headerText } from '../../answers/requests/headers';
import { printable } from '../../model/base/printable';
import { millisecondsText, timeText } from '../../model/base/text';
import { labelOf } from '../../model/facts/phaseWords';
import { phasesOf } from '../../model/phases/phases';
import type { Header, Request } from '../../model/records';
import type { Row } from '../../model/rows/row';
import type { Store } from '../../model/store/store';

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];

const headerLines = (list: readonly Header[] | undefined): string[] =>
  (list ?? []).map((header) => {
    const { name, value } = headerText(header);
    return name + value;
  });

export function requestText(row: Row, request: Request, store: Store, now: number): string {
  const { phases } = phasesOf(request, store, now);
  const verdict = verdictOf(request, store, now);
  const lines = [
    printable(`${row.method} ${row.url}`),
    [row.stateText, row.total === undefined ? '' : timeText(row.total)].filter(Boolean).join(', '),
    ...(verdict.level === 'ok' ? [] : [verdict.text]),
    ...section(
      'Breakdown (ms)',
      phases.map(
        ({ name, duration, by }) => `${labelOf(name).padEnd(20)}${millisecondsText(duration).padStart(10)}  ${by}`,
      ),
    ),
    // Without the first: its id, and when it began.
    ...section('Facts', factLines(row, request, store, now).slice(1)),
    ...section('Request headers', headerLines(request.headers)),
    ...section('Response headers', headerLines(request.response?.headers)),
  ];
  return `${lines.join('\n')}\n`;
}

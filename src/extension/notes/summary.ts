/** The words beside a line that makes requests: how many, how the last one went, how long they take, how many failed. */
import { isFailed, isServerError, wentWrong } from '../../model/query/rowFields';
import { compareRows, type Row } from '../../model/row';
import { quantile } from '../../model/statistics';
import { numberText, timeText } from '../../model/text';

export const longestNote = 48;

export interface LineSummary {
  /** Requests of the line, oldest first; never empty. */
  rows: readonly Row[];
  /** `12×  201  p50 388 ms` */
  text: string;
  /** The last one failed or was answered 5xx: the note is drawn as an error. */
  failed: boolean;
  /** The last one goes on: the text changes by itself. */
  running: boolean;
}

const isRunning = (row: Row): boolean => row.state === 'queued' || row.state === 'running';

/** Quantile of the finished ones' totals, µs; undefined: none is known. */
export const totalQuantile = (rows: readonly Row[], q: number): number | undefined =>
  quantile(
    rows.flatMap((r) => (isRunning(r) || r.total === undefined ? [] : [r.total])),
    q,
  );

/** `unordered` may not be empty; `now` is µs on the rows' axis. */
export function summaryOf(unordered: readonly Row[], now: number): LineSummary {
  const rows = [...unordered].sort(compareRows);
  const last = rows.at(-1) as Row;
  const text = [...textOf(rows, last, now)];
  const cut = text.length > longestNote ? `${text.slice(0, longestNote - 1).join('')}…` : text.join('');
  return { rows, text: cut, failed: wentWrong(last), running: isRunning(last) };
}

function textOf(rows: readonly Row[], last: Row, now: number): string {
  const count = `${numberText(rows.length)}×`;
  if (isRunning(last)) {
    const time = last.createdAt === undefined ? '' : ` ${timeText(Math.max(0, now - last.createdAt))}`;
    return `${count}  now ${last.stateText.replace(/…$/, '')}${time}`;
  }
  if (wentWrong(last))
    return `✕ ${count}  ${last.stateText}${last.total === undefined ? '' : ` after ${timeText(last.total)}`}`;
  const wrong = wrongText(rows);
  if (wrong !== '') return `${count}  ${last.stateText}  ${wrong}`;
  const median = totalQuantile(rows, 0.5);
  return `${count}  ${last.stateText}${median === undefined ? '' : `  p50 ${timeText(median)}`}`;
}

/** `2 failed: TCP refused, 3 answered 5xx`; empty: nothing went wrong. */
function wrongText(rows: readonly Row[]): string {
  const failed = rows.filter(isFailed);
  const errors = rows.filter(isServerError);
  return [
    ...(failed.length > 0 ? [`${numberText(failed.length)} failed: ${failed.at(-1)?.stateText}`] : []),
    ...(errors.length > 0 ? [`${numberText(errors.length)} answered 5xx`] : []),
  ].join(', ');
}

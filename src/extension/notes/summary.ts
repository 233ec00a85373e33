/** The words beside a line that makes requests: how many, how the last one went, how long they take, how many failed. */
import { compareRows, type Row } from '../../model/row';
import { quantile } from '../../model/statistics';
import { timeText } from '../../model/text';

export const longestNote = 48;

export interface LineSummary {
  /** Requests of the line, oldest first; never empty. */
  rows: readonly Row[];
  /** `12×  201  p50 388 ms` */
  text: string;
  /** The last one failed: the note is drawn as an error. */
  failed: boolean;
  /** The last one goes on: the text changes by itself. */
  running: boolean;
}

/** What people call failed: no answer, or one that says the server failed. */
export const isFailure = (row: Row): boolean => row.state === 'failed' || row.state === 'serverError';

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
  return { rows, text: cut, failed: isFailure(last), running: isRunning(last) };
}

function textOf(rows: readonly Row[], last: Row, now: number): string {
  const count = `${rows.length}×`;
  if (isRunning(last)) {
    const time = last.createdAt === undefined ? '' : ` ${timeText(Math.max(0, now - last.createdAt))}`;
    return `${count}  now ${last.stateText.replace(/…$/, '')}${time}`;
  }
  if (isFailure(last))
    return `✕ ${count}  ${last.stateText}${last.total === undefined ? '' : ` after ${timeText(last.total)}`}`;
  const failures = rows.filter(isFailure);
  const lastFailure = failures.at(-1);
  if (lastFailure) return `${count}  ${last.stateText}  ${failures.length} failed: ${lastFailure.stateText}`;
  const median = totalQuantile(rows, 0.5);
  return `${count}  ${last.stateText}${median === undefined ? '' : `  p50 ${timeText(median)}`}`;
}

/** The words beside a line that makes requests: how many, how the last one went, how long they take, how many failed. */

import { quantile } from '../../model/base/statistics';
import { numberText, timeText } from '../../model/base/text';
import type { Run } from '../../model/panel/protocol';
import { totalAt } from '../../model/panel/rowTime';
import { isFailed, isServerError, wentWrong } from '../../model/query/rowFields';
import { compareRows, type Row } from '../../model/rows/row';

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

/** The rows of the newest run, and of those that ran beside it: a line's figures must not add up over runs. */
export function newestRun(rows: readonly Row[], runs: readonly Run[]): readonly Row[] {
  let newest = 0;
  for (const r of rows) newest = Math.max(newest, r.run);
  let since = Number.POSITIVE_INFINITY;
  for (const r of rows) if (r.run === newest) since = Math.min(since, r.createdAt ?? since);
  const beside = new Set(runs.flatMap((r) => (r.endAt === undefined || r.endAt > since ? [r.number] : [])));
  return rows.filter((r) => r.run === newest || beside.has(r.run));
}

/** `unordered` may not be empty; `now` is µs on the rows' axis. */
export function summaryOf(unordered: readonly Row[], now: number, runs: readonly Run[] = []): LineSummary {
  const rows = [...newestRun(unordered, runs)].sort(compareRows);
  const last = rows.at(-1) as Row;
  const run = runs.find((r) => r.number === last.run);
  const text = [...textOf(rows, last, totalAt(last, run, now))];
  const cut = text.length > longestNote ? `${text.slice(0, longestNote - 1).join('')}…` : text.join('');
  return { rows, text: cut, failed: wentWrong(last), running: isRunning(last) };
}

/** `total`: of the last one; it grows while that goes on. */
function textOf(rows: readonly Row[], last: Row, total: number | undefined): string {
  const count = `${numberText(rows.length)}×`;
  if (isRunning(last)) {
    const time = total === undefined || last.createdAt === undefined ? '' : ` ${timeText(total)}`;
    return `${count}  now ${last.stateText.replace(/…$/, '')}${time}`;
  }
  if (last.state === 'aborted') return `${count}  aborted${total === undefined ? '' : ` after ${timeText(total)}`}`;
  if (wentWrong(last)) return `✕ ${count}  ${last.stateText}${total === undefined ? '' : ` after ${timeText(total)}`}`;
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

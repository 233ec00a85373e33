/** The hour at which something happened, of this machine's clock and of UTC. */
import { clockTextMs } from '../../../src/model/base/text';
import type { Row, Run } from '../types';

/** Milliseconds since 1970 of a row's call; undefined: not known. */
export function wallTimeOf(
  { createdAt }: Pick<Row, 'createdAt'>,
  run: Pick<Run, 'beginTime' | 'offset'> | undefined,
): number | undefined {
  if (createdAt === undefined || run === undefined) return undefined;
  const begin = Date.parse(run.beginTime);
  return Number.isNaN(begin) ? undefined : begin + (createdAt - run.offset) / 1000;
}

/** `2026-11-23 13:46:43.935 local time, 2026-11-23T12:46:43.935Z`. */
export function clockTitle(ms: number): string {
  const at = new Date(ms);
  const [month, date] = [at.getMonth() + 1, at.getDate()].map((n) => String(n).padStart(2, '0'));
  return `${at.getFullYear()}-${month}-${date} ${clockTextMs(at)} local time, ${at.toISOString()}`;
}

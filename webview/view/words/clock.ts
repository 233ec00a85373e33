/** The hour at which something happened, of this machine's clock and of UTC. */
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

const two = (n: number): string => String(n).padStart(2, '0');

/** `13:46:43.935`, local. */
export function clockText(ms: number): string {
  const at = new Date(ms);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** `2026-11-23 13:46:43.935 local time, 2026-11-23T12:46:43.935Z`. */
export function clockTitle(ms: number): string {
  const at = new Date(ms);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${clockText(ms)} local time, ${at.toISOString()}`;
}

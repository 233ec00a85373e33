/** Number of reported requests that are running, for code that waits until none is. */
import type { RequestRecord } from '../records/request';

export const running: {
  count: number;
  /** What is to be done when none runs; undefined: nothing. */
  ended: (() => void) | undefined;
} = { count: 0, ended: undefined };

/** Its record is begun, or reported after all while it runs. */
export function countReported(r: RequestRecord): void {
  if (r.hold === undefined && r.endAt === 0) running.count++;
}

/** One that was reported is over. */
export function reportedEnded(): void {
  running.count--;
  if (running.ended !== undefined && running.count <= 0) running.ended();
}

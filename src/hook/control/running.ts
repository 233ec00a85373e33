/** How many requests run that are told, for whoever has to wait until none does. */
import type { RequestRecord } from '../records/request';

export const telling: {
  told: number;
  /** What is to be done when none runs; undefined: nothing. */
  ended: (() => void) | undefined;
} = { told: 0, ended: undefined };

/** Its record is begun, or told after all while it runs. */
export function beginsTold(r: RequestRecord): void {
  if (r.hold === undefined && r.endAt === 0) telling.told++;
}

/** One that was told is over. */
export function endsTold(): void {
  telling.told--;
  if (telling.ended !== undefined && telling.told <= 0) telling.ended();
}

/** EVE's times as instants. */
import { instantOf } from '../shared/imported';
import { nanosecondsOf, rfc3339Of } from '../shared/time';

export class Times {
  constructor(readonly begin: bigint) {}

  at(time: string | undefined): number | undefined {
    const ms = /^\+(\d+)ms$/.exec(time ?? '')?.[1];
    return ms === undefined ? instantOf(this.begin, time ?? '') : Number(ms) * 1000;
  }

  /** A wall-clock time, also of one that is written as relative. */
  wall(time: string | undefined): string | undefined {
    if (time !== undefined && nanosecondsOf(time) !== undefined) return time;
    const at = this.at(time);
    return at === undefined ? undefined : rfc3339Of(this.begin + BigInt(Math.round(at * 1000)));
  }
}

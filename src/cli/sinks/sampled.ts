/** `--stream-sample N`: which records are sent, when not all are. */
import type { Facts } from './facts';

/** Of each kind of record the first, the (N+1)th, the (2N+1)th … */
export class Sampled {
  /** Records there were, by kind: those that are not sent count too. */
  readonly seen: Record<Facts['event'], number> = { request: 0, close: 0 };

  constructor(readonly oneIn: number) {}

  takes({ event }: Pick<Facts, 'event'>): boolean {
    return this.seen[event]++ % this.oneIn === 0;
  }

  get total(): number {
    return this.seen.request + this.seen.close;
  }
}

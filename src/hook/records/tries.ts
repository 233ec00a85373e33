/**
 * A try of a call that its client makes again: what the next try, and what is reported of that, has to know. The record itself
 * holds the program's objects (its request, its response, the body it gave), so it is let go once it has ended, its lines are
 * written and its call site is known: a client may try again for hours.
 */

import { pushLater } from '../output/queue';
import type { KeptSite } from '../sites/callSite';
import type { RequestRecord } from './request';
import type { Hold } from './requestData';

/** Where and as what it was reported. */
interface Reported {
  readonly site: number;
  readonly hold: Hold | undefined;
  readonly kept: KeptSite | undefined;
}

/** Called with a record that is let go, by who has notes of it. */
export const lettingGo: ((r: RequestRecord, t: Try) => void)[] = [];

export class Try implements Reported {
  readonly id: number;
  readonly api: RequestRecord['api'];
  readonly createdAt: number;
  laterAt = -1;
  #record: RequestRecord | undefined;
  #reported: Reported;
  #operation = 0;
  #attempt = 1;
  #signal: WeakRef<AbortSignal> | undefined;
  #waitedForSite = false;

  constructor(r: RequestRecord) {
    this.id = r.id;
    this.api = r.api;
    this.createdAt = r.createdAt;
    this.#record = r;
    this.#reported = r;
  }

  get site(): number {
    return this.#reported.site;
  }

  get hold(): Hold | undefined {
    return this.#reported.hold;
  }

  get kept(): KeptSite | undefined {
    return this.#reported.kept;
  }

  /** Id of the first request of its call that is reported. */
  get operation(): number {
    return this.#record === undefined ? this.#operation : operationOf(this.#record);
  }

  get attempt(): number {
    return this.#record === undefined ? this.#attempt : firstHop(this.#record).attempt;
  }

  /** By which the program can give the call up. */
  get signal(): AbortSignal | undefined {
    return this.#record === undefined ? this.#signal?.deref() : this.#record.callSignal();
  }

  get isWritten(): boolean {
    return this.#record === undefined;
  }

  /** Its record has ended, and is queued. Its turn comes when that is written. */
  ended(): void {
    if (this.#record !== undefined) pushLater(this);
  }

  lines(): string {
    const r = this.#record;
    if (r === undefined) return '';
    // Call sites are read after the lines of the same write.
    if (r.site === 0 && !this.#waitedForSite) {
      this.#waitedForSite = true;
      pushLater(this);
      return '';
    }
    const { operation, attempt, signal } = this;
    this.#operation = operation;
    this.#attempt = attempt;
    if (signal !== undefined) this.#signal = new WeakRef(signal);
    for (const f of lettingGo) f(r, this);
    this.#reported = { site: r.site, hold: r.hold, kept: r.hold === undefined ? undefined : r.kept };
    this.#record = undefined;
    return '';
  }
}

/** The record as a try; one and the same each time. */
export function tryOf(r: RequestRecord): Try {
  r.asTry ??= new Try(r);
  return r.asTry;
}

/** First hop of redirects: where its client began the try. */
export function firstHop(r: RequestRecord): RequestRecord {
  let one = r;
  for (let hops = 0; hops < 32 && one.redirectOf !== undefined; hops++) one = one.redirectOf;
  return one;
}

/** Id of the first request of a call, among those that are reported: what nobody asked for has no record that could be named. */
export function operationOf(r: RequestRecord): number {
  let first = r;
  for (let i = 0; i < 100 && isReported(first.redirectOf); i++) first = first.redirectOf;
  return first.redirectOf === undefined && isReported(first.retryOf) ? first.retryOf.operation : first.id;
}

export const isReported = <T extends { readonly hold: Hold | undefined }>(r: T | undefined): r is T =>
  r !== undefined && r.hold === undefined;

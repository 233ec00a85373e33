/** What a request's record holds beside plain values. */

import type { RequestRecord } from './request';
import type { Wire } from './wire';

/** What the response's head says, whatever the header level. */
export interface ResponseFacts {
  status: number;
  statusText: string;
  protocol: string;
  contentType: string;
  contentEncoding: string;
  /** -1: not declared. */
  declaredBytes: number;
  chunked: boolean;
  keepAlive: string;
  /** `Connection: close`. */
  closes: boolean;
  /** A body was due but the client threw it away unseen. */
  dumped: boolean;
}

/** A connection that it was put on before the one that carried it. */
export interface PriorSend {
  wire: Wire | undefined;
  ordinal: number;
  assignedAt: number;
  endAt: number;
  error: unknown;
}

/** A trace rule in force, as a record knows it. */
export interface Condition {
  readonly id: string;
  /** Its limit was reached. */
  readonly reached: boolean;
  /** Undefined: not known yet. */
  matches(r: RequestRecord): boolean | undefined;
  /** One more match: whether it is reported. Undefined: the limit was reached before. */
  take(): boolean | undefined;
}

/** Why a record gives no line: what of the trace rules in force is still to be seen. */
export class Hold {
  constructor(
    readonly open: readonly Condition[],
    /** One matched, but is not the one in N that is recorded. */
    readonly counted: boolean,
  ) {}
}

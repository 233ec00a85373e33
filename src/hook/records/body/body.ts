/** What is kept of a body, while bodies are recorded. */

export type Side = 'request' | 'response';

export class Body {
  bytes = 0;
  kept = 0;
  readonly pieces: Uint8Array[] = [];
  constructor(
    readonly side: Side,
    readonly type: string,
    readonly coding: string,
  ) {}
}

/** What is kept of a request; null: its type is not wanted. */
export interface Bodies {
  request?: Body | null;
  response?: Body | null;
}

/** What a store's exact counts hold of requests that the user cleared away; taken off, the rest fits the rows shown. */
import { hasFailed, isServerError } from '../../model/facts/outcome';
import type { Status } from '../../model/panel/protocol';
import type { Request } from '../../model/records';

const figures = [
  'requests',
  'failed',
  'serverErrors',
  'running',
  'reuses',
  'bytesSent',
  'bytesReceived',
  'evicted',
] as const;
export type Figures = Record<(typeof figures)[number], number>;

export class Cleared {
  readonly #sum: Figures;
  /** As last counted, by id. */
  readonly #requests: Map<string, Request>;

  /** `requests`: all that are in the store now; `counted`: what its counts say of them. */
  constructor(requests: ReadonlyMap<string, Request>, counted: Figures) {
    this.#sum = { ...counted };
    this.#requests = new Map(requests);
  }

  /** One of them changed, or was heard of only now. */
  changed(id: string, now: Request): void {
    const [before, after] = [share(this.#requests.get(id)), share(now)];
    this.#requests.set(id, now);
    for (const name of figures) this.#sum[name] += after[name] - before[name];
  }

  /** Dropped from memory: counted still, as one that was dropped. */
  evicted(id: string): void {
    if (this.#requests.delete(id)) this.#sum.evicted++;
  }

  takenOff(status: Status): Status {
    const rest = { ...status };
    for (const name of figures) rest[name] = Math.max(0, rest[name] - this.#sum[name]);
    return rest;
  }
}

/** One request's part in the counts; undefined: none. */
function share(r: Request | undefined): Figures {
  return {
    requests: r ? 1 : 0,
    failed: hasFailed(r) ? 1 : 0,
    serverErrors: isServerError(r) ? 1 : 0,
    running: r && r.outcome === undefined ? 1 : 0,
    reuses: (r?.ordinal ?? 0) > 1 ? 1 : 0,
    bytesSent: r?.bytesSent ?? 0,
    bytesReceived: r?.bytesReceived ?? 0,
    evicted: 0,
  };
}

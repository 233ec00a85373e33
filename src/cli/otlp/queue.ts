/**
 * Spans on their way to an endpoint: a bounded queue, sent in batches, one at a time. What a batch made of its spans is
 * counted; a batch that could not be delivered in its time is given up, and the next one is sent.
 */

/** What became of a batch. `error`: it was not taken at all. */
export interface Sent {
  /** Spans that the endpoint took the request of, and refused all the same. */
  rejected: number;
  error?: string;
}

/** Never rejects. `close` ends what is under way. */
export interface Sender<Span> {
  send(spans: readonly Span[], timeoutMs: number): Promise<Sent>;
  close(): void;
}

export interface QueueCounts {
  /** All that was made: the sum of the others at the end. */
  spans: number;
  delivered: number;
  /** Refused by the endpoint one by one. */
  rejected: number;
  /** In batches that the endpoint did not take. */
  failed: number;
  /** Never sent. */
  dropped: number;
}

export interface QueueLimits {
  /** Spans that wait. */
  max: number;
  /** Spans in a batch. */
  batch: number;
  /** For one batch, with its retries. */
  timeoutMs: number;
}

export const defaultLimits: QueueLimits = { max: 8192, batch: 512, timeoutMs: 5000 };

export class SpanQueue<Span> {
  readonly counts: QueueCounts = { spans: 0, delivered: 0, rejected: 0, failed: 0, dropped: 0 };
  /** Why a batch failed, the last one. */
  error: string | undefined;
  #waiting: Span[] = [];
  #sending: Promise<void> | undefined;
  /** Spans of the batch that is under way. */
  #underWay = 0;
  #deadline = Number.POSITIVE_INFINITY;
  #over = false;

  constructor(
    readonly sender: Sender<Span>,
    /** Makes spans, at most as many as there is room for; none: there is nothing to send now. */
    readonly source: (room: number) => Span[],
    readonly limits: QueueLimits = defaultLimits,
  ) {}

  /** Takes what there is room for, and sends it. */
  flush(): void {
    this.#fill();
    if (this.#waiting.length > 0) this.#sending ??= this.#send();
  }

  #fill(): void {
    const room = this.limits.max - this.#waiting.length;
    if (room <= 0 || this.#over) return;
    const spans = this.source(room);
    this.counts.spans += spans.length;
    this.#waiting.push(...spans.slice(0, room));
    this.counts.dropped += Math.max(0, spans.length - room);
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#over) {
      const left = this.#deadline - Date.now();
      if (left <= 0) break;
      const batch = this.#waiting.splice(0, this.limits.batch);
      this.#underWay = batch.length;
      const sent = await this.sender.send(batch, Math.min(left, this.limits.timeoutMs));
      // Counted as failed when time was up.
      if (this.#over) return;
      this.#underWay = 0;
      this.#count(batch.length, sent);
      this.#fill();
    }
    this.#sending = undefined;
  }

  #count(spans: number, { rejected, error }: Sent): void {
    if (error !== undefined) {
      this.counts.failed += spans;
      this.error = error;
    } else {
      this.counts.rejected += rejected;
      this.counts.delivered += spans - rejected;
    }
  }

  /** Sends the rest within `limitMs`; what is left then is given up. After it every span is in one of the counts. */
  async finish(limitMs: number): Promise<void> {
    this.#deadline = Date.now() + limitMs;
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    });
    this.flush();
    await Promise.race([this.#sending, timeUp]);
    clearTimeout(timer);
    this.#over = true;
    if (this.#underWay > 0) this.#count(this.#underWay, { rejected: 0, error: this.error ?? 'no answer in time' });
    const rest = this.source(Number.POSITIVE_INFINITY).length;
    this.counts.spans += rest;
    this.counts.dropped += this.#waiting.length + rest;
    this.#waiting = [];
    this.sender.close();
  }
}

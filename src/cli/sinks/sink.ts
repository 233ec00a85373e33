/**
 * Where what ended goes, whatever takes it: a bounded queue before one target. What is offered waits, is handed over
 * in batches, one at a time, and is counted as sent or lost. Nothing of it throws, and no target holds the traced run:
 * a queue that is full loses what comes, and at the end there is a limit of time.
 */
import { messageOf } from '../../model/base/text';

/** What became of a batch. */
export interface Taken {
  /** Payload bytes that were handed over. */
  bytes: number;
  /** Items of it that were not. */
  lost: number;
  /** Why, the last reason. */
  error?: string;
}

export interface Target<Item> {
  /** May reject: then the whole batch is lost. */
  take(items: readonly Item[]): Taken | Promise<Taken>;
  /** After the last batch; ends what is under way. */
  close(): void | Promise<void>;
}

export interface SinkCounts {
  sent: number;
  /** Not handed over, for want of room, time or a receiver. */
  lost: number;
  /** Sent more than a second after they were known. */
  late: number;
  bytes: number;
  /** Why some were lost, the last reason. */
  error?: string;
}

export interface SinkLimits {
  /** Items that wait. */
  max: number;
  batch: number;
}

export const defaultLimits: SinkLimits = { max: 10_000, batch: 64 };
const lateMs = 1000;

interface Waiting<Item> {
  item: Item;
  /** `performance.now`. */
  since: number;
}

export class Sink<Item> {
  readonly counts: SinkCounts = { sent: 0, lost: 0, late: 0, bytes: 0 };
  #waiting: Waiting<Item>[] = [];
  #underWay = 0;
  #sending: Promise<void> | undefined;
  #over = false;

  constructor(
    /** As the options and the metrics call it: `stream`, `statsd` … */
    readonly name: string,
    /** Where to, for people. */
    readonly place: string,
    readonly target: Target<Item>,
    readonly limits: SinkLimits = defaultLimits,
    /** Called once, with the first reason for a loss. */
    readonly onError: (name: string, error: string) => void = () => {},
  ) {}

  offer(item: Item, since: number = performance.now()): void {
    if (this.#over || this.#waiting.length >= this.limits.max) this.#lose(1, 'it could not keep up');
    else this.#waiting.push({ item, since });
  }

  /** Begins to hand over what waits. */
  flush(): void {
    if (this.#waiting.length > 0 && !this.#over) this.#sending ??= this.#send();
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#over) {
      const batch = this.#waiting.splice(0, this.limits.batch);
      this.#underWay = batch.length;
      const taken = await this.#take(batch.map((w) => w.item));
      // Counted as lost when time was up.
      if (this.#over) return;
      this.#underWay = 0;
      const now = performance.now();
      this.counts.sent += batch.length - taken.lost;
      this.counts.bytes += taken.bytes;
      this.counts.late += batch.filter((w) => now - w.since > lateMs).length;
      if (taken.lost > 0) this.#lose(taken.lost, taken.error ?? 'not taken');
    }
    this.#sending = undefined;
  }

  async #take(items: readonly Item[]): Promise<Taken> {
    try {
      return await this.target.take(items);
    } catch (error) {
      return { bytes: 0, lost: items.length, error: messageOf(error) };
    }
  }

  #lose(count: number, error: string): void {
    if (this.counts.lost === 0) this.onError(this.name, error);
    this.counts.lost += count;
    this.counts.error = error;
  }

  /** Hands over the rest within `limitMs`; then every item is counted as sent or lost. */
  async finish(limitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    });
    this.flush();
    await Promise.race([this.#sending, timeUp]);
    clearTimeout(timer);
    this.#over = true;
    const left = this.#underWay + this.#waiting.length;
    this.#waiting = [];
    if (left > 0) this.#lose(left, this.counts.error ?? 'there was no time left');
    try {
      await this.target.close();
    } catch {
      // What it took is counted.
    }
  }
}

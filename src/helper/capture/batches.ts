/** Packets on their way from an engine that hands them over to the session that takes them, in their order. */
import type { RawPacket } from '../../model/facts/packets';

export class Batches {
  #waiting: RawPacket[][] = [];
  #wake: (() => void) | undefined;
  #over = false;

  /** Batches that nobody has taken yet: the engine decides how many are too many. */
  get size(): number {
    return this.#waiting.length;
  }

  push(batch: RawPacket[]): void {
    this.#waiting.push(batch);
    this.#wake?.();
  }

  /** What was pushed is still handed over. */
  end(): void {
    this.#over = true;
    this.#wake?.();
  }

  /** All that waits at a time; for one reader. */
  async *[Symbol.asyncIterator](): AsyncGenerator<RawPacket[]> {
    for (;;) {
      const taken = this.#waiting;
      this.#waiting = [];
      if (taken.length > 0) yield taken.flat();
      else if (this.#over) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}

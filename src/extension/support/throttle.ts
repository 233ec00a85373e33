/**
 * Runs `action` soon after `ask`, at most once every `gapMs`: at once when it rested, else at the end of the gap. So a
 * lone event is not delayed, and a storm costs a bounded number of runs.
 */
export class Throttle {
  #timer: NodeJS.Timeout | undefined;
  #last = Number.NEGATIVE_INFINITY;

  readonly #action: () => void;
  readonly #gapMs: number;
  readonly #nowMs: () => number;

  constructor(action: () => void, gapMs: number, nowMs: () => number = () => performance.now()) {
    this.#action = action;
    this.#gapMs = gapMs;
    this.#nowMs = nowMs;
  }

  ask(): void {
    if (this.#timer !== undefined) return;
    const wait = this.#last + this.#gapMs - this.#nowMs();
    if (wait <= 0) this.#run();
    else this.#timer = setTimeout(() => this.#run(), wait);
  }

  #run(): void {
    this.#timer = undefined;
    this.#last = this.#nowMs();
    this.#action();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

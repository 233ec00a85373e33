/**
 * Says when the spool may have news: the file system's own notice, and a slow poll for the file systems that give none.
 */
import { type FSWatcher, watch } from 'node:fs';

/** Between two looks at all files. */
export const pollMs = 500;
/** Where the file system gives no notice (network file systems, no watches left). */
const blindPollMs = 100;

export class SpoolWatcher {
  #watcher: FSWatcher | undefined;
  #poll: NodeJS.Timeout | undefined;
  #gather: NodeJS.Timeout | undefined;

  readonly #noticed: (name: string) => void;
  readonly #read: (all: boolean, dueAt: number) => void;
  readonly #gatherMs: number;

  /**
   * `noticed` names a changed file; `read` is called `gatherMs` after (`all`: look at every file; `dueAt`: when it was
   * to be called, in ms of `performance.now`: earlier than now on a busy machine). Neither may throw.
   */
  constructor(
    folder: string,
    noticed: (name: string) => void,
    read: (all: boolean, dueAt: number) => void,
    gatherMs: number,
  ) {
    this.#noticed = noticed;
    this.#read = read;
    this.#gatherMs = gatherMs;

    try {
      this.#watcher = watch(folder, { persistent: false }, (_event, name) => this.#news(name));
      this.#watcher.on('error', () => this.#goBlind());
    } catch {
      this.#watcher = undefined;
    }
    this.#startPoll(this.#watcher ? pollMs : blindPollMs);
  }

  #news(name: string | null): void {
    if (name !== null) this.#noticed(name);
    const dueAt = performance.now() + this.#gatherMs;
    this.#gather ??= setTimeout(() => {
      this.#gather = undefined;
      this.#read(name === null, dueAt);
    }, this.#gatherMs);
  }

  #goBlind(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    if (this.#poll !== undefined) this.#startPoll(blindPollMs);
  }

  #startPoll(ms: number): void {
    clearInterval(this.#poll);
    let dueAt = performance.now() + ms;
    this.#poll = setInterval(() => {
      const now = performance.now();
      this.#read(true, Math.min(dueAt, now));
      dueAt = now + ms;
    }, ms);
    this.#poll.unref(); // the program that is traced decides how long we live
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    clearInterval(this.#poll);
    this.#poll = undefined;
    clearTimeout(this.#gather);
    this.#gather = undefined;
  }
}

/**
 * `run --table`: the table of requests, redrawn at an interval. On a terminal it is redrawn in place: output of the
 * program moves it down, so redirect a program that prints much. On a pipe, one table follows the other, only after a
 * change.
 */
import { talkersOf } from '../../../analysis/base/talkers';
import { hostPort } from '../../../formats/shared/words';
import { bytesText } from '../../../model/base/text';
import type { SortKey } from '../../../model/options/table';
import type { Store } from '../../../model/store/store';
import { summaryLines } from '../../summary/summary';
import { printable, type Style, styleFor } from '../../terminal/say';

/** What --sort and --rows ask for. */
export interface RowChoice {
  sort?: SortKey | undefined;
  rows?: number | undefined;
}

export interface Screen {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

/** Destinations named below the table. */
const maxTalkers = 3;

/** ms between two drawings, if nothing else is asked for. */
export const defaultInterval = (screen: Screen): number => (screen.isTTY ? 1000 : 10_000);

export class LiveTable {
  readonly #timer: NodeJS.Timeout;
  readonly #style: Style;
  #drawn = 0;
  #last = '';

  readonly #store: Store;
  readonly #now: () => number;
  readonly #screen: Screen;
  readonly #choice: RowChoice;

  constructor(
    store: Store,
    now: () => number,
    screen: Screen,
    intervalMs = defaultInterval(screen),
    choice: RowChoice = {},
  ) {
    this.#store = store;
    this.#now = now;
    this.#screen = screen;
    this.#choice = choice;

    this.#style = styleFor(screen);
    this.#timer = setInterval(() => this.draw(), intervalMs);
    this.#timer.unref();
  }

  draw(): void {
    const { isTTY = false, columns = 200, rows = 40 } = this.#screen;
    const max = this.#choice.rows ?? (isTTY ? Math.max(5, rows - 12) : 50);
    const lines = [
      ...summaryLines(this.#store, this.#now(), {
        ...this.#choice,
        style: this.#style,
        width: columns,
        max,
        purpose: 'live',
      }),
      ...this.#talkers(),
    ];
    const shown = isTTY ? lines.slice(0, Math.max(1, rows - 1)) : lines;
    const text = `${this.#style.bold('nettrace:')} ${shown.join('\n')}\n`;
    if (isTTY) {
      // Without wrapping, so that a line is a line whatever its length: the next drawing goes up by their number.
      this.#screen.write(`${this.#erase()}\x1b[?7l${text}\x1b[?7h`);
      this.#drawn = shown.length;
    } else if (this.#counted() !== this.#last) {
      this.#last = this.#counted();
      this.#screen.write(`${text}\n`);
    }
  }

  /** Takes the table off the terminal: the summary takes its place. */
  end(): void {
    clearInterval(this.#timer);
    if (this.#drawn > 0) this.#screen.write(this.#erase());
    this.#drawn = 0;
  }

  /** Where bytes go now, if the kernel reports it. */
  #talkers(): string[] {
    return talkersOf(this.#store, this.#now())
      .filter((t) => t.sending + t.receiving >= 1)
      .sort((a, b) => b.sending + b.receiving - a.sending - a.receiving)
      .slice(0, maxTalkers)
      .map((t) => {
        const to = hostPort(printable(t.host ?? t.address), t.port);
        return `now ${to}: ${bytesText(t.receiving)}/s received, ${bytesText(t.sending)}/s sent`;
      });
  }

  #erase(): string {
    return this.#drawn === 0 ? '' : `\x1b[${this.#drawn}A\x1b[J`;
  }

  /** What a drawing on a pipe depends on. */
  #counted(): string {
    const { counts, live } = this.#store;
    return JSON.stringify([counts.requests, counts.failed, counts.connections, live, this.#talkers()]);
  }
}

/**
 * What is being done between the program's end and the prompt, on one line that goes away again; only on a terminal, and
 * only once it takes longer than a second.
 */
export interface Screen {
  write(text: string): unknown;
  isTTY?: boolean;
}

const quietMs = 1000;
const erase = '\r\x1b[K';

export class Progress {
  #text: () => string = () => '';
  #shown = false;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #from: number;

  /** Absent: nothing is said. */
  readonly #screen: Screen | undefined;
  readonly #clock: () => number;

  constructor(screen: Screen | undefined, clock: () => number = Date.now) {
    this.#screen = screen;
    this.#clock = clock;

    this.#from = clock();
    if (screen?.isTTY) this.#timer = setInterval(() => this.#draw(), 200).unref();
  }

  /** The next step: said at once where the ones before have taken long, as a step may leave no time for a timer. */
  step(text: string | (() => string)): void {
    this.#text = typeof text === 'string' ? () => text : text;
    this.#draw();
  }

  #draw(): void {
    if (!this.#screen?.isTTY || this.#clock() - this.#from < quietMs) return;
    this.#shown = true;
    this.#screen.write(`${erase}nettrace: ${this.#text()} …`);
  }

  /** Takes the line away: before anything else is written. */
  end(): void {
    clearInterval(this.#timer);
    if (this.#shown) this.#screen?.write(erase);
    this.#shown = false;
  }
}

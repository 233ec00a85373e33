/**
 * When the debugger held a thread, from the messages of its session: the record of each stop, kept up to date while it
 * lasts. Both instants err on the side of a shorter pause: the program was paused before its `stopped` event arrived,
 * and stays paused until the request to continue reaches it.
 */
import type { Pause } from '../../model/records';

/** Requests after which the program runs. */
const goOn = new Set(['continue', 'next', 'stepIn', 'stepOut', 'stepBack', 'reverseContinue', 'restartFrame', 'goto']);

/** What the debugger's message says of a stop at a network breakpoint, once it is known to be one. */
export const networkReason = 'network breakpoint';

/** The protocol's words for a stop, as the record has them. */
function reasonOf(reason: string | undefined): NonNullable<Pause['reason']> {
  if (reason === 'step') return 'step';
  if (reason === networkReason) return 'network';
  if (reason === 'exception' || reason === 'promise rejection') return 'exception';
  return reason?.endsWith('breakpoint') ? 'breakpoint' : 'pause';
}

export interface PauseHost {
  /** µs since the trace began. */
  now(): number;
  /** Id for the next pause. */
  nextId(): string;
  /** A pause has begun, ended, or become better known. */
  set(pause: Pause): void;
}

/** One debug session, which is one thread. */
export class PauseWatch {
  #open: Pause | undefined;
  #askedAt: number | undefined;
  #thread: string | undefined;
  /** Pauses before the thread was known. */
  #nameless: Pause[] = [];

  readonly #host: PauseHost;

  constructor(host: PauseHost) {
    this.#host = host;
  }

  stopped(reason: string | undefined): void {
    // Of a stop after another without a word between them, the request that ended the first is all there is.
    if (this.#open) {
      if (this.#askedAt === undefined) return;
      this.#close(this.#askedAt);
    }
    this.#open = { id: this.#host.nextId(), beginAt: this.#host.now(), reason: reasonOf(reason) };
    if (this.#thread !== undefined) this.#open.thread = this.#thread;
    else this.#nameless.push(this.#open);
    this.#host.set(this.#open);
  }

  /** A request is on its way to the debugger. */
  asked(command: string): void {
    if (this.#open && goOn.has(command)) this.#askedAt = this.#host.now();
  }

  /** The program runs again. */
  continued(): void {
    const at = this.#host.now();
    if (this.#open) this.#close(this.#askedAt ?? at, this.#askedAt === undefined ? 0 : at - this.#askedAt);
  }

  /** The session is over, and with it what it held. */
  ended(): void {
    if (this.#open) this.#close(this.#host.now());
  }

  /** What the stopped program replied: who it is, and how long a message may take. */
  known(thread: string | undefined, roundTrip: number): void {
    if (this.#open) this.#change({ uncertainty: Math.max(this.#open.uncertainty ?? 0, Math.round(roundTrip)) });
    if (thread === undefined) return;
    this.#thread = thread;
    for (const pause of this.#nameless) {
      if (pause.id === this.#open?.id) this.#change({ thread });
      else this.#host.set({ ...pause, thread });
    }
    this.#nameless = [];
  }

  #change(fields: Partial<Pause>): void {
    const pause: Pause = { ...(this.#open as Pause), ...fields };
    this.#open = pause;
    this.#nameless = this.#nameless.map((p) => (p.id === pause.id ? pause : p));
    this.#host.set(pause);
  }

  #close(at: number, off = 0): void {
    const open = this.#open as Pause;
    const uncertainty = Math.max(open.uncertainty ?? 0, off);
    this.#change({ endAt: Math.max(open.beginAt, at), ...(uncertainty > 0 ? { uncertainty } : {}) });
    this.#open = undefined;
    this.#askedAt = undefined;
  }
}

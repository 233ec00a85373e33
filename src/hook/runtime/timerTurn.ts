/**
 * Whether what the program does follows from a socket's timer. The timer only reports that nothing came, so an end is
 * the timer's only if a listener of its event makes it, or what such a listener has scheduled: a promise, a tick, an
 * immediate. Time on the clock cannot tell: a process on a busy machine may wait between the event and the next call.
 */
import { setSoon } from './builtins';
import { idleTime } from './idle';

/** ms that the event loop may wait for something else: a timer of a ms, set by the listener, still counts. */
const maxIdle = 5;

export class TimerTurn {
  private readonly idleAt = idleTime();
  private over = false;

  constructor() {
    // An immediate that the listener sets comes after the first of these. They keep no process alive and wake no loop.
    setSoon(() => setSoon(() => this.end()).unref()).unref();
  }

  /** Whether the loop has not yet gone on to anything else. */
  lasts(): boolean {
    return !this.over && idleTime() - this.idleAt < maxIdle;
  }

  private end(): void {
    this.over = true;
  }
}

/**
 * Why the event loop did not turn: the program computed, or its thread had no use of a processor, as in a synchronous call,
 * or on a machine that is busy with other programs. Only the first is held against its code.
 */

import { timeText } from '../../../model/base/text';
import type { Evidence, Finding, Request } from '../../../model/records';
import type { Store } from '../../../model/store/store';
import { time } from '../../base/draft';
import { computed } from '../../base/limits';

export type Busy = 'computed' | 'waited' | 'unknown';

/** `busy`: time in µs without pauses in the debugger. */
export function whyBusy(r: Request, store: Store, busy: number): Busy {
  const { processor } = r;
  if (processor === undefined) return 'unknown';
  if (processor.duration < computed.share * busy) return 'waited';
  // What other threads used is not the event loop's.
  const alone = processor.of === 'thread' || store.thread(r.thread)?.process.threads.length === 1;
  return alone ? 'computed' : 'unknown';
}

export const busyWords = (why: Busy): string =>
  why === 'computed' ? 'your program was busy' : 'the event loop was blocked';

/** `your program was busy for 300 ms`; where it did not compute, how little it used the processor. */
export const busyText = (why: Busy, r: Request, duration: string): string =>
  `${busyWords(why)} for ${duration}${why === 'waited' ? ` (${timeText(r.processor?.duration ?? 0)} of processor time)` : ''}`;

/** The same, at the begin of a sentence. */
export function busySentence(why: Busy, r: Request, duration: string): string {
  const text = busyText(why, r, duration);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const busyFault = (why: Busy): Finding['fault'] => (why === 'computed' ? 'yourCode' : 'unclear');

export const busyAdvice: Readonly<Record<Busy, string>> = {
  computed: 'Move the computation to a worker, split it, or stream.',
  waited: 'Look for synchronous calls (execSync, readFileSync); without any, the machine was busy with other programs.',
  unknown: 'A CPU profile shows whether the program computed.',
};

export const busyEvidence = (r: Request, busy: number): Evidence[] => [
  time('event loop busy', busy, r.id, 'loopBusyDuration'),
  ...(r.processor === undefined ? [] : [time('processor time', r.processor.duration, r.id, 'processor.duration')]),
];

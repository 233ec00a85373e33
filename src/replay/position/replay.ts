/**
 * A saved trace at a position, and the ways to another one. What is shown at a position is made of the records and the
 * position alone, so it is the same whichever way one came.
 */
import type { Trace } from '../../model/records';
import type { TimelineEvent } from '../events/event';
import { Timeline } from '../events/timeline';
import { Scopes } from './scopes';
import { type SourceOptions, Sources } from './sources';
import { CallSites, type Frame, framesOf } from './stacks';
import { type Stop, Stops } from './stops';
import { TraceIndex } from './traceIndex';

/** Where a move led to. */
export interface Move {
  position: number;
  /** The breakpoints that it stopped at. */
  stop?: Stop;
  /** It could not go as far as asked: there is no more that way. */
  stuck?: 'thread' | 'begin' | 'end';
  /** What log messages wrote on the way. */
  logs?: { position: number; text: string }[];
}

export class Replay {
  readonly trace: TraceIndex;
  readonly timeline: Timeline;
  readonly scopes: Scopes;
  readonly stops: Stops;
  readonly callSites: CallSites;
  readonly sources: Sources;
  position: number;

  constructor(document: Trace, sources: SourceOptions) {
    this.trace = new TraceIndex(document);
    this.timeline = new Timeline(document);
    this.scopes = new Scopes(this.trace, this.timeline);
    this.callSites = new CallSites(this.trace, this.timeline);
    this.sources = new Sources(this.callSites.files(), sources);
    this.stops = new Stops(this.trace, this.timeline, (file) => {
      const found = this.sources.locate(file);
      return 'path' in found ? found.path : undefined;
    });
    this.position = this.entry;
  }

  /** Nothing to step through. */
  get isEmpty(): boolean {
    return this.timeline.events.length === 0;
  }

  /** Where a replay begins: at the first request, as before it there is no line to show. */
  get entry(): number {
    return Math.max(
      0,
      this.timeline.events.findIndex((e) => e.kind === 'created'),
    );
  }

  get event(): TimelineEvent {
    return this.timeline.event(this.position);
  }

  /** The thread’s next event, of the request or of a record below it. */
  stepIn(thread: string): Move {
    return this.#to(this.timeline.next(this.position, thread, 'any'));
  }

  /** The thread’s next event of a request itself: events below it are skipped. */
  next(thread: string): Move {
    return this.#to(this.timeline.next(this.position, thread, 'request'));
  }

  /** The end of the request that the thread is at; of none, the next event. */
  stepOut(thread: string): Move {
    const present = this.timeline.present(this.position, thread);
    const request = present === undefined ? undefined : this.timeline.event(present).request;
    const last = request === undefined ? undefined : this.#ownEvents(request).at(-1);
    return last !== undefined && last > this.position ? this.#to(last) : this.next(thread);
  }

  /** The thread’s event before: what a step in came from. */
  stepBack(thread: string): Move {
    return this.#to(this.timeline.previous(this.position, thread, 'any'));
  }

  /** The call of the request that the thread is at. */
  toCall(thread: string): Move {
    const present = this.timeline.present(this.position, thread);
    const request = present === undefined ? undefined : this.timeline.event(present).request;
    return this.#to(request === undefined ? undefined : this.#ownEvents(request)[0]);
  }

  /** The next breakpoint, else the end. */
  continue(): Move {
    const from = this.position;
    const stop = this.stops.after(from);
    this.position = stop?.position ?? this.timeline.last;
    return {
      position: this.position,
      ...(stop ? { stop } : { stuck: 'end' as const }),
      logs: this.stops.logs(from + 1, this.position),
    };
  }

  /** The breakpoint before, else the begin. Log messages are written forward only. */
  reverseContinue(): Move {
    const stop = this.stops.before(this.position);
    this.position = stop?.position ?? 0;
    return { position: this.position, ...(stop ? { stop } : { stuck: 'begin' as const }) };
  }

  seek(position: number): Move {
    return this.#to(Math.min(this.timeline.last, Math.max(0, position)));
  }

  /** What a thread is at: its last event up to the position. Absent: it has not begun. */
  presentOf(thread: string): TimelineEvent | undefined {
    const present = this.timeline.present(this.position, thread);
    return present === undefined ? undefined : this.timeline.event(present);
  }

  /** The call chain of a thread’s present event; of one without a request, that of the dial or lookup. */
  framesOf(event: TimelineEvent): Frame[] {
    const request = this.trace.request(event.request);
    if (request) return framesOf(request);
    const { store } = this.trace;
    const connection = store.connections.get(event.record);
    return framesOf(store.dials.get(connection?.dial ?? event.record) ?? store.lookups.get(event.record));
  }

  #to(position: number | undefined): Move {
    if (position === undefined) return { position: this.position, stuck: 'thread' };
    this.position = position;
    return { position };
  }

  /** Of the request itself, not of records below it. */
  #ownEvents(request: string): number[] {
    return this.timeline.ofRequest(request).filter((p) => this.timeline.event(p).record === request);
  }
}

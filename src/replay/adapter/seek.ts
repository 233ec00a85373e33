/** The position as the host receives it, and where it asks the replay to go. */
import type { Replay } from '../position/replay';
import { eventText } from '../position/words';

/** Body of the event `netTrace.position`, sent at each stop, and of the answer to `netTrace/position`. */
export interface ReplayPosition {
  /** Index of the event, from 0. */
  event: number;
  events: number;
  /** µs since the trace began: of the event, of the first and of the last one. */
  at: number;
  beginAt: number;
  endAt: number;
  text: string;
  /** Id of its request; absent: it belongs to none. */
  request?: string;
}

export function positionEvent(replay: Replay): ReplayPosition {
  const { timeline, event, position } = replay;
  return {
    event: position,
    events: timeline.events.length,
    at: event.at,
    beginAt: timeline.event(0).at,
    endAt: timeline.event(timeline.last).at,
    text: eventText(replay.trace, event),
    ...(event.request === undefined ? {} : { request: event.request }),
  };
}

/** Arguments of `netTrace/seek`: one of an instant (µs), an event (from 0; may be relative to none), a request’s id. */
export interface Seek {
  at?: unknown;
  event?: unknown;
  request?: unknown;
}

/** Position to go to; undefined: the arguments name none. */
export function seekTarget(replay: Replay, seek: Seek | undefined | null): number | undefined {
  const { at, event, request } = seek ?? {};
  if (typeof at === 'number' && Number.isFinite(at)) return replay.timeline.positionAt(at);
  if (typeof event === 'number' && Number.isInteger(event)) return event;
  if (typeof request === 'string') return replay.timeline.ofRequest(request)[0];
  return undefined;
}

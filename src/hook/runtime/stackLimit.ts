/**
 * Room for the hook's frames in the stacks of the program's errors. `stackTraceLimit` counts them too, so each call of
 * the hook raises it by one, and no frame of the program is cut off. `ownFrames.ts` removes the hook's frames.
 */
import { apply, ErrorClass } from './builtins';
import type { AnyFunction } from './wrap';

export const room = {
  possible: true,
  /** Frames that room is made for now. */
  given: 0,
  /** As many as ever were at a time. */
  max: 0,
  /** The limit that was set last. */
  limit: 0,
};

/** Makes room for one frame in the stacks of errors made from now on; the limit set, 0: none was. */
export function roomForFrame(): number {
  if (!room.possible) return 0;
  const { stackTraceLimit } = ErrorClass;
  // Off (0), or no number of the program's: not ours to touch.
  if (typeof stackTraceLimit !== 'number' || !(stackTraceLimit > 0)) return 0;
  try {
    ErrorClass.stackTraceLimit = room.limit = stackTraceLimit + 1;
    if (++room.given > room.max) room.max = room.given;
    return stackTraceLimit + 1;
  } catch {
    // Frozen.
    room.possible = false;
    return 0;
  }
}

/** Lowers the limit again, unless the program has set it since. */
export function frameGone(limit: number): void {
  room.given--;
  try {
    if (ErrorClass.stackTraceLimit === limit) ErrorClass.stackTraceLimit = room.limit = limit - 1;
  } catch {
    // Frozen since.
  }
}

/** Calls with room for two frames, its own and its caller's: for wrappers that are not hot. */
export function roomy(original: AnyFunction, self: unknown, args: unknown[]): unknown {
  const first = roomForFrame();
  const more = first === 0 ? 0 : roomForFrame();
  try {
    return apply(original, self, args);
  } finally {
    if (more !== 0) frameGone(more);
    if (first !== 0) frameGone(first);
  }
}

/** Calls `make` with room for so many frames: for what is not hot. */
export function withRoom<T>(count: number, make: () => T): T {
  const rooms = Array.from({ length: count }, roomForFrame);
  try {
    return make();
  } finally {
    for (const room of rooms.reverse()) if (room !== 0) frameGone(room);
  }
}

/** The limit as the program knows it. */
export function programsLimit(): number {
  const { stackTraceLimit } = ErrorClass;
  if (typeof stackTraceLimit !== 'number') return Number.POSITIVE_INFINITY;
  return room.given > 0 && stackTraceLimit === room.limit ? stackTraceLimit - room.given : stackTraceLimit;
}

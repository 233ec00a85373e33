/** The value of `Error.prepareStackTrace` as the program sees it; see `ownFrames.ts`. */
import { ErrorClass } from '../runtime/builtins';

/** Ours is an accessor, which costs a stack to read where it has to know who reads; and what it has. */
export const preparing = { get: undefined as (() => unknown) | undefined, set: undefined as unknown };

/** For the hook, which restores it after reading a stack with its own function. */
export function programsPrepare(): typeof Error.prepareStackTrace {
  const own = Object.getOwnPropertyDescriptor(ErrorClass, 'prepareStackTrace');
  const isOurs = own?.get !== undefined && own.get === preparing.get;
  return (isOurs ? preparing.set : ErrorClass.prepareStackTrace) as typeof Error.prepareStackTrace;
}

/** A stack as it is: for `Error.prepareStackTrace`, put back at once. */
export const raw = (_: Error, frames: NodeJS.CallSite[]): NodeJS.CallSite[] => frames;

/** The frames of a stack that nobody has read; none where its text is made already, or Error is frozen. */
export function framesOf(error: Error): NodeJS.CallSite[] {
  const programs = programsPrepare();
  try {
    ErrorClass.prepareStackTrace = raw;
    const frames = error.stack as unknown;
    return Array.isArray(frames) ? (frames as NodeJS.CallSite[]) : [];
  } catch {
    return [];
  } finally {
    try {
      ErrorClass.prepareStackTrace = programs;
    } catch {
      // Frozen: it was not set either.
    }
  }
}

/** So many frames of the present stack, this function's own among them. */
export function framesHere(limit: number): NodeJS.CallSite[] {
  const { stackTraceLimit } = ErrorClass;
  try {
    ErrorClass.stackTraceLimit = limit;
    const error = new ErrorClass();
    ErrorClass.stackTraceLimit = stackTraceLimit;
    return framesOf(error);
  } catch {
    return [];
  }
}

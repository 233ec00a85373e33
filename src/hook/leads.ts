/** Questions to the present stack, or to one that no record holds; rare ones that nothing else answers. */
import { ErrorClass } from './builtins';
import { programsPrepare } from './preparing';
import { placeOf, raw, userFrame } from './stack';

/** The program's frame of a stack that no record holds. */
export function placeOfError(e: Error): { file: string; line: number; column: number; function?: string } | undefined {
  const prepareStackTrace = programsPrepare();
  try {
    ErrorClass.prepareStackTrace = raw;
    const { frame } = userFrame(e.stack as unknown as NodeJS.CallSite[]);
    if (frame === undefined) return undefined;
    const { file, line, column, fn } = placeOf(frame, prepareStackTrace);
    return fn === '' ? { file, line, column } : { file, line, column, function: fn };
  } catch {
    return undefined;
  } finally {
    try {
      ErrorClass.prepareStackTrace = prepareStackTrace;
    } catch {
      // Frozen: it was not set either.
    }
  }
}

/** Whether a function of this name is among the ten that lead here; for rare questions that nothing else answers. */
export const calledBy = (name: string): boolean => leadsHere(11, (f) => f.getFunctionName() === name);

/** Whether a method of such a class is on the stack: who made a CONNECT of undici. Asked once a connection. */
export const calledByClass = (name: RegExp): boolean => leadsHere(81, (f) => name.test(f.getTypeName() ?? ''));

/** `frames` counts this function itself. */
function leadsHere(frames: number, wanted: (frame: NodeJS.CallSite) => boolean): boolean {
  const { stackTraceLimit } = ErrorClass;
  const prepareStackTrace = programsPrepare();
  try {
    ErrorClass.stackTraceLimit = frames;
    ErrorClass.prepareStackTrace = raw;
    const stack = new ErrorClass().stack as unknown as NodeJS.CallSite[];
    return Array.isArray(stack) && stack.some(wanted);
  } catch {
    return false;
  } finally {
    try {
      ErrorClass.prepareStackTrace = prepareStackTrace;
      ErrorClass.stackTraceLimit = stackTraceLimit;
    } catch {
      // Frozen: neither was set.
    }
  }
}

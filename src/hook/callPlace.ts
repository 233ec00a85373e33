/** Where a request was called from, for network breakpoints: known while the program stands, in the source as written. */
import { ErrorClass } from './builtins';
import { pathOf, sourcePlace } from './sourcePlace';
import { placeOf, raw, userFrame } from './stack';

export interface CallPlace {
  /** As the runtime names it. */
  file: string;
  line: number;
  column: number;
  /** '': at top level. */
  fn: string;
  /** In the source, where there is a map. */
  source?: { file: string; line: number; column: number };
}

/** The program's frame of an unread stack; undefined: there is none. */
export function placeIn(stack: Error): CallPlace | undefined {
  const { prepareStackTrace } = ErrorClass;
  try {
    ErrorClass.prepareStackTrace = raw;
    const { frame } = userFrame(stack.stack as unknown as NodeJS.CallSite[]);
    ErrorClass.prepareStackTrace = prepareStackTrace;
    if (frame === undefined) return undefined;
    const { file, line, column, fn, source } = placeOf(frame, prepareStackTrace);
    const mapped = source ? { file: source[0], line: source[1], column: source[2] } : sourcePlace(file, line, column);
    return { file, line, column, fn, ...(mapped ? { source: mapped } : {}) };
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

/** Whether the call is in that line, of the file that ran or of its source. */
export function placeMatches(place: CallPlace | undefined, file: string, line: number): boolean {
  if (place === undefined) return false;
  const wanted = pathOf(file);
  const { source } = place;
  if (source !== undefined && source.line === line && isSamePath(pathOf(source.file), wanted)) return true;
  return place.line === line && isSamePath(pathOf(place.file), wanted);
}

/** Windows takes no care of case and slashes. */
function isSamePath(a: string, b: string): boolean {
  if (a === b) return true;
  if (process.platform !== 'win32') return false;
  return a.replaceAll('\\', '/').toLowerCase() === b.replaceAll('\\', '/').toLowerCase();
}

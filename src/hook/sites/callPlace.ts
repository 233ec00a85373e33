/** Where a request was called from, in the original source: network breakpoints need it while the program is paused. */

import { packageOf } from '../../model/base/package';
import { noteDepth } from './callSite';
import { isHandedIn, isOnDisk } from './compiledTexts';
import { framesOf, programsPrepare } from './prepareStackTrace';
import { pathOf, sourcePlace } from './sourcePlace';
import { placeOf, scriptHash, userFrame, usersFrames } from './stack';

export interface CallPlace {
  /** As the runtime names it. */
  file: string;
  /** 0, as is the column: a loader has transformed the code, and its map is not known. */
  line: number;
  column: number;
  /** '': at top level. */
  fn: string;
  /** In the source, where there is a map. */
  source?: { file: string; line: number; column: number };
}

/** The program's frame of an unread stack; undefined: there is none. */
export function placeIn(stack: Error): CallPlace | undefined {
  try {
    const frames = framesOf(stack);
    const programs = programsPrepare();
    let first: CallPlace | undefined;
    for (const frame of usersFrames(frames)) {
      const place = placeAt(frame, programs);
      // What a bundle's map leads to a package is not the program's.
      if (place.source === undefined || packageOf(place.source.file) === undefined) {
        noteDepth(frames.indexOf(frame) + 1);
        return place;
      }
      first ??= place;
    }
    noteDepth(0);
    const { frame } = userFrame(frames);
    return first ?? (frame && placeAt(frame, programs));
  } catch {
    return undefined;
  }
}

function placeAt(frame: NodeJS.CallSite, programs: typeof Error.prepareStackTrace): CallPlace {
  const { file, line, column, fn, source, evaluated } = placeOf(frame, programs);
  if (source) return { file, line, column, fn, source: { file: source[0], line: source[1], column: source[2] } };
  // The file on disk says nothing of another text.
  if (evaluated || (isHandedIn(file) && !isOnDisk(file, scriptHash(frame)))) return { file, line: 0, column: 0, fn };
  const mapped = sourcePlace(file, line, column);
  return { file, line, column, fn, ...(mapped ? { source: mapped } : {}) };
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

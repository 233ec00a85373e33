/**
 * The place in the source as written, for code whose source map only this process has: loaders that transform code while
 * they load it (tsx, ts-node) keep the map in memory. Maps on disk are the session's affair. Asked once for each place.
 */
import { ErrorClass, findSourceMap } from '../runtime/builtins';
import { handedMap, isHandedIn } from './compiledTexts';
import { placeBy } from './sourcePlace';

type Source = [file: string, line: number, column: number];

/**
 * `hash` is the script's, where this Node has it; `programs` is the program's own Error.prepareStackTrace. Undefined: no
 * such map.
 */
export function originalOf(
  frame: NodeJS.CallSite,
  file: string,
  hash: string | undefined,
  programs: typeof Error.prepareStackTrace,
): Source | undefined {
  try {
    const line = frame.getLineNumber();
    const column = frame.getColumnNumber();
    if (!file || line === null || column === null) return undefined;
    const handed = isHandedIn(file);
    const own = handed ? handedMap(file, hash) : undefined;
    const place = own && placeBy(own, line, column);
    if (place) return [place.file, place.line, place.column];
    const entry = findSourceMap?.(file)?.findEntry(line - 1, column - 1) as
      | { originalSource?: string; originalLine?: number; originalColumn?: number }
      | undefined;
    if (entry?.originalSource && Number.isInteger(entry.originalLine)) {
      return [entry.originalSource, (entry.originalLine as number) + 1, (entry.originalColumn ?? 0) + 1];
    }
    const loaded = handed || frame.isEval() || /\.[cm]?tsx?$/.test(file);
    return loaded && typeof programs === 'function' ? asPrinted(frame, programs) : undefined;
  } catch {
    return undefined;
  }
}

/** ts-node and its like map stacks when they are printed: so we print one. */
function asPrinted(frame: NodeJS.CallSite, programs: NonNullable<typeof Error.prepareStackTrace>): Source | undefined {
  const last =
    String(programs(new ErrorClass(), [frame]))
      .split('\n')
      .at(-1) ?? '';
  const m = /^(.+?):(\d+):(\d+)\)?$/.exec(last.replace(/^\s+at (?:.* \()?/, ''));
  const place: Source | undefined = m ? [m[1] as string, Number(m[2]), Number(m[3])] : undefined;
  // The position that ran: nothing was mapped.
  return place?.[1] === frame.getLineNumber() && place?.[2] === frame.getColumnNumber() ? undefined : place;
}

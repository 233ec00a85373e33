/**
 * The place in the source as written, for code whose source map only this process has: loaders that transform code while
 * they load it (tsx, ts-node) keep the map in memory. Maps on disk are the session's affair. Asked once for each place.
 */
import { ErrorClass, findSourceMap } from './builtins';

type Source = [file: string, line: number, column: number];

/** `programs` is the program's own Error.prepareStackTrace. Undefined: no such map. */
export function originalOf(frame: NodeJS.CallSite, programs: typeof Error.prepareStackTrace): Source | undefined {
  try {
    const file = frame.getFileName();
    const line = frame.getLineNumber();
    const column = frame.getColumnNumber();
    if (!file || line === null || column === null) return undefined;
    const entry = findSourceMap?.(file)?.findEntry(line - 1, column - 1) as
      | { originalSource?: string; originalLine?: number; originalColumn?: number }
      | undefined;
    if (entry?.originalSource && Number.isInteger(entry.originalLine)) {
      return [entry.originalSource, (entry.originalLine as number) + 1, (entry.originalColumn ?? 0) + 1];
    }
    return typeof programs === 'function' && /\.[cm]?tsx?$/.test(file) ? asPrinted(frame, programs) : undefined;
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
  return m ? [m[1] as string, Number(m[2]), Number(m[3])] : undefined;
}

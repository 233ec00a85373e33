/** A run with more requests than memory keeps: the others go to the disk, and into the files that hold all of a trace. */
import { isLossless, type Spill, wholeHeader } from '../../formats';
import { numberText } from '../../model/base/text';
import type { Trace } from '../../model/records';
import type { SaveResult } from '../summary/saved';

interface OnDisk {
  /** The trace that was saved, its lists those of memory. */
  whole: Trace;
  lines: string[];
}

/** Undefined: all of the trace was in memory, or no file holds the rest. */
export function onDiskOf(document: Trace, spill: Spill, saved: SaveResult): OnDisk | undefined {
  const done = saved.files.filter((f) => f.error === undefined).map((f) => f.path);
  const file = done.find(isLossless) ?? saved.kept;
  if (document.losses.length === 0 || file === undefined) return undefined;
  return { whole: wholeHeader(document, spill), lines: linesOf(document, spill, file, done) };
}

function linesOf(document: Trace, spill: Spill, file: string, done: readonly string[]): string[] {
  const count = spill.counted('requests');
  const memory = numberText(document.requests.filter((r) => r.direction !== 'in').length);
  const lines: string[] = [];
  if (count > 0) {
    lines.push(
      `${file} has all requests; the list, the figures of single requests and the findings above are of the last ${memory} (--max-requests)`,
    );
    const partial = done.filter((path) => !isLossless(path));
    if (partial.length > 0)
      lines.push(`${partial.join(', ')}: the last ${memory} requests only; nettrace convert ${file} makes it of all`);
  }
  if (spill.error !== undefined)
    lines.push(`not all requests beyond --max-requests could be kept, as the disk took no more: ${spill.error}`);
  return lines;
}

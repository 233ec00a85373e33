/**
 * Whether a file is a bundle: made of several sources, some of them a package's perhaps. Its map says which, and the
 * session reads that; here it is only found out, once a file, whether the calls around the first one are worth keeping.
 */
import { closeSync, existsSync, findSourceMap, openSync, readSync, statSync } from '../runtime/builtins';
import { pathOf } from './sourcePlace';

/** Of a map that long all is read; a longer one is that of a bundle. */
const maxMap = 128 * 1024;

export function isBundle(file: string): boolean {
  try {
    const known = findSourceMap?.(file) as { payload?: { sources?: unknown[]; sections?: unknown[] } } | undefined;
    if (known?.payload) return known.payload.sections !== undefined || (known.payload.sources?.length ?? 0) > 1;
    const path = pathOf(file);
    if (existsSync(`${path}.map`)) return hasSources(tailOf(`${path}.map`, maxMap));
    const tail = tailOf(path, 512);
    // An inline map: the whole tail is its data.
    return /sourceMappingURL=/.test(tail) || /^[A-Za-z0-9+/=%]{300,}$/.test(tail.trim());
  } catch {
    return false;
  }
}

/** More than one source, or too much to say. */
function hasSources(map: string): boolean {
  const at = map.indexOf('"sources"');
  const end = map.indexOf(']', at);
  return at < 0 || end < 0 || map.slice(at, end).includes(',', 10);
}

/** The last bytes of a file. */
function tailOf(path: string, bytes: number): string {
  const { size } = statSync(path);
  const length = Math.min(size, bytes);
  const buffer = Buffer.allocUnsafe(length);
  const descriptor = openSync(path, 'r');
  try {
    return buffer.toString('latin1', 0, readSync(descriptor, buffer, 0, length, size - length));
  } finally {
    closeSync(descriptor);
  }
}

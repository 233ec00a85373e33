/** Events of the kernel that say the same, as one. */
import type { KernelEvent } from '../records';

/** Kinds of which there may be thousands in a moment, each saying the same. */
const foldable = new Set<string>(['drop', 'udpError', 'listenOverflow']);
/** µs between two that are reported as one. */
const near = 1000;

/** Both as one; undefined: they say different things, or are of different moments. */
export function foldedEvent(before: KernelEvent | undefined, e: KernelEvent): KernelEvent | undefined {
  if (!before || !foldable.has(e.kind) || said(before) !== said(e)) return undefined;
  const last = before.endAt ?? before.at;
  if (e.at < last || e.at - last > near) return undefined;
  return { ...before, endAt: e.at, count: (before.count ?? 1) + (e.count ?? 1) };
}

function said({ id: _, at: __, endAt: ___, count: ____, ...rest }: KernelEvent): string {
  return JSON.stringify(rest);
}

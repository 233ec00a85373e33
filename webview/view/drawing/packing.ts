/** Packing of the overview's lines into lanes. */

/** Lane of each span in order of their begins: the first lane that is free again, else the one that frees first. */
export function packLanes(spans: readonly { begin: number; end: number }[], lanes: number, gap: number): Uint8Array {
  const free = new Float64Array(lanes).fill(Number.NEGATIVE_INFINITY);
  const out = new Uint8Array(spans.length);
  for (let i = 0; i < spans.length; i++) {
    const span = spans[i];
    if (!span) continue;
    let best = 0;
    for (let lane = 0; lane < lanes; lane++) {
      if ((free[lane] ?? 0) <= span.begin) {
        best = lane;
        break;
      }
      if ((free[lane] ?? 0) < (free[best] ?? 0)) best = lane;
    }
    out[i] = best;
    free[best] = Math.max(free[best] ?? 0, span.end + gap);
  }
  return out;
}

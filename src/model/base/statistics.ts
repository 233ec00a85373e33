/** Quantiles: one method for table, notes, panel and findings, so that the same requests have the same p50 everywhere. */

/**
 * Quantile by linear interpolation between the two nearest values (method 7 of Hyndman and Fan, the default of NumPy, R
 * and spreadsheets): of {22, 35} the p50 is 28.5. `q` is 0 to 1; the order of `values` is of no account; absent without values.
 */
export function quantile(values: readonly number[], q: number): number | undefined {
  const sorted = Float64Array.from(values).sort();
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  return below === undefined || above === undefined ? undefined : below + (above - below) * (at - Math.floor(at));
}

/** Median of at least one value; of none NaN, which passes no comparison. */
export const median = (values: readonly number[]): number => quantile(values, 0.5) ?? Number.NaN;

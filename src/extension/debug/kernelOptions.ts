/** What a setting or launch configuration says of the kernel's side; it may hold anything. */
import type { HelperUse } from '../../session/kernel/sources';

export interface HelperOptions {
  enableConntrack?: boolean;
  /** Between two samples of a connection; 0: none in between. */
  intervalMs?: number;
  /** Every so many-th connection is sampled in between. */
  modulus?: number;
}

const uses: readonly unknown[] = ['auto', 'basic', 'all', 'none'] satisfies HelperUse[];
const longest = 3_600_000;

export const isHelperUse = (value: unknown): value is HelperUse => uses.includes(value);

export function kernelOptions(asked: Readonly<Record<string, unknown>>): HelperOptions {
  const { enableConntrack, kernelInterval, kernelModulus } = asked;
  return {
    ...(typeof enableConntrack === 'boolean' ? { enableConntrack } : {}),
    ...(isWhole(kernelInterval, 0) && kernelInterval <= longest ? { intervalMs: kernelInterval } : {}),
    ...(isWhole(kernelModulus, 1) ? { modulus: kernelModulus } : {}),
  };
}

const isWhole = (value: unknown, min: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= min;

/** Samples of a connection with all their figures: what is stored is what changed since the one before. */
import { firstSamples, maxSamples } from '../../model/fold/kernel';
import type { KernelSample } from '../../model/records';

export function wholeSamples(stored: readonly KernelSample[] | undefined): KernelSample[] {
  const whole: KernelSample[] = [];
  for (const [i, sample] of (stored ?? []).entries()) {
    // Between the first and the last of a long list some were left out: what they changed is not known.
    const gap = i === firstSamples && (stored?.length ?? 0) >= maxSamples;
    whole.push(gap || i === 0 ? sample : { ...(whole[i - 1] as KernelSample), ...sample });
  }
  return whole;
}

/** The last one not later than `at`. */
export const sampleBefore = (whole: readonly KernelSample[], at: number): KernelSample | undefined =>
  whole.findLast((s) => s.at <= at);

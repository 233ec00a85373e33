/** The time of a phase, where it is known: the process of a request that was killed left no word of its end. */
import type { PhaseName } from '../records';

interface Timed {
  duration: number;
  /** `duration` is what is known of it. */
  endUnknown?: true;
}

/** µs that a phase took; undefined: only a part of it is known. */
export const measuredDuration = (p: Timed): number | undefined => (p.endUnknown ? undefined : p.duration);

/** µs of the row's phase of that name; undefined: it had none, or only a part of it is known. */
export function phaseDuration(
  row: { phases: readonly (Timed & { name: PhaseName })[] },
  name: string,
): number | undefined {
  const phase = row.phases.find((p) => p.name === name);
  return phase && measuredDuration(phase);
}

/** As text: `12 ms`, `≥ 12 ms`, '' where nothing of it is known. */
export function phaseTime(p: Timed, text: (us: number) => string): string {
  if (!p.endUnknown) return text(p.duration);
  return p.duration > 0 ? `≥ ${text(p.duration)}` : '';
}

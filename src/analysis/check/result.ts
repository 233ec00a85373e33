/** What a check comes to. */
import type { Row } from '../../model/rows/row';
import type { Rule } from './rules';

/**
 * `notDecided`: the trace lacks what the rule asks for, which is never a pass. `notExercised`: no request that the rule is
 * about was made.
 */
export type State = 'held' | 'broken' | 'notDecided' | 'notExercised';

export interface Outcome {
  state: State;
  /** `12 requests, allowed: <= 5`. */
  message: string;
  /** The requests that break it; the first ones. */
  requests: Row[];
}

/** A rule for one run, or for one part of it. */
export interface Case extends Outcome {
  /** The trace, as it was given; several where the rule looks at all at once. */
  run: string;
  /** The test, process, host or calling line that it is about. */
  part?: string;
}

export interface RuleResult {
  rule: Rule;
  /** The worst of its cases. */
  state: State;
  cases: Case[];
}

const rank: readonly State[] = ['broken', 'notDecided', 'notExercised', 'held'];
export const worst = (states: readonly State[]): State =>
  rank.find((state) => states.includes(state)) ?? 'notExercised';

export const held = (message: string): Outcome => ({ state: 'held', message, requests: [] });
export const broken = (message: string, requests: readonly Row[]): Outcome => ({
  state: 'broken',
  message,
  requests: requests.slice(0, 100),
});
export const notDecided = (message: string): Outcome => ({ state: 'notDecided', message, requests: [] });
export const notExercised: Outcome = { state: 'notExercised', message: 'no such request was made', requests: [] };

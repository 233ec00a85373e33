/** When a check fails. */
import type { RuleResult } from '../../analysis/check/result';

/** Whether the rule makes the exit code 1. `strict`: what is not decided, or not exercised, does too. */
export const isBrokenRule = ({ rule, state }: RuleResult, strict = false): boolean =>
  rule.severity === 'error' && (state === 'broken' || (strict && state !== 'held'));

/** `check --json`: docs/check.schema.json describes it; fields are added, never renamed. */
import type { RuleResult } from '../../analysis/check/result';
import { isBrokenRule } from './outcome';
import { placeIn } from './text';

/** Times in µs; absent: not known. */
export function checkObject(results: readonly RuleResult[], strict: boolean) {
  return {
    format: 'nettrace-check',
    version: '1.0',
    passed: !results.some((result) => isBrokenRule(result, strict)),
    rules: results.map(({ rule, state, cases }) => ({
      id: rule.id,
      title: rule.title,
      severity: rule.severity,
      because: rule.because,
      state,
      cases: cases.map(({ run, part, state: of, message, requests }) => ({
        trace: run,
        part,
        state: of,
        message,
        requests: requests.map((row) => ({
          id: row.id,
          method: row.method,
          url: row.url,
          state: row.state,
          status: row.status,
          duration: row.total,
          callSite: row.callSite && placeIn([row]),
        })),
      })),
    })),
  };
}

export const checkJson = (results: readonly RuleResult[], strict: boolean): string =>
  `${JSON.stringify(checkObject(results, strict), undefined, 2)}\n`;

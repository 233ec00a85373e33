/** The same request repeatedly after failures, without growing gaps. */

import { median } from '../../../model/base/statistics';
import { timeText } from '../../../model/base/text';
import type { Request } from '../../../model/records';
import { type Draft, draft, number, time, words } from '../../base/draft';
import { type Facts, push } from '../../base/facts';
import { retries } from '../../base/limits';
import { isOfPackage, placeText, requestText, siteKey } from '../../base/places';

const failed = (r: Request): boolean => {
  const status = r.response?.status ?? 0;
  return r.outcome === 'failed' || status === 408 || status === 425 || status === 429 || status >= 500;
};

/** Before anything was done for it: a wrong URL or option, which no wait mends. */
const wasRefused = (r: Request): boolean =>
  r.outcome === 'failed' && r.dial === undefined && r.assignedAt === undefined && r.error?.phase === 'queue';

export function retryStormRule(facts: Facts): Draft[] {
  const groups = new Map<string, Request[]>();
  for (const r of facts.requests)
    if (r.createdAt !== undefined && !wasRefused(r))
      push(groups, `${r.method} ${r.url} ${siteKey(r.callSite)} ${r.thread}`, r);
  const found: Draft[] = [];
  for (const list of groups.values()) {
    if (list.length < retries.count) continue;
    const tries = runOfFailures(list);
    if (tries.length < retries.count) continue;
    const gaps = tries.slice(1).map((r, i) => (r.createdAt as number) - (tries[i]?.endAt ?? tries[i]?.createdAt ?? 0));
    if (isGrowing(gaps) || median(gaps) >= retries.gap) continue;
    const first = tries[0] as Request;
    const at = placeText(first.callSite);
    const status = first.response?.status;
    found.push(
      draft({
        rule: 'retry-storm',
        severity: 'warning',
        title: `${tries.length - 1} retries without backoff`,
        text: `${requestText(first)} was tried ${tries.length} times, ${timeText(median(gaps))} apart, while it failed${status === undefined ? '' : ` (${status})`}${at === undefined ? '' : `; called at ${at}`}.`,
        // Through a package each may have another caller, or be the package's own.
        fault: isOfPackage(first.callSite) ? 'unclear' : 'yourCode',
        certainty: 'likely',
        subjects: tries.map((r) => r.id),
        evidence: [
          number('tries', tries.length),
          time('median gap', median(gaps)),
          words('first failure', status === undefined ? (first.error?.code ?? 'failed') : String(status), first.id),
        ],
        advice: 'Wait longer after each failure, with random jitter; honour Retry-After.',
      }),
    );
  }
  return found;
}

/** The later gaps are longer, by their median: a busy machine makes a single one longer, which is no backoff. */
function isGrowing(gaps: readonly number[]): boolean {
  const early = gaps.slice(0, gaps.length >> 1);
  const late = median(gaps.slice(Math.ceil(gaps.length / 2)));
  return late > retries.growth * Math.min(...early) && late > 5000;
}

/** The longest run of tries each made after a failure, within the window. */
function runOfFailures(list: readonly Request[]): Request[] {
  let best: Request[] = [];
  let run: Request[] = [];
  for (const r of list) {
    const begin = run[0]?.createdAt ?? r.createdAt ?? 0;
    const last = run.at(-1);
    const after =
      last === undefined || (failed(last) && (last.endAt ?? Number.POSITIVE_INFINITY) <= (r.createdAt ?? 0));
    if (!after || (r.createdAt ?? 0) - begin > retries.window) run = [];
    run = [...run, r];
    if (run.length > best.length) best = run;
  }
  return best;
}

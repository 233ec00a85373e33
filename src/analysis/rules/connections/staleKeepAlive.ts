/** Requests that met a connection the server had closed while it was idle; by host. */

import { timeText } from '../../../model/base/text';
import type { Request } from '../../../model/records';
import { type Draft, draft, number, time } from '../../base/draft';
import { type Facts, push } from '../../base/facts';
import { originOf } from '../../base/places';
import { staleAdvice } from '../../verdict/case/clients';
import { type Stale, staleOf } from '../../verdict/case/stale';

const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);

export function staleKeepAliveRule(facts: Facts): Draft[] {
  const byOrigin = new Map<string, { r: Request; s: Stale }[]>();
  for (const r of facts.requests) {
    if (r.outcome !== 'failed') continue;
    const s = staleOf(r, facts.store);
    if (s && !s.unclear) push(byOrigin, originOf(r.url), { r, s });
  }
  return [...byOrigin].map(([origin, list]) => {
    const { r, s } = list[0] as { r: Request; s: Stale };
    const sure = list.some((x) => x.s.sure);
    const idle = s.idle === undefined ? 'idle for a while' : `idle ${timeText(s.idle)}`;
    const hint = s.hint === undefined ? '' : `, the server’s limit is ${timeText(s.hint)}`;
    return draft({
      rule: 'stale-keep-alive',
      severity: list.some((x) => !idempotent.has(x.r.method ?? 'GET')) ? 'error' : 'warning',
      title: 'A closed connection was used again',
      text: `${list.length === 1 ? 'A request' : `${list.length} requests`} to ${origin} failed on a kept connection: ${idle}${hint}.`,
      fault: 'node',
      certainty: sure ? 'sure' : 'likely',
      subjects: list.map((x) => x.r.id),
      evidence: [
        number('requests', list.length),
        ...(s.idle === undefined ? [] : [time('idle before', s.idle, r.id, 'idleDuration')]),
        ...(s.hint === undefined ? [] : [time('server keeps alive', s.hint, r.connection, 'keepAliveHint.timeout')]),
      ],
      advice: staleAdvice(r),
    });
  });
}

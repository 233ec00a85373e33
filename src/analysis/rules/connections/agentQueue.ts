/** Requests that waited for a socket of their agent. By origin. */

import { median } from '../../../model/base/statistics';
import { plural, timeText } from '../../../model/base/text';
import type { Request } from '../../../model/records';
import { costTime, type Draft, draft, number, time } from '../../base/draft';
import { type Facts, sum } from '../../base/facts';
import { holderOf } from '../../base/holder';
import { agentQueue } from '../../base/limits';
import { isOfPackage } from '../../base/places';
import { isUndici, queueAdvice } from '../../verdict/clients';

/** Only what waited for a socket that another held: the wait before a dial is something else. */
const queued = (r: Request): number =>
  r.createdAt === undefined || r.assignedAt === undefined || (r.ordinal ?? 1) <= 1 ? 0 : r.assignedAt - r.createdAt;

/** Another request was seen to hold a socket, or the pool was allowed no more. */
const wasHeld = (r: Request, facts: Facts): boolean =>
  facts.dialOf(facts.connectionOf(r))?.pool?.limit !== undefined || holderOf(r, facts.store) !== undefined;

export function agentQueueRule(facts: Facts): Draft[] {
  const found: Draft[] = [];
  for (const [origin, requests] of facts.byOrigin) {
    const list = requests.filter((r) => {
      const q = queued(r);
      const total = (r.endAt ?? facts.now) - (r.createdAt ?? 0);
      return q >= agentQueue.min && q >= agentQueue.share * total && wasHeld(r, facts);
    });
    const waits = list.map(queued);
    if (list.length < agentQueue.count && Math.max(0, ...waits) < agentQueue.one) continue;
    const first = list[0] as Request;
    const limit = facts.dialOf(facts.connectionOf(first))?.pool?.limit;
    found.push(
      draft({
        rule: 'agent-queue',
        severity: 'warning',
        title: `${plural(list.length, 'request')} waited for a free socket`,
        text: `${plural(list.length, 'request')} to ${origin} waited ${timeText(sum(waits))} in total for a free socket (median ${timeText(median(waits))})${limit === undefined ? '' : `: this ${isUndici(first) ? 'dispatcher' : 'Agent'} allows ${limit}`}.`,
        fault: isOfPackage(first.callSite) ? 'unclear' : 'yourCode',
        certainty: 'sure',
        subjects: list.map((r) => r.id),
        evidence: [
          number('requests', list.length),
          costTime('total wait', sum(waits)),
          time('median wait', median(waits)),
          time('first', queued(first), first.id, 'assignedAt'),
          ...(limit === undefined ? [] : [number('sockets allowed', limit)]),
        ],
        advice: queueAdvice(first),
      }),
    );
  }
  return found;
}

/** Requests that waited for a socket of their agent. By origin. */

import { median } from '../../../model/base/statistics';
import { plural, timeText } from '../../../model/base/text';
import type { Request } from '../../../model/records';
import { costTime, type Draft, draft, number, time } from '../../base/draft';
import { type Facts, sum } from '../../base/facts';
import { Held } from '../../base/held';
import { holderOf, unreadFor } from '../../base/holder';
import { agentQueue, unreadShare } from '../../base/limits';
import { isOfPackage } from '../../base/places';
import { heldByUnread, isUndici, queueAdvice } from '../../verdict/case/clients';

/** Only what waited for a socket that another held: the wait before a dial is something else, and HTTP/2 shares one. */
const queued = (r: Request): number =>
  r.createdAt === undefined || r.assignedAt === undefined || (r.ordinal ?? 1) <= 1 || r.protocol === 'h2'
    ? 0
    : r.assignedAt - r.createdAt;

/** How many requests hold a socket, of each pool that is asked about: an agent has one for each origin. */
class Pools {
  readonly #held = new Map<number | undefined, Held>();

  constructor(
    readonly facts: Facts,
    readonly ofOrigin: readonly Request[],
  ) {}

  /** How many requests held a socket of the pool that `r` waited for. */
  heldAt(r: Request, at: number): number {
    const agent = this.#agentOf(r);
    let held = this.#held.get(agent);
    if (held === undefined) {
      held = new Held(this.ofOrigin.filter((other) => this.#agentOf(other) === agent));
      this.#held.set(agent, held);
    }
    return held.at(at);
  }

  readonly #agentOf = (r: Request): number | undefined => this.facts.dialOf(this.facts.connectionOf(r))?.agent;
}

export function agentQueueRule(facts: Facts): Draft[] {
  const found: Draft[] = [];
  const limitOf = (r: Request): number | undefined => facts.dialOf(facts.connectionOf(r))?.pool?.limit;
  /** In the middle of the wait, as a busy machine hands a free socket over late. */
  const wasHeld = (r: Request, pools: Pools): boolean => {
    const middle = (r.createdAt as number) + queued(r) / 2;
    const holder = holderOf(r, facts.store);
    if (holder !== undefined && (holder.endAt ?? Number.POSITIVE_INFINITY) >= middle) return true;
    const limit = limitOf(r);
    return limit !== undefined && pools.heldAt(r, middle) >= limit;
  };
  for (const [origin, requests] of facts.byOrigin) {
    const pools = new Pools(facts, requests);
    const list = requests.filter((r) => {
      const q = queued(r);
      const total = (r.endAt ?? facts.now) - (r.createdAt ?? 0);
      return q >= agentQueue.min && q >= agentQueue.share * total && wasHeld(r, pools);
    });
    const waits = list.map(queued);
    if (list.length < agentQueue.count && Math.max(0, ...waits) < agentQueue.one) continue;
    const first = list[0] as Request;
    const limit = limitOf(first);
    const isUnread = (r: Request): boolean =>
      unreadFor(holderOf(r, facts.store), r.assignedAt ?? facts.now) >= unreadShare * queued(r);
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
        advice: 2 * list.filter(isUnread).length > list.length ? heldByUnread(first) : queueAdvice(first),
      }),
    );
  }
  return found;
}

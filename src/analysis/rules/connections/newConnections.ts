/** Connections that were opened though others to the same origin could have served; by origin and reason. */

import { numberText, plural, timeText } from '../../../model/base/text';
import type { Request } from '../../../model/records';
import { costTime, type Draft, draft, number, words } from '../../base/draft';
import { type Facts, push, sum } from '../../base/facts';
import { avoidable, shortConnections } from '../../base/limits';
import { type WhyNew, whyNew } from '../../base/newConnection';
import { hostOf, isLoopback, isOfPackage } from '../../base/places';
import { idleAdvice, isUndici, packageAdvice, unreadAdvice } from '../../verdict/case/clients';

type Reason = WhyNew['reason'];
type New = { r: Request; why: WhyNew };

/** Those of the program itself; a cold burst and a busy pool are none, and `keep-alive-off` reports what is not kept. */
const ours = new Set<Reason>(['otherAgent', 'unread', 'idleHere', 'requestClosed']);
const reportable = new Set<Reason>([...ours, 'options', 'shortHint', 'idleServer', 'failed']);
const advice: Partial<Record<Reason, string | ((r: Request) => string)>> = {
  otherAgent: (r) => `Create one ${isUndici(r) ? 'dispatcher' : 'Agent'} and pass it to every request.`,
  unread: unreadAdvice,
  idleHere: idleAdvice,
  requestClosed: 'Leave out `connection: close`.',
  shortHint: 'Raise the keep-alive timeout of the server.',
  idleServer: 'Raise the keep-alive timeout of the server.',
};
/** Connections looked at for each new one; more of one origin are like them. */
const max = 12;

export function newConnectionRule(facts: Facts): Draft[] {
  const found: Draft[] = [];
  for (const [origin, requests] of facts.byOrigin) {
    const groups = new Map<Reason, New[]>();
    const before = new Map<string, Request[]>();
    for (const r of requests) {
      const list = before.get(r.thread) ?? [];
      before.set(r.thread, list);
      // A connection is represented by its first request; only the latest connections are kept.
      const why = r.ordinal === 1 && list.length > 0 ? whyNew(r, list, facts.store) : undefined;
      if (why && reportable.has(why.reason)) push(groups, why.reason, { r, why });
      if (r.connection !== undefined && (r.ordinal === 1 || list.length === 0)) list.push(r);
      if (list.length > max) list.shift();
    }
    for (const group of groups.values()) found.push(...ofGroup(origin, requests, group, facts));
  }
  return found;
}

function ofGroup(origin: string, all: readonly Request[], list: readonly New[], facts: Facts): Draft[] {
  const min = isLoopback(hostOf(origin)) ? shortConnections.loopback : avoidable.info;
  const { r, why } = list[0] as New;
  const cost = sum(
    list.flatMap(({ r: q }) => {
      const c = facts.connectionOf(q);
      return c ? (facts.setupOf(c) ?? []) : [];
    }),
  );
  const spent = sum(list.map(({ r: q }) => (q.endAt ?? q.createdAt ?? 0) - (q.createdAt ?? 0)));
  const habit =
    ours.has(why.reason) &&
    list.length >= Math.max(min, avoidable.count) &&
    list.length >= avoidable.share * all.length &&
    cost >= avoidable.cost * spent;
  if (!habit && list.length < min) return [];
  const isPackages = ours.has(why.reason) && list.every((x) => isOfPackage(x.r.callSite));
  const how = isPackages ? packageAdvice : advice[why.reason];
  return [
    draft({
      rule: habit ? 'avoidable-connections' : 'new-connection',
      severity: habit ? 'warning' : 'info',
      title: `${plural(list.length, habit ? 'avoidable connection' : 'new connection')} to ${hostOf(origin)}`,
      text: `${numberText(list.length)} of ${numberText(all.length)} requests to ${origin} opened a new connection (${timeText(cost)} of setup): ${why.text}.`,
      fault: ours.has(why.reason)
        ? isPackages
          ? 'unclear'
          : 'yourCode'
        : why.reason === 'options' || why.reason === 'failed'
          ? 'unclear'
          : 'server',
      certainty: why.reason === 'options' ? 'unclear' : 'likely',
      subjects: list.map((x) => x.r.id),
      evidence: [
        number('new connections', list.length),
        costTime('total setup', cost),
        words('reason', why.text, why.other ?? r.id),
      ],
      ...(how === undefined ? {} : { advice: typeof how === 'string' ? how : how(r) }),
    }),
  ];
}

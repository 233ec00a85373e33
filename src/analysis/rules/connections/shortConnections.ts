/** Each request opens a new connection: no keep-alive. */

import { median } from '../../../model/base/statistics';
import { numberText, plural, timeText } from '../../../model/base/text';
import type { Connection, Request } from '../../../model/records';
import { costTime, type Draft, draft, number, time, words } from '../../base/draft';
import { densest, type Facts, push, sum } from '../../base/facts';
import { churn, shortConnections } from '../../base/limits';
import { hostOf, isLoopback } from '../../base/places';

interface Single {
  r: Request;
  c: Connection;
}
type Side = 'yourCode' | 'server' | 'unclear';

export function shortConnectionRule(facts: Facts): Draft[] {
  const found: Draft[] = [];
  for (const [origin, requests] of facts.byOrigin) {
    if (requests.length < shortConnections.count) continue;
    const single: Single[] = [];
    let lastEnd = Number.NEGATIVE_INFINITY;
    let avoidable = 0;
    for (const r of requests) {
      const c = facts.connectionOf(r);
      const own = c !== undefined && r.ordinal === 1 && (c.requestCount ?? 1) <= 1 && c.protocol !== 'h2';
      // A connection that is still open may serve more; one whose request was given up or failed serves no other.
      if (own && c.closedAt !== undefined && r.outcome === 'complete') {
        single.push({ r, c });
        const since = (r.createdAt ?? 0) - lastEnd;
        if (since >= 0 && since <= shortConnections.within) avoidable++;
      }
      lastEnd = Math.max(lastEnd, r.endAt ?? lastEnd);
    }
    if (avoidable < shortConnections.count - 1) continue;
    const bySide = new Map<Side, Single[]>();
    for (const s of single) push(bySide, sideOf(s, facts), s);
    for (const [side, list] of bySide)
      if (list.length >= shortConnections.count && list.length >= requests.length * shortConnections.share)
        found.push(found1(facts, origin, requests.length, list, side));
  }
  return found;
}

/** Who ended the connection after its only request, by what one of them said. */
function sideOf({ r, c }: Single, facts: Facts): Side {
  if (r.closes !== undefined) return r.closes === 'request' ? 'yourCode' : 'server';
  if (said(r, 'request') === 'close') return 'yourCode';
  if (said(r, 'response') === 'close') return 'server';
  const dial = facts.dialOf(c);
  // A separate pool for each, which was dropped with it.
  if (c.closedBy === 'local' && dial?.agent !== undefined && facts.dialsOfPool(dial, r.thread) <= 1) return 'yourCode';
  return 'unclear';
}

function found1(facts: Facts, origin: string, all: number, single: readonly Single[], side: Side): Draft {
  const lives = single.flatMap(({ c }) =>
    c.connect?.endAt === undefined || c.closedAt === undefined ? [] : [c.closedAt - c.connect.endAt],
  );
  const setup = sum(single.flatMap(({ c }) => facts.setupOf(c) ?? []));
  const first = single[0] as Single;
  const via = facts.dialOf(first.c)?.via;
  const loopback = isLoopback(hostOf(origin));
  const instants = single.map(({ c }) => c.connect?.beginAt ?? 0).sort((a, b) => a - b);
  const churning = densest(instants, churn.window) >= churn.count;
  return draft({
    rule: churning ? 'connection-churn' : 'keep-alive-off',
    severity: loopback && single.length < shortConnections.loopback ? 'info' : 'warning',
    title: `${plural(single.length, 'short connection')} to ${origin}`,
    text: `${numberText(single.length)} of ${numberText(all)} requests opened a connection of their own, open for ${timeText(median(lives))} (median). Setup: ${timeText(setup)} in total.`,
    fault: side,
    certainty: side === 'unclear' ? 'unclear' : 'sure',
    subjects: single.map(({ r }) => r.id),
    evidence: [
      number('connections', single.length),
      time('median life', median(lives), first.c.id, 'closedAt'),
      costTime('total setup', setup),
      ...(via === undefined ? [] : [words('opened by', via, first.c.dial, 'via')]),
      ...(first.c.closedBy === undefined ? [] : [words('closed by', first.c.closedBy, first.c.id, 'closedBy')]),
    ],
    advice: advice(side, via),
  });
}

function advice(side: Side, via: string | undefined): string {
  if (side === 'server') return 'Let the server keep connections alive.';
  const agent = via === 'undici' ? 'dispatcher' : 'Agent with `keepAlive: true`';
  return side === 'yourCode'
    ? `Use one ${agent} for all requests to it.`
    : 'Check that the client keeps connections alive, and that the server does.';
}

/** What a side's Connection header says, where headers were recorded with values. */
function said(r: Request, side: 'request' | 'response'): string | undefined {
  const headers = side === 'request' ? r.headers : r.response?.headers;
  return headers?.find((h) => h.name.toLowerCase() === 'connection')?.value?.toLowerCase();
}

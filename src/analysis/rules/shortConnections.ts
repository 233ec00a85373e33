/** Each request opens a connection of its own: no keep-alive. */
import type { Connection, Request } from '../../model/records';
import { median } from '../../model/statistics';
import { numberText, plural, timeText } from '../../model/text';
import { type Draft, draft, number, time, words } from '../draft';
import { densest, type Facts, sum } from '../facts';
import { churn, shortConnections } from '../limits';
import { hostOf, isLoopback } from '../places';

export function shortConnectionRule(facts: Facts): Draft[] {
  const found: Draft[] = [];
  for (const [origin, requests] of facts.byOrigin) {
    if (requests.length < shortConnections.count) continue;
    const single: { r: Request; c: Connection }[] = [];
    let lastEnd = Number.NEGATIVE_INFINITY;
    let avoidable = 0;
    for (const r of requests) {
      const c = facts.connectionOf(r);
      const own = c !== undefined && r.ordinal === 1 && (c.requestCount ?? 1) <= 1 && c.protocol !== 'h2';
      // A connection that is still open may serve more.
      if (own && c.closedAt !== undefined) {
        single.push({ r, c });
        const since = (r.createdAt ?? 0) - lastEnd;
        if (since >= 0 && since <= shortConnections.within) avoidable++;
      }
      lastEnd = Math.max(lastEnd, r.endAt ?? lastEnd);
    }
    if (single.length < shortConnections.count || avoidable < shortConnections.count - 1) continue;
    if (single.length < requests.length * shortConnections.share) continue;
    found.push(found1(facts, origin, requests.length, single));
  }
  return found;
}

function found1(facts: Facts, origin: string, all: number, single: readonly { r: Request; c: Connection }[]): Draft {
  const lives = single.flatMap(({ c }) =>
    c.connect?.endAt === undefined || c.closedAt === undefined ? [] : [c.closedAt - c.connect.endAt],
  );
  const setUp = sum(single.flatMap(({ c }) => facts.setUpOf(c) ?? []));
  const first = single[0] as { r: Request; c: Connection };
  const via = facts.dialOf(first.c)?.via;
  // undici and fetch keep connections: there the server must have closed. An agent without keep-alive says so itself.
  const server = via === 'undici' || said(first.r, 'response') === 'close';
  const closedHere = single.filter(({ c }) => c.closedBy === 'local').length;
  const own = said(first.r, 'request') === 'close' || closedHere > single.length / 2;
  const loopback = isLoopback(hostOf(origin));
  const instants = single.map(({ c }) => c.connect?.beginAt ?? 0).sort((a, b) => a - b);
  const churning = densest(instants, churn.window) >= churn.count;
  return draft({
    rule: churning ? 'connection-churn' : 'keep-alive-off',
    severity: loopback && single.length < shortConnections.loopback ? 'info' : 'warning',
    title: `${plural(single.length, 'short connection')} to ${origin}`,
    text: `${numberText(single.length)} of ${numberText(all)} requests opened a connection of their own, open for ${timeText(median(lives))} (median). Setup: ${timeText(setUp)} in total.`,
    fault: server ? 'server' : 'yourCode',
    certainty: own && !server ? 'sure' : 'likely',
    subjects: single.map(({ r }) => r.id),
    evidence: [
      number('connections', single.length),
      time('median life', median(lives), first.c.id, 'closedAt'),
      time('total setup', setUp),
      ...(via === undefined ? [] : [words('opened by', via, first.c.dial, 'via')]),
      ...(first.c.closedBy === undefined ? [] : [words('closed by', first.c.closedBy, first.c.id, 'closedBy')]),
    ],
    advice: server
      ? 'Let the server keep connections alive.'
      : 'Use one Agent with `keepAlive: true` for all requests to it.',
  });
}

/** What a side's Connection header says, where headers were recorded with values. */
function said(r: Request, side: 'request' | 'response'): string | undefined {
  const headers = side === 'request' ? r.headers : r.response?.headers;
  return headers?.find((h) => h.name.toLowerCase() === 'connection')?.value?.toLowerCase();
}

/**
 * Requests that waited for a free stream of their HTTP/2 connection, of which the server allows so many (RFC 9113, 5.1.2). By
 * origin. One that waited for its connection, or for a busy event loop, waited until no other stream ended: that is none of them.
 */
import { median } from '../../../model/base/statistics';
import { plural, timeText } from '../../../model/base/text';
import type { Request } from '../../../model/records';
import { costTime, type Draft, draft, number, time } from '../../base/draft';
import { type Facts, push, sum } from '../../base/facts';
import { Held } from '../../base/held';
import { agentQueue } from '../../base/limits';
import { streamAdvice } from '../../verdict/case/clients';

export function streamQueueRule(facts: Facts): Draft[] {
  const found: Draft[] = [];
  for (const [origin, requests] of facts.byOrigin) {
    const waits = waitsOf(facts, requests);
    const longest = Math.max(0, ...waits.map(({ wait }) => wait));
    const [first] = waits;
    if (first === undefined || (waits.length < agentQueue.count && longest < agentQueue.one)) continue;
    const total = sum(waits.map(({ wait }) => wait));
    const middle = median(waits.map(({ wait }) => wait));
    const open = Math.max(...waits.map((w) => w.open));
    found.push(
      draft({
        rule: 'stream-queue',
        severity: 'warning',
        title: `${plural(waits.length, 'request')} waited for a free stream`,
        text: `${plural(waits.length, 'request')} to ${origin} waited ${timeText(total)} in total for a free stream of ${waits.length === 1 ? 'its' : 'their'} HTTP/2 connection (median ${timeText(middle)}): ${open} were open on it.`,
        fault: 'unclear',
        certainty: 'sure',
        subjects: waits.map(({ r }) => r.id),
        evidence: [
          number('requests', waits.length),
          costTime('total wait', total),
          time('median wait', middle),
          time('first', first.wait, first.r.id, 'assignedAt'),
          number('streams open', open),
        ],
        advice: streamAdvice,
      }),
    );
  }
  return found;
}

interface Wait {
  r: Request;
  wait: number;
  /** Streams of the connection that others had in the middle of the wait. */
  open: number;
}

function waitsOf(facts: Facts, requests: readonly Request[]): Wait[] {
  const byConnection = new Map<string, Request[]>();
  for (const r of requests) if (r.protocol === 'h2' && r.connection !== undefined) push(byConnection, r.connection, r);
  return [...byConnection].flatMap(([id, list]) => {
    const held = new Held(list);
    const connection = facts.store.connections.get(id);
    const ready = connection && facts.readyAt(connection);
    return list.flatMap((r) => {
      if (r.createdAt === undefined || r.assignedAt === undefined) return [];
      const from = Math.max(r.createdAt, ready ?? r.createdAt);
      const wait = r.assignedAt - from;
      const total = (r.endAt ?? facts.now) - r.createdAt;
      if (wait < agentQueue.min || wait < agentQueue.share * total) return [];
      const open = held.at(from + wait / 2);
      return open > 0 && held.freed(from, r.assignedAt) > 0 ? [{ r, wait, open }] : [];
    });
  });
}

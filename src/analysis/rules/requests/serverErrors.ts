/** Requests that were answered with 5xx. By host and line, each status with its count. */

import { numberText } from '../../../model/base/text';
import { isServerError } from '../../../model/facts/outcome';
import type { Request } from '../../../model/records';
import { type Draft, draft, number, words } from '../../base/draft';
import { type Facts, push } from '../../base/facts';
import { placeText, siteKey } from '../../base/places';

/** Sent by a gateway or proxy in front of the server. */
const gateway = new Set([502, 504]);

export function serverErrorRule({ byOrigin }: Facts): Draft[] {
  return [...byOrigin].flatMap(([origin, requests]) => {
    const bySite = new Map<string, Request[]>();
    for (const r of requests) push(bySite, siteKey(r.callSite), r);
    return [...bySite.values()].flatMap((all) => found(origin, all));
  });
}

function found(origin: string, all: readonly Request[]): Draft[] {
  const list = all.filter((r) => isServerError(r) && r.proxy?.refusedTunnel !== true);
  const first = list[0];
  if (!first) return [];
  const counts = new Map<number, number>();
  for (const r of list) counts.set(statusOf(r), (counts.get(statusOf(r)) ?? 0) + 1);
  const statuses = [...counts].sort(([a, n], [b, m]) => m - n || a - b);
  const said = statuses
    .slice(0, 3)
    .map(([status, n]) => (counts.size === 1 ? `${status}` : `${numberText(n)} × ${status}`));
  const at = placeText(first.callSite);
  const share =
    list.length === all.length ? numberText(list.length) : `${numberText(list.length)} of ${numberText(all.length)}`;
  const isGateway = list.every((r) => gateway.has(statusOf(r)));
  return [
    draft({
      rule: 'server-errors',
      severity: 'error',
      title: `${numberText(list.length)} answered with ${said.join(', ')}`,
      text: `${share} ${all.length === 1 ? 'request' : 'requests'} to ${origin}${at === undefined ? '' : ` from ${at}`} ${list.length === 1 ? 'was' : 'were'} answered with ${said.join(', ')}.`,
      fault: isGateway ? 'unclear' : 'server',
      certainty: isGateway ? 'likely' : 'sure',
      subjects: list.map((r) => r.id),
      evidence: [
        number('answered 5xx', list.length),
        number('requests', all.length),
        ...statuses.slice(0, 3).map(([status, n]) => number(`status ${status}`, n)),
        ...(at === undefined ? [] : [words('called at', at, first.id, 'callSite')]),
      ],
      advice: isGateway
        ? 'A gateway or proxy answered: check that the server behind it runs and answers in time.'
        : 'Look into the server’s log at the time of these requests.',
    }),
  ];
}

const statusOf = (r: Request): number => r.response?.status ?? 0;

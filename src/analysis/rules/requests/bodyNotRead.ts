/** Answers whose body nobody read: they hold their connections. By call site. */

import { bytesText, timeText } from '../../../model/base/text';
import type { Request } from '../../../model/records';
import { type Draft, draft, number, time, words } from '../../base/draft';
import { type Facts, push, sum } from '../../base/facts';
import { unread } from '../../base/limits';
import { placeText, siteKey } from '../../base/places';
import { discardAdvice, isClients } from '../../verdict/case/clients';

export function bodyNotReadRule(facts: Facts): Draft[] {
  const bySite = new Map<string, Request[]>();
  const holders = new Set<string>();
  for (const r of facts.requests) {
    if (r.blockedBy !== undefined) holders.add(r.blockedBy);
    const held = (r.endAt ?? facts.now) - (r.responseBeginAt ?? facts.now);
    const untouched = r.outcome === undefined && r.response?.readBeginAt === undefined && held >= unread;
    const stream = r.response?.contentType?.startsWith('text/event-stream');
    const counted = r.response?.readBytes !== undefined || r.outcome === 'notRead';
    if (r.outcome === 'notRead' || (untouched && counted && !stream && r.responseBeginAt !== undefined))
      push(bySite, `${siteKey(r.callSite)} ${r.attempt === undefined ? '' : 'retried'}`, r);
  }
  return [...bySite.values()].map((list) => {
    const blocks = list.some((r) => holders.has(r.id));
    const bytes = sum(list.map((r) => r.response?.declaredBytes ?? 0));
    const first = list[0] as Request;
    const held = Math.max(...list.map((r) => (r.endAt ?? facts.now) - (r.responseBeginAt ?? r.endAt ?? facts.now)));
    const at = placeText(first.callSite);
    return draft({
      rule: 'body-not-read',
      severity: blocks ? 'error' : 'warning',
      title: `${list.length} ${list.length === 1 ? 'body was' : 'bodies were'} never read`,
      text: `${list.length === 1 ? 'A body' : `${list.length} bodies`}${bytes > 0 ? ` (${bytesText(bytes)})` : ''} ${at === undefined ? '' : `asked for at ${at} `}held ${list.length === 1 ? 'its connection' : 'a connection each'}${held > 0 ? ` for ${list.length === 1 ? '' : 'up to '}${timeText(held)}` : ''}${blocks ? '; others waited for it' : ''}.`,
      fault: isClients(first) ? 'unclear' : 'yourCode',
      certainty: 'sure',
      subjects: list.map((r) => r.id),
      evidence: [
        number('bodies', list.length),
        words('outcome', first.outcome === 'notRead' ? 'not read' : 'still running', first.id, 'outcome'),
        ...(held > 0 ? [time('held for', held, first.id)] : []),
      ],
      advice: discardAdvice(first),
    });
  });
}

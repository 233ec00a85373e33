/** Requests that waited while the kernel sent segments again: lost packets, not a slow server. By origin. */

import { timeText } from '../../../model/base/text';
import type { Request } from '../../../model/records';
import { type Draft, draft, number, time } from '../../base/draft';
import { type Facts, push, sum } from '../../base/facts';
import { retransmitWait } from '../../base/limits';
import { originOf } from '../../base/places';

interface Waited {
  r: Request;
  wait: number;
  again: number;
}

export function retransmitRule(facts: Facts): Draft[] {
  const groups = new Map<string, Waited[]>();
  for (const r of facts.requests) {
    const w = waitedOf(r, facts);
    if (w) push(groups, originOf(r.url), w);
  }
  return [...groups].map(([origin, list]) => {
    const longest = list.reduce((max, w) => (w.wait > max.wait ? w : max));
    const again = sum(list.map((w) => w.again));
    const n = `${list.length} ${list.length === 1 ? 'request' : 'requests'} to ${origin}`;
    return draft({
      rule: 'retransmit-wait',
      severity: 'warning',
      title: `Lost packets cost up to ${timeText(longest.wait)}`,
      text: `Probably the network: ${n} waited up to ${timeText(longest.wait)} while ${again} ${again === 1 ? 'segment was' : 'segments were'} retransmitted.`,
      fault: 'network',
      certainty: 'likely',
      subjects: list.map((w) => w.r.id),
      evidence: [
        number('segments sent again', again, longest.r.id),
        time('longest wait', longest.wait, longest.r.id, 'responseBeginAt'),
        ...(longest.r.kernel?.minRtt === undefined
          ? []
          : [time('minimum round trip', longest.r.kernel.minRtt, longest.r.id, 'kernel.minRtt')]),
      ],
      advice: 'Check the network: Wi-Fi, VPN, a saturated link, the MTU. It is not your code.',
    });
  });
}

/** Only where the figures are the request's own, and the program was there to take the answer. */
function waitedOf(r: Request, { store }: Facts): Waited | undefined {
  const k = r.kernel;
  if (!k || k.shared || !k.retransmits || r.sendBeginAt === undefined || r.responseBeginAt === undefined)
    return undefined;
  if (store.pausesOf(r.thread).length > 0) return undefined;
  const wait = r.responseBeginAt - r.sendBeginAt - (r.loopBusyDuration ?? 0);
  const min = Math.max(retransmitWait.min, retransmitWait.roundTrips * (k.minRtt ?? 0));
  return wait >= min ? { r, wait, again: k.retransmits } : undefined;
}

/** Large packets vanish without a word, small ones arrive: a link on the way carries less than it says. By origin. */
import type { Connection, KernelEvent, KernelSample, Request } from '../../../model/records';
import { type Draft, draft, number, time } from '../../base/draft';
import { type Facts, push } from '../../base/facts';
import { sampleBefore } from '../../base/kernelSamples';
import { blackHole } from '../../base/limits';
import { hostOf, isLoopback, originOf } from '../../base/places';

interface Stuck {
  r: Request;
  mss: number;
  again: number;
  at: number;
}

export function vanishedSegmentRule(facts: Facts): Draft[] {
  const groups = new Map<string, Stuck[]>();
  for (const r of facts.requests) {
    const stuck = stuckOf(r, facts);
    if (stuck) push(groups, originOf(r.url), stuck);
  }
  const { features = [] } = facts.store.header.sources.find((s) => s.name === 'bpf') ?? {};
  const heard = ['retransmits', 'icmp'].every((f) => features.includes(f));
  const byKernel = [...groups].map(([origin, list]) => {
    const worst = list.reduce((max, s) => (s.again > max.again ? s : max));
    return draft({
      ...common(origin),
      text: `Segments of ${worst.mss} bytes to ${origin} are lost, retransmitted ${worst.again} times without a reply; smaller ones arrive.`,
      fault: 'network',
      certainty: heard ? 'sure' : 'likely',
      subjects: list.map((s) => s.r.id),
      evidence: [
        { what: 'size of the segments', value: worst.mss, unit: 'bytes' },
        number('sent again', worst.again, worst.r.id),
        time('seen', worst.at),
        number('requests', list.length),
      ],
    });
  });
  return [...byKernel, ...[...facts.byOrigin].flatMap(([origin, list]) => bySize(origin, list, facts))];
}

const common = (origin: string) =>
  ({
    rule: 'pmtu-black-hole',
    severity: 'error',
    title: `Large packets to ${origin} are lost`,
    advice:
      'Look at the MTU of VPN and tunnel on the way; net.ipv4.tcp_mtu_probing=1, or a smaller MSS, gets round it.',
  }) as const;

/** By the kernel: what it sends repeatedly are full segments, none of which was ever acknowledged. */
function stuckOf(r: Request, facts: Facts): Stuck | undefined {
  const { store, now } = facts;
  const c = facts.connectionOf(r);
  const { sendBeginAt: from } = r;
  if (!c || from === undefined || r.responseBeginAt !== undefined) return undefined;
  const to = r.kernel?.windowEndAt ?? r.endAt ?? now;
  const all = facts.samplesOf(c.id);
  const before = sampleBefore(all, r.assignedAt ?? from);
  const isStuck = (s: KernelSample): boolean => {
    const { mss, unacked = 0, backoff = 0, retransmits = 0, bytesRetransmitted = 0, bytesAcked = 0, sendWindow } = s;
    if (mss === undefined || unacked === 0 || backoff < blackHole.backoff) return false;
    // A window that is closed holds them up by itself.
    if (sendWindow !== undefined && sendWindow < mss) return false;
    const again = retransmits - (before?.retransmits ?? 0);
    const bytes = bytesRetransmitted - (before?.bytesRetransmitted ?? 0);
    return (
      again >= blackHole.times &&
      bytes >= blackHole.times * blackHole.full * mss &&
      bytesAcked - (before?.bytesAcked ?? 0) < mss &&
      (bytesAcked > 1 || smallOnesPass(r, mss, facts))
    );
  };
  const s = all.findLast(({ at }) => at >= from && at <= to);
  if (!s || !isStuck(s) || store.kernelEvents.some((e) => reportsSize(e, c))) return undefined;
  return { r, mss: s.mss as number, again: (s.retransmits ?? 0) - (before?.retransmits ?? 0), at: s.at };
}

const smallOnesPass = (r: Request, mss: number, { byOrigin }: Facts): boolean =>
  (byOrigin.get(originOf(r.url)) ?? []).some((o) => o !== r && o.outcome === 'complete' && (o.bytesSent ?? 0) < mss);

/** A router that says how large they may be: then the kernel sends smaller ones. */
const reportsSize = ({ kind, connection, icmp }: KernelEvent, c: Connection): boolean =>
  kind === 'icmp' &&
  connection === c.id &&
  (icmp?.version === 6 ? icmp.type === 2 : icmp?.type === 3 && icmp.code === 4);

/** Without the kernel statistics: what is too large for one packet hangs, each time, and what is not passes. */
function bySize(origin: string, list: readonly Request[], facts: Facts): Draft[] {
  if (isLoopback(hostOf(origin))) return [];
  const size = (r: Request) => r.body?.bytes ?? r.body?.declaredBytes ?? 0;
  const large = list.filter((r) => size(r) > blackHole.large);
  const small = list.filter((r) => size(r) < blackHole.small);
  if (large.length < blackHole.times || !large.every((r) => hangs(r, facts))) return [];
  if (small.length === 0 || !small.every((r) => r.outcome === 'complete')) return [];
  return [
    draft({
      ...common(origin),
      severity: 'warning',
      title: `Large requests to ${origin} hang`,
      text: `Not clear: ${large.length} requests with a body got no response from ${origin}, all ${small.length} without one did: large packets may be lost.`,
      fault: 'unclear',
      certainty: 'unclear',
      subjects: large.map((r) => r.id),
      evidence: [number('large ones that hang', large.length), number('small ones that pass', small.length)],
    }),
  ];
}

/** Handed over, and no answer for long; the kernel statistics would show. */
function hangs(r: Request, facts: Facts): boolean {
  if (r.sendEndAt === undefined || r.responseBeginAt !== undefined || facts.connectionOf(r)?.kernel) return false;
  if (facts.store.pausesOf(r.thread).length > 0) return false;
  return (r.endAt ?? facts.now) - r.sendEndAt >= blackHole.hangs;
}

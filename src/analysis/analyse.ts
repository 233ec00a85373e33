/**
 * Findings over a whole trace: one a rule and cause, not one a request, each with the figures it rests on. Same records,
 * same findings: no clock, no input or output.
 */
import type { Finding } from '../model/records';
import type { Store } from '../model/store/store';
import type { Draft } from './base/draft';
import { Facts } from './base/facts';
import { analysisVersion, maxFindings } from './base/limits';
import { agentQueueRule } from './rules/connections/agentQueue';
import { attemptRule } from './rules/connections/attempts';
import { certificateRule } from './rules/connections/certificates';
import { plainHttpRule, secretInUrlRule } from './rules/connections/exposed';
import { failedConnectRule } from './rules/connections/failedConnects';
import { h2NotUsedRule } from './rules/connections/h2NotUsed';
import { newConnectionRule } from './rules/connections/newConnections';
import { proxyIgnoredRule } from './rules/connections/proxyIgnored';
import { shortConnectionRule } from './rules/connections/shortConnections';
import { staleKeepAliveRule } from './rules/connections/staleKeepAlive';
import { streamQueueRule } from './rules/connections/streamQueue';
import { failedLookupRule } from './rules/lookups/failedLookups';
import { repeatedLookupRule } from './rules/lookups/repeatedLookups';
import { slowLookupRule } from './rules/lookups/slowLookups';
import { closedWindowRule } from './rules/packets/closedWindow';
import { retransmitRule } from './rules/packets/lostSegments';
import { smallWriteRule } from './rules/packets/smallWrites';
import { vanishedSegmentRule } from './rules/packets/vanishedSegments';
import { brokenBodyRule, fullHandshakeRule, slowServerRule, uncompressedRule } from './rules/requests/answers';
import { bodyNotReadRule } from './rules/requests/bodyNotRead';
import { limitsOfSightRule } from './rules/requests/limitsOfSight';
import { manyRequestRule, serialRule } from './rules/requests/manyRequests';
import { packageHostRule } from './rules/requests/packageHosts';
import { retryStormRule } from './rules/requests/retryStorm';
import { serverErrorRule } from './rules/requests/serverErrors';
import { busyLoopRule, timeoutRule } from './rules/requests/timeouts';
import { slowBodyRule, uploadRule } from './rules/requests/transfers';

/** Failures explained first, then lost time, then habits; causes before their effects. */
const rules: readonly ((facts: Facts) => Draft[])[] = [
  failedConnectRule,
  failedLookupRule,
  proxyIgnoredRule,
  vanishedSegmentRule,
  staleKeepAliveRule,
  certificateRule,
  brokenBodyRule,
  timeoutRule,
  serverErrorRule,
  bodyNotReadRule,
  retryStormRule,
  slowLookupRule,
  attemptRule,
  busyLoopRule,
  agentQueueRule,
  streamQueueRule,
  shortConnectionRule,
  newConnectionRule,
  smallWriteRule,
  retransmitRule,
  closedWindowRule,
  slowServerRule,
  slowBodyRule,
  uploadRule,
  fullHandshakeRule,
  h2NotUsedRule,
  repeatedLookupRule,
  manyRequestRule,
  serialRule,
  plainHttpRule,
  secretInUrlRule,
  uncompressedRule,
  packageHostRule,
  limitsOfSightRule,
];

/** A finding that an earlier one explains to this share of its subjects is left out. */
const covered = 0.8;
const causes: Readonly<Record<string, readonly string[]>> = {
  'agent-queue': ['body-not-read'],
  timeout: ['pmtu-black-hole'],
  'retransmit-wait': ['pmtu-black-hole'],
  'zero-window': ['event-loop-blocked', 'body-not-read'],
  'upload-limited': ['pmtu-black-hole', 'zero-window'],
  'server-slow': ['event-loop-blocked', 'retransmit-wait', 'zero-window'],
  'body-slow': ['event-loop-blocked'],
  'tls-full-handshake': ['keep-alive-off', 'connection-churn', 'avoidable-connections'],
  'new-connection': ['keep-alive-off', 'connection-churn', 'body-not-read'],
  'avoidable-connections': ['keep-alive-off', 'connection-churn', 'body-not-read'],
};
const rank = { error: 0, warning: 1, info: 2 } as const;

/** `now`: µs since the trace began; its end for a trace that is over. */
export function analyse(store: Store, now: number = store.header.endAt ?? 0): Finding[] {
  const facts = new Facts(store, now);
  const all = rules.flatMap((rule) => rule(facts));
  const kept = all.filter((d) => !causes[d.rule]?.some((rule) => all.some((c) => c.rule === rule && covers(c, d))));
  return kept
    .map((d, i) => ({ d, i }))
    .sort((a, b) => rankOf(a.d) - rankOf(b.d) || a.i - b.i)
    .slice(0, maxFindings)
    .map(({ d }, i) => ({ id: `f-${i + 1}`, ...d, analysisVersion }));
}

const rankOf = (d: Draft): number => rank[d.severity as keyof typeof rank] ?? 3;

function covers(cause: Draft, effect: Draft): boolean {
  const known = new Set(cause.subjects);
  return effect.subjects.filter((s) => known.has(s)).length >= covered * effect.subjects.length;
}

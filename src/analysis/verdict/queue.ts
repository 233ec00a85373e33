/** The wait before a connection, or for a place on one: a socket of a pool, a stream of HTTP/2. */
import { timeText } from '../../model/base/text';
import { number, time, words } from '../base/draft';
import { freedBy, holderOf, unreadFor } from '../base/holder';
import { busyLoop, unreadShare } from '../base/limits';
import { isOfPackage, requestText } from '../base/places';
import { busyFault, busyWords } from './case/busy';
import { heldByUnread, isUndici, queueAdvice, streamAdvice } from './case/clients';
import { type Case, durationOf } from './case/context';
import type { Part } from './parts';

export function queue(k: Case): Part | undefined {
  const d = durationOf(k, 'queue');
  if (d === 0) return;
  if (k.r.protocol === 'h2') return streamQueue(k, d);
  const holder = holderOf(k.r, k.store);
  const pool = k.c.dial?.pool;
  const limit = pool?.limit;
  const mayBeFull = limit !== undefined && (pool?.busy ?? limit) >= limit;
  if (!holder && !mayBeFull) return beforeConnecting(k, d);
  const unread = unreadFor(holder, k.r.assignedAt ?? k.now);
  const isUnread = holder !== undefined && unread >= unreadShare * d;
  const taken = holder ? `, taken by ${requestText(holder)}` : '';
  return {
    rule: 'agentQueue',
    // An Agent that a package brings along has the package's limits.
    fault: isOfPackage(k.r.callSite) ? 'unclear' : 'yourCode',
    phase: 'queue',
    lo: d,
    hi: d,
    text: (share) =>
      `Waited ${share} for a free socket${limit === undefined ? '' : `: this ${isUndici(k.r) ? 'dispatcher' : 'Agent'} allows ${limit}`}${taken}${isUnread ? `, whose response nobody read for ${timeText(unread)}` : ''}.`,
    advice: isUnread ? heldByUnread(k.r, requestText(holder)) : queueAdvice(k.r),
    evidence: [
      time('queued', d, k.r.id, 'assignedAt'),
      ...(holder ? [words('socket held by', requestText(holder), holder.id)] : []),
      ...(isUnread ? [time('its response unread', unread, holder.id, 'response.readBeginAt')] : []),
      ...(limit === undefined ? [] : [number('sockets allowed', limit, k.c.dial?.id)]),
    ],
  };
}

/** HTTP/2: others share its connection, and hold no more of it than a stream. */
function streamQueue(k: Case, d: number): Part {
  const { r } = k;
  const free = r.assignedAt === undefined ? undefined : freedBy(r, r.assignedAt - d, k.store);
  if (!free) return beforeConnecting(k, d);
  return {
    rule: 'streamQueue',
    fault: 'unclear',
    phase: 'queue',
    lo: d,
    hi: d,
    text: (share) => `Waited ${share} for a free stream of its HTTP/2 connection, until ${requestText(free)} ended.`,
    advice: streamAdvice,
    evidence: [time('queued', d, r.id, 'assignedAt'), words('stream freed by', requestText(free), free.id)],
  };
}

/** No socket had to come free: what passed before the connection was begun, or taken, passed in this process. */
function beforeConnecting(k: Case, d: number): Part {
  const first = k.usual.isFirstFetch(k.r);
  const busy = k.busy !== undefined && k.busy >= busyLoop.share * d;
  const why = first ? ': Node loads fetch on its first call' : busy ? `: ${busyWords(k.whyBusy)}` : '';
  return {
    rule: 'beforeConnecting',
    fault: first ? 'node' : busy ? busyFault(k.whyBusy) : 'unclear',
    phase: 'queue',
    lo: d,
    hi: d,
    text: (share) => `${share} passed before ${k.r.ordinal === 1 ? 'connecting' : 'it had its connection'}${why}.`,
    evidence: [
      time('before the connection', d, k.r.id, 'assignedAt'),
      ...(k.busy === undefined ? [] : [time('event loop busy during the request', k.busy, k.r.id, 'loopBusyDuration')]),
    ],
  };
}

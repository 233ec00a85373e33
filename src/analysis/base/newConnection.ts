/** Why a request opened a connection though there were others to its origin: by what these did at that moment. */

import { timeText } from '../../model/base/text';
import type { Connection, Request } from '../../model/records';
import type { Store } from '../../model/store/store';
import { minHint, notKept } from './limits';
import { originOf } from './places';

export const reasons = [
  'first',
  'otherAgent',
  'busy',
  'unread',
  'options',
  'requestClosed',
  'notKept',
  'serverClosed',
  'shortHint',
  'failed',
  'idleServer',
  'idleHere',
  'unclear',
] as const;

export interface WhyNew {
  reason: (typeof reasons)[number];
  /** `the server closed the previous one after 5.00 s idle`. */
  text: string;
  /** The connection it might have been. */
  other?: string;
}

/** `before`: requests of the same origin and thread, by begin; those after it do not matter. Undefined: it opened none. */
export function whyNew(r: Request, before: Iterable<Request>, store: Store): WhyNew | undefined {
  const c = r.connection === undefined ? undefined : store.connections.get(r.connection);
  if (!c || r.ordinal !== 1) return undefined;
  const dial = c.dial === undefined ? undefined : store.dials.get(c.dial);
  const at = dial?.beginAt ?? c.connect?.beginAt ?? r.createdAt;
  if (at === undefined) return undefined;
  const earlier = new Map<string, Connection>();
  for (const q of before) {
    const other = q.connection === undefined ? undefined : store.connections.get(q.connection);
    if (other && other.id !== c.id && (other.connect?.beginAt ?? Number.POSITIVE_INFINITY) < at)
      earlier.set(other.id, other);
  }
  if (earlier.size === 0) return { reason: 'first', text: 'the first to this origin' };
  const poolOf = (x: Connection): string => {
    const d = x.dial === undefined ? undefined : store.dials.get(x.dial);
    return d?.agent === undefined ? '' : `${d.via} ${d.agent}`;
  };
  const pool = poolOf(c);
  const same = [...earlier.values()].filter((x) => pool === '' || poolOf(x) === pool);
  if (same.length === 0) {
    const what = dial?.via === 'undici' ? 'dispatcher' : 'Agent';
    return { reason: 'otherAgent', text: `opened by another ${what}, which cannot reuse connections of others` };
  }
  const open = same.filter((x) => x.closedAt === undefined || x.closedAt > at);
  return open.length > 0 ? ofOpen(open, at, store) : ofClosed(same, dial?.via, store);
}

function ofOpen(open: readonly Connection[], at: number, store: Store): WhyNew {
  const users = open.map((x) => userOf(x, at, store));
  const idle = open.find((_, i) => users[i] === undefined);
  if (idle)
    return {
      reason: 'options',
      text: 'one was idle, but its options differ, or it was not yet known to be free',
      other: idle.id,
    };
  const unread = users.filter((q) => q?.outcome === 'notRead').length;
  const n = open.length === 1 ? 'the one there was' : `all ${open.length} there were`;
  if (unread > 0)
    return {
      reason: 'unread',
      text: `${n} busy, ${unread} of them held by a body that nobody read`,
      other: open[0]?.id ?? '',
    };
  return { reason: 'busy', text: `${n} busy` };
}

/** The request that held it at that moment; undefined: it was idle. */
function userOf(x: Connection, at: number, store: Store): Request | undefined {
  const ids = store.requestsOfConnection(x.id);
  for (let i = ids.length - 1; i >= 0; i--) {
    const q = store.requests.get(ids[i] as string);
    const from = q?.assignedAt ?? q?.createdAt;
    if (!q || from === undefined || from > at) continue;
    return q.endAt === undefined || q.endAt >= at || q.outcome === 'notRead' ? q : undefined;
  }
  // Being set up for another request.
  const first = ids[0] === undefined ? undefined : store.requests.get(ids[0]);
  return first;
}

function ofClosed(same: readonly Connection[], via: string | undefined, store: Store): WhyNew {
  const x = same.reduce((last, c) => ((c.closedAt ?? 0) > (last.closedAt ?? 0) ? c : last));
  const last = store
    .requestsOfConnection(x.id)
    .flatMap((id) => store.requests.get(id) ?? [])
    .at(-1);
  const other = x.id;
  const idle = last?.endAt === undefined || x.closedAt === undefined ? undefined : x.closedAt - last.endAt;
  if (last && (last.outcome === 'failed' || last.outcome === 'aborted'))
    return { reason: 'failed', text: `the previous one ended with its ${last.outcome} request`, other };
  if (says(last?.response?.headers) || last?.protocol === 'http/1.0')
    return { reason: 'serverClosed', text: 'the previous response said `connection: close`', other };
  if (says(last?.headers))
    return { reason: 'requestClosed', text: 'the previous request said `connection: close`', other };
  const hint = x.keepAliveHint?.timeout;
  if (hint !== undefined && hint <= (via === 'undici' ? minHint.undici : minHint.agent))
    return { reason: 'shortHint', text: `the server keeps connections for ${timeText(hint)} only`, other };
  if (idle === undefined)
    return { reason: 'unclear', text: 'not clear: the end of the previous one was not seen', other };
  if (x.closedBy === 'peer' || x.closedBy === 'peerReset')
    return { reason: 'idleServer', text: `the server closed the previous one ${after(idle)}`, other };
  if (x.closedBy === undefined)
    return { reason: 'unclear', text: 'not clear: who closed the previous one is not known', other };
  if (idle > notKept) return { reason: 'idleHere', text: `the previous one was closed here ${after(idle)}`, other };
  return via === 'undici'
    ? { reason: 'serverClosed', text: 'the previous one was closed after its response', other }
    : {
        reason: 'notKept',
        text: 'the Agent does not keep connections: the previous one was closed after its request',
        other,
      };
}

const after = (idle: number): string =>
  idle < 1000 ? 'right after its request' : `after ${timeText(Math.max(0, idle))} idle`;

const says = (headers: Request['headers']): boolean =>
  headers?.some((h) => h.name.toLowerCase() === 'connection' && h.value?.toLowerCase() === 'close') === true;

/** For one request; looks through all of the trace. */
export function whyNewIn(r: Request, store: Store): WhyNew | undefined {
  if (r.ordinal !== 1 || r.connection === undefined) return undefined;
  const origin = originOf(r.url);
  const like = [...store.requests.values()].filter((q) => q.thread === r.thread && originOf(q.url) === origin);
  return whyNew(r, like, store);
}

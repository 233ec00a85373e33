/** Whether a request died because its idle connection had been closed already. Shared by verdict and finding. */

import { deepest } from '../../model/outcome';
import type { Request } from '../../model/records';
import type { Store } from '../../model/store';
import { hintMargin, leastStaleIdle } from '../limits';

const staleCodes = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

export interface Stale {
  idle: number | undefined;
  /** What the server promised to keep it open. */
  hint: number | undefined;
  /** The peer was seen to close before the request was sent, or the idle time reached the server's limit. */
  sure: boolean;
  /** Idle for so short that the server may have failed on the request itself. */
  unclear: boolean;
}

export function staleOf(r: Request, store: Store): Stale | undefined {
  if (r.outcome !== 'failed' || (r.ordinal ?? 0) <= 1 || r.responseBeginAt !== undefined) return undefined;
  const codes = [r.error?.code, deepest(r.error)?.code];
  const hangUp = /socket hang up|other side closed/.test(`${r.error?.message} ${deepest(r.error)?.message}`);
  if (!hangUp && !codes.some((code) => code !== undefined && staleCodes.has(code))) return undefined;
  const c = r.connection === undefined ? undefined : store.connections.get(r.connection);
  if (c?.closedBy === 'local' || c?.closedBy === 'localReset') return undefined;
  const idle = r.idleDuration;
  const hint = c?.keepAliveHint?.timeout;
  const sent = r.sendBeginAt ?? r.assignedAt;
  const closedBefore = sent !== undefined && c?.readEndAt !== undefined && c.readEndAt < sent;
  const overdue = idle !== undefined && hint !== undefined && idle >= Math.max(hint - hintMargin, hint / 2);
  const unclear = !closedBefore && !overdue && idle !== undefined && idle < leastStaleIdle;
  return { idle, hint, sure: closedBefore || overdue, unclear };
}

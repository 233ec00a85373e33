/** Whether a request died because its idle connection had been closed already. Shared by verdict and finding. */

import { isClosedHere } from '../../../model/facts/closing';
import { deepest } from '../../../model/facts/outcome';
import type { Connection, Request } from '../../../model/records';
import type { Store } from '../../../model/store/store';
import { hintMargin, minStaleIdle } from '../../base/limits';

const staleCodes = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

export interface Stale {
  idle: number | undefined;
  /** What the server promised to keep it open. */
  hint: number | undefined;
  /** The peer was seen to close before the request was sent, or the idle time reached the server's limit. */
  sure: boolean;
  /** Nothing excludes that the server ended it because of the request itself. */
  unclear: boolean;
}

export function staleOf(r: Request, store: Store): Stale | undefined {
  if (r.outcome !== 'failed' || (r.ordinal ?? 0) <= 1 || r.responseBeginAt !== undefined) return undefined;
  const codes = [r.error?.code, deepest(r.error)?.code];
  const hangUp = /socket hang up|other side closed/.test(`${r.error?.message} ${deepest(r.error)?.message}`);
  if (!hangUp && !codes.some((code) => code !== undefined && staleCodes.has(code))) return undefined;
  const c = r.connection === undefined ? undefined : store.connections.get(r.connection);
  if (isClosedHere(c)) return undefined;
  const idle = r.idleDuration;
  const hint = c?.keepAliveHint?.timeout;
  const sent = r.sendBeginAt ?? r.assignedAt;
  const closedBefore = sent !== undefined && c?.readEndAt !== undefined && c.readEndAt < sent;
  const overdue = idle !== undefined && hint !== undefined && idle >= Math.max(hint - hintMargin, hint / 2);
  const dropped = c !== undefined && idle !== undefined && idle >= minStaleIdle && isUnacknowledged(r, c);
  return {
    idle,
    hint,
    sure: closedBefore || overdue,
    unclear: !closedBefore && !overdue && !dropped && !failedToSend(r),
  };
}

/** The system refused to take the first byte: the connection had been reset before. A body may be refused midway. */
function failedToSend({ body, error }: Request): boolean {
  const e = deepest(error);
  return body === undefined && (e?.code === 'EPIPE' || (e?.code === 'ECONNRESET' && e.syscall === 'write'));
}

/** By the kernel's last figures: of what this request sent, the last on its connection, the peer acknowledged nothing. */
function isUnacknowledged(r: Request, c: Connection): boolean {
  const acked = c.kernel?.final ? c.kernel.bytesAcked : undefined;
  if (acked === undefined || c.bytesSent === undefined || !r.bytesSent || r.ordinal !== c.requestCount) return false;
  // The SYN counts as one byte.
  return acked <= c.bytesSent - r.bytesSent + 1;
}

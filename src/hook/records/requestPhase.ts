/** The phase that a request is in, and the one that it ended in. */
import type { PhaseName } from '../../model/records/common';
import type { RequestRecord } from './request';
import type { Wire } from './wire';

/** The tunnel that it waits for is not there yet. */
function inProxy(r: RequestRecord, wire: Wire): boolean {
  if (r.wire !== undefined || r.method === 'CONNECT' || r.absolute || wire.connectedAt === 0) return false;
  return wire.route?.isProxy === true && wire.route.innerAt === 0;
}

export function phaseNow(r: RequestRecord): PhaseName {
  const wire = r.wire ?? r.dial;
  if (wire === undefined) {
    // A socket that is not known may have taken it all the same: a mock's.
    if (r.assignedAt === 0) return 'queue';
  } else {
    if (inProxy(r, wire)) return 'proxy';
    if (wire.readyAt === 0) return wire.phase;
    // The connection that was made for it is there, and it was not sent yet: by undici, or a stream of HTTP/2.
    if (r.assignedAt === 0) return r.dial === wire && (wire.isH2 || wire.readyAt > r.createdAt) ? 'send' : 'queue';
  }
  if (r.responseBeginAt !== 0) return 'download';
  return r.sendEndAt === 0 ? 'send' : 'wait';
}

/** The phase that it failed or was aborted in. */
export const phaseAtEnd = (r: RequestRecord): PhaseName | undefined =>
  r.phase ?? (r.abortAt === 0 ? undefined : phaseNow(r));

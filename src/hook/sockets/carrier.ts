/**
 * The connection under a request, where the socket that the request was given is not the one that was dialled: a tool shows the
 * program its own socket, and passes the bytes to a real one (msw), or answers by itself (nock). Checked when the
 * response has arrived, as only then it is known which of the two it was.
 */

import { want } from '../control/selection';
import type { RequestRecord } from '../records/request';
import type { Wire } from '../records/wire';
import { wireOf } from '../records/wireOf';
import { assign, carriers } from '../request/steps';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { linked } from '../runtime/links';
import type { AnySocket } from '../runtime/nodeTypes';
import { adopt } from './adopt';
import { lateConnect } from './net';
import { carrierOf, ownerOf } from './underlying';

interface Carried extends RequestRecord {
  socket?: AnySocket | undefined;
}

export function installCarriers(): void {
  carriers.explain = explainCarrier;
}

/** The response is there, and no established connection is known to have carried it. */
export const findCarrier = guarded(parts.net, 'net.carrier', (r: Carried): void => {
  const { socket, wire } = r;
  if (socket === undefined) return;
  const owner = ownerOf(socket);
  const real = owner === undefined ? undefined : wireOf(owner);
  if (owner !== undefined && real !== undefined && real !== wire && real.winner !== undefined) carry(r, real, owner);
  else if (carrierOf(socket) !== 'system') return;
  else if (wire === undefined) {
    const adopted = adopt(socket);
    if (adopted !== undefined) carry(r, adopted, socket);
  } else if (!wire.mocked) lateConnect(wire, socket, r.sendBeginAt || now());
});

/** `wire` carries it since it was given its socket, or since there is a connection. */
function carry(r: Carried, wire: Wire, socket: AnySocket): void {
  const { assignedAt } = r;
  if (r.wire !== undefined) {
    if (r.wire.running > 0) r.wire.running--;
    if (r.dial === r.wire) r.dial = undefined;
  }
  if (wire.requests === 0 && wire.request === undefined && wire.beginAt >= r.createdAt) {
    wire.request = r;
    r.dial = wire;
  }
  wire.sentHeads++;
  assign(r, wire, true);
  r.assignedAt = assignedAt;
  r.socket = socket;
  if (r.hold === undefined) want(wire, r);
}

/** It ends without a connection: why. */
const explainCarrier = guarded(parts.net, 'net.uncarried', (r: Carried): void => {
  const { socket, wire } = r;
  if (r.mocked || wire?.mocked) r.mocked = true;
  else if (wire !== undefined || r.dial !== undefined) return;
  else if (socket === undefined || linked(socket) !== undefined) r.uncarried = 'notSeen';
  else {
    const carrier = carrierOf(socket);
    r.uncarried = carrier === 'stream' ? 'stream' : 'notSeen';
    r.mocked = carrier === 'nothing' && (r.responseBeginAt !== 0 || !r.hadHandle);
  }
});

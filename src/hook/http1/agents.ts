/** Agents of `http`: what they dial and for whom, Node's own and those that dial by themselves (proxy agents). */

import type { Agent } from 'node:http';
import { want } from '../control/selection';
import { line } from '../output/json';
import { push } from '../output/queue';
import { poolNumber } from '../records/pools';
import { isConfiguredProxy, isSocksAgent, leadsToProxy, routeOf } from '../records/proxy';
import { Wire } from '../records/wire';
import { guarded, parts } from '../runtime/guard';
import { linked, linkedToRequest } from '../runtime/links';
import type { AnySocket, ConnectOptions } from '../runtime/nodeTypes';
import { expectConnect } from '../sockets/connectTunnels';
import type { Http1Record, Outgoing } from './record';

const part = parts.http1;
const recordOf = linkedToRequest<Http1Record>;

export interface AgentInside extends Agent {
  getName(options: unknown): string;
}

/** Fills in the dial that an agent of Node's makes for a request. */
export const dialler = guarded(part, 'http1.dial', (agent: AgentInside, req: Outgoing) => ({
  fill(wire: Wire, options: ConnectOptions): void {
    const r = recordOf(req);
    wire.via = 'agent';
    wire.agent = poolNumber(agent);
    const name = options._agentKey;
    if (name !== undefined) {
      const { maxSockets } = agent;
      wire.pool = {
        free: agent.freeSockets[name]?.length ?? 0,
        busy: agent.sockets[name]?.length ?? 0,
        pending: agent.requests[name]?.length ?? 0,
        limit: Number.isFinite(maxSockets) ? maxSockets : undefined,
      };
    }
    if (r === undefined) return;
    wire.request = r;
    wire.wanted = r.hold === undefined;
    r.dial = wire;
    if (r.absolute || r.method === 'CONNECT') leadsToProxy(wire);
    if (isConfiguredProxy(agent, wire) && r.api === 'https') {
      expectConnect(wire, r.authority(), '');
      if (wire.route !== undefined) wire.route.inner = r;
    }
  },
}));

/** The first request on a connection that was not dialled by Node's agent: what a proxy agent made for it. */
export function firstOn(r: Http1Record, wire: Wire, socket: AnySocket): void {
  const agent = r.outgoing.agent;
  if (wire.via === 'agent' || wire.via === 'undici' || typeof agent !== 'object' || agent === null) return;
  if (isSocksAgent(agent)) routeOf(wire).kind = 'socks';
  if (wire.connectedAt === 0) return;
  // Without TLS inside: bytes that went both ways before were a proxy's.
  if (wire.route !== undefined && wire.route.innerAt === 0) {
    wire.route.exchanged = socket.bytesRead > 0 && socket.bytesWritten > 0;
    wire.received = socket.bytesRead;
    wire.sent = socket.bytesWritten;
  }
  if (wire.beginAt < r.createdAt) return;
  wire.via = 'agent';
  wire.agent = poolNumber(agent);
  if (wire.dialReported) push(line({ k: 'dial', id: wire.id, via: 'agent', agent: wire.agent }));
  wire.request ??= r;
  r.dial ??= wire;
}

/** Whether the agent had just this socket for the request's origin: then who held it is who blocked. */
export function isOnlySocket(req: Outgoing, socket: AnySocket): boolean {
  const sockets = (req.agent as Agent | undefined)?.sockets;
  if (!sockets) return false;
  for (const name of Object.keys(sockets)) {
    const list = sockets[name];
    if (list?.includes(socket)) return list.length === 1;
  }
  return false;
}

/** An agent that dials by itself: the socket's own error is what both have. */
export function joinDial(r: Http1Record, error: unknown): void {
  if (r.dial !== undefined || r.wire !== undefined || !(error instanceof Object)) return;
  const wire = linked<unknown>(error);
  if (!(wire instanceof Wire) || wire.beginAt < r.createdAt || wire.requests > 0) return;
  r.dial = wire;
  if (wire.request !== undefined && wire.request.method !== 'CONNECT') return;
  wire.request ??= r;
  if (!wire.wanted && r.hold === undefined) want(wire, r);
}

/** Which packets belong together: both directions of one conversation have one key. */
import type { Connection } from '../../model/records';
import { addressDigits, type Decoded } from './decode';

export interface FlowKey {
  key: string;
  /** The packet was sent by the end that is first in the key. */
  forward: boolean;
}

export function keyOfPacket(d: Decoded): FlowKey | undefined {
  if (d.source === undefined || d.destination === undefined || d.sourcePort === undefined) return undefined;
  return keyOf(d.kind, d.source, d.sourcePort, d.destination, d.destinationPort ?? 0);
}

function keyOf(kind: string, a: string, aPort: number, b: string, bPort: number): FlowKey {
  const from = `${a}:${aPort}`;
  const to = `${b}:${bPort}`;
  return from <= to
    ? { key: `${kind}/${from}/${to}`, forward: true }
    : { key: `${kind}/${to}/${from}`, forward: false };
}

/** The key of a connection, and whether its local end is first. undefined: not both ends are known. */
export function keyOfConnection(c: Connection): FlowKey | undefined {
  if ((c.kind !== undefined && c.kind !== 'tcp' && c.kind !== 'udp') || !c.local || !c.remote) return undefined;
  const local = addressDigits(c.local.address);
  const remote = addressDigits(c.remote.address);
  if (local === undefined || remote === undefined || /^0+$/.test(local)) return undefined;
  return keyOf(c.kind ?? 'tcp', local, c.local.port, remote, c.remote.port);
}

/** A socket for datagrams that is not connected: all that its port sends or gets is its own. */
export function openPort(c: Connection): number | undefined {
  if (c.kind !== 'udp' || c.remote || !c.local || c.local.port === 0) return undefined;
  return c.local.port;
}

/** `443@c0000201` of the other end: attempts whose own port is not known are found by it. */
export function remoteOf(c: Connection): string | undefined {
  const address = c.remote && addressDigits(c.remote.address);
  return address === undefined ? undefined : `${c.remote?.port}@${address}`;
}

/** When a packet may be one of this connection's, µs since the trace began. */
export function lifeOf(c: Connection, dialledAt: number | undefined): { from: number; to: number } {
  const from = c.connect?.beginAt ?? c.createdAt ?? dialledAt;
  return {
    // The packet's clock and the hook's are not the same.
    from: from === undefined ? Number.NEGATIVE_INFINITY : from - 1000,
    to: c.closedAt === undefined ? Number.POSITIVE_INFINITY : c.closedAt + 2_000_000,
  };
}

/** TCP and UDP connections in EVE's form, with their conntrack entries and socket operations. */
import { sorted } from '../../model/base/canonical';
import type { Connection, Trace } from '../../model/records';
import { isRead } from '../shared/imported';
import { hostPort } from '../shared/words';
import type { EveAddrTuple, EveConntrack, EveSocketOp, EveTcpConn, EveUdpConn } from './types';
import {
  eveOperation,
  eveTcpState,
  eveTime,
  eveTracked,
  type Open,
  objectOf,
  textOf,
  uint16,
  uint32,
  unsigned,
} from './values';

/** What the connections of a document have apart from their own records, found once. */
export class Sockets {
  readonly #conntrack = new Map<string, Open>();
  readonly #operations = new Map<string, Open[]>();
  readonly #resolverDials = new Map<string, string>();

  readonly #doc: Trace;
  /** Ids of the dials that the file holds: others were evicted, or are of Unix sockets. */
  readonly #dials: ReadonlySet<string>;

  constructor(doc: Trace, dials: ReadonlySet<string>) {
    this.#doc = doc;
    this.#dials = dials;

    for (const entry of doc.conntrackEntries ?? []) {
      const before = this.#conntrack.get(textOf(entry.connection));
      // EVE takes the entry as late as possible: so its counters cover the whole life.
      if (!before || unsigned(entry.capturedAt) >= unsigned(before.capturedAt)) {
        this.#conntrack.set(textOf(entry.connection), entry);
      }
    }
    for (const op of doc.socketOperations ?? []) {
      const list = this.#operations.get(textOf(op.connection));
      if (list) list.push(op);
      else this.#operations.set(textOf(op.connection), [op]);
    }
    const lookups = new Map(doc.lookups.map((l) => [l.id, l]));
    for (const exchange of doc.dnsExchanges ?? []) {
      const dial = lookups.get(textOf(exchange.lookup))?.dial;
      if (dial !== undefined) this.#resolverDials.set(textOf(exchange.connection), dial);
    }
  }

  /** Connections that EVE knows: no Unix sockets, none that a peer opened. */
  of(kind: 'tcp' | 'udp'): Connection[] {
    return sorted(this.#doc.connections.filter((c) => c.kind === kind && c.direction !== 'in'));
  }

  tcp(c: Connection): EveTcpConn {
    return {
      traceID: c.id,
      ...this.#origin(c),
      handshakeBeginAt: this.#time(c.connect?.beginAt),
      handshakeEndAt: this.#time(c.connect?.endAt),
      connected: c.connect?.result === 'connected',
      connCloseAt: this.#time(c.closedAt),
      addrTuple: addrTuple(c.local, c.remote),
      reused: c.earlierTrace === true,
      ...this.#traffic(c),
    };
  }

  udp(c: Connection): EveUdpConn {
    return {
      traceID: c.id,
      ...this.#origin(c),
      socketCreateAt: this.#time(c.createdAt ?? c.connect?.beginAt),
      connCloseAt: this.#time(c.closedAt),
      addrTuple: addrTuple(c.local, c.remote),
      ...this.#traffic(c),
    };
  }

  /** A resolver's socket belongs to the dial that its lookup was for. */
  #origin(c: Connection): Pick<EveTcpConn, 'fromDial' | 'fromResolver'> {
    const dial = c.dial ?? this.#resolverDials.get(c.id);
    const fromDial = dial !== undefined && (this.#dials.has(dial) || isRead(c)) ? dial : '';
    return c.fromResolver ? { fromDial, fromResolver: true } : { fromDial };
  }

  #traffic(c: Connection): Pick<EveTcpConn, 'totalSentBytes' | 'totalRecvBytes' | 'conntrack' | 'socketTrace'> {
    const entry = this.#conntrack.get(c.id);
    // A connection without operations has an empty list where they were recorded.
    const recorded = this.#doc.settings?.socketOperations === true && c.missing?.socketOperations === undefined;
    const wasOpen = c.kind === 'udp' || c.connect?.result === 'connected';
    const operations = this.#operations.get(c.id) ?? (recorded && wasOpen ? [] : undefined);
    return {
      totalSentBytes: unsigned(c.bytesSent),
      totalRecvBytes: unsigned(c.bytesReceived),
      ...(entry ? { conntrack: this.#conntrackOf(entry, c.kind === 'tcp') } : {}),
      ...(operations ? { socketTrace: { socketOps: operations.map((op) => this.#operation(op)) } } : {}),
    };
  }

  #conntrackOf(entry: Open, isTcp: boolean): EveConntrack {
    const state = isTcp ? eveTcpState(entry.tcpState) : undefined;
    const tuple = (value: unknown) =>
      addrTuple(objectOf(objectOf(value).source), objectOf(objectOf(value).destination));
    return {
      capturedAt: this.#time(entry.capturedAt),
      status: eveTracked(entry.status),
      ...(state === undefined ? {} : { tcpState: state }),
      mark: uint32(entry.mark),
      addrOrig: tuple(entry.original),
      addrReply: tuple(entry.reply),
      packetsSent: unsigned(entry.packetsSent),
      packetsRecv: unsigned(entry.packetsReceived),
      bytesSent: unsigned(entry.bytesSent),
      bytesRecv: unsigned(entry.bytesReceived),
    };
  }

  #operation(op: Open): EveSocketOp {
    const error = objectOf(op.error);
    const failure = textOf(op.error) || textOf(error.message) || textOf(error.code);
    const remote = objectOf(op.remote);
    const address = textOf(remote.address);
    return {
      type: eveOperation(op.kind),
      callAt: this.#time(op.at),
      returnAt: this.#time(op.returnAt),
      ...(failure === '' ? {} : { returnErr: failure }),
      ...(address === '' ? {} : { remoteAddr: hostPort(address, uint16(remote.port) || undefined) }),
      dataLen: uint32(op.bytes),
    };
  }

  #time(us: unknown): string {
    return eveTime(this.#doc.beginTime, us);
  }
}

interface Side {
  address?: unknown;
  port?: unknown;
}

function addrTuple(source: Side | undefined, destination: Side | undefined): EveAddrTuple {
  return {
    srcIP: textOf(source?.address),
    srcPort: uint16(source?.port),
    dstIP: textOf(destination?.address),
    dstPort: uint16(destination?.port),
  };
}

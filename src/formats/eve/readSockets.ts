/** TCP and UDP connections of an EVE file, with their conntrack entries and socket operations. */

import type { Connection, SocketOperation, Trace } from '../../model/records';
import { hostPortOf } from '../shared/hostPort';
import { byImport, importedId, present } from '../shared/imported';
import type { EveInput, EveTcpInput, EveUdpInput } from './input';
import type { Times } from './times';

type SocketInput = EveTcpInput | EveUdpInput;
type TupleInput = NonNullable<SocketInput['addrTuple']>;

const kinds: ReadonlyMap<string | undefined, string> = new Map([
  ['read', 'read'],
  ['read-from', 'readFrom'],
  ['write', 'write'],
  ['write-to', 'writeTo'],
]);

export class EveSockets {
  readonly connections: Connection[];
  readonly operations: SocketOperation[] = [];
  readonly conntrack: NonNullable<Trace['conntrackEntries']> = [];
  /** Socket operations were recorded. */
  readonly traced: boolean;
  readonly #attempts = new Map<string, Connection[]>();

  readonly #times: Times;

  constructor(eve: EveInput, times: Times) {
    this.#times = times;

    const [tcp, udp] = [eve.tcpConns ?? [], eve.udpConns ?? []];
    this.traced = [...tcp, ...udp].some((c) => c.socketTrace);
    this.connections = [...tcp.map((c) => this.#tcp(c)), ...udp.map((c) => this.#udp(c))];
  }

  /** Connection attempts of a dial, in the order they began; those of its resolver are not among them. */
  attemptsOf(dial: string): Connection[] {
    const begin = (c: Connection) => c.connect?.beginAt ?? Number.POSITIVE_INFINITY;
    return (this.#attempts.get(dial) ?? []).sort((a, b) => begin(a) - begin(b) || 0);
  }

  #tcp(c: EveTcpInput): Connection {
    const endAt = this.#times.at(c.handshakeEndAt);
    const result = c.connected ? 'connected' : endAt === undefined ? undefined : 'failed';
    const connection: Connection = present({
      ...this.#socket(c, 'tcp'),
      connect: present({ beginAt: this.#times.at(c.handshakeBeginAt), endAt, result }),
      earlierTrace: c.reused || undefined,
    });
    if (c.fromDial && !c.fromResolver) {
      this.#attempts.set(c.fromDial, [...(this.#attempts.get(c.fromDial) ?? []), connection]);
    }
    return connection;
  }

  #udp(c: EveUdpInput): Connection {
    return present({ ...this.#socket(c, 'udp'), createdAt: this.#times.at(c.socketCreateAt) });
  }

  #socket(c: SocketInput, kind: 'tcp' | 'udp'): Connection {
    const id = importedId(c.traceID ?? '');
    const { local, remote } = sides(c.addrTuple);
    this.#extras(id, c);
    const without = this.traced && !c.socketTrace ? { socketOperations: 'notRecorded' } : undefined;
    return present({
      id,
      dial: c.fromDial ? importedId(c.fromDial) : undefined,
      kind,
      direction: 'out',
      local,
      remote,
      bytesSent: c.totalSentBytes ?? 0,
      bytesReceived: c.totalRecvBytes ?? 0,
      closedAt: this.#times.at(c.connCloseAt),
      fromResolver: c.fromResolver || undefined,
      missing: without,
      by: byImport,
    });
  }

  #extras(connection: string, c: SocketInput): void {
    for (const op of c.socketTrace?.socketOps ?? []) {
      const at = op.remoteAddr ? hostPortOf(op.remoteAddr) : undefined;
      this.operations.push(
        present({
          connection,
          kind: kinds.get(op.type) ?? 'unrecognized-op',
          at: this.#times.at(op.callAt),
          returnAt: this.#times.at(op.returnAt),
          bytes: op.dataLen ?? 0,
          remote: at && { address: at.host, port: at.port ?? 0 },
          error: op.returnErr ? { message: op.returnErr } : undefined,
        }),
      );
    }
    const entry = c.conntrack;
    if (!entry) return;
    const [original, reply] = [entry.addrOrig, entry.addrReply].map((t) => {
      const { local, remote } = sides(t);
      return local || remote ? present({ source: local, destination: remote }) : undefined;
    });
    const counters = {
      packetsSent: entry.packetsSent ?? 0,
      packetsReceived: entry.packetsRecv ?? 0,
      bytesSent: entry.bytesSent ?? 0,
      bytesReceived: entry.bytesRecv ?? 0,
    };
    this.conntrack.push(
      present({
        id: `${connection}-conntrack`,
        connection,
        capturedAt: this.#times.at(entry.capturedAt),
        status: (entry.status ?? '').split('|').filter((word) => word !== ''),
        tcpState: entry.tcpState && entry.tcpState !== 'none' ? entry.tcpState : undefined,
        mark: entry.mark ?? 0,
        original,
        reply,
        // Without accounting in the kernel all are 0 there: not counted.
        ...(Object.values(counters).some((n) => n > 0) ? counters : {}),
        by: byImport,
      }),
    );
  }
}

function sides(t: TupleInput | undefined): Pick<Connection, 'local' | 'remote'> {
  const side = (address = '', port = 0) => (address === '' && port === 0 ? undefined : { address, port });
  return present({ local: side(t?.srcIP, t?.srcPort), remote: side(t?.dstIP, t?.dstPort) }) as Pick<
    Connection,
    'local' | 'remote'
  >;
}

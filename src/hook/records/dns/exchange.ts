/** DNS messages exchanged with one server over one socket, and their line. */

import type { Message } from '../../../model/dnsMessage/decode';
import { errorInfo } from '../../output/errors';
import { cutText, line } from '../../output/json';
import { byteLength, stringify } from '../../runtime/builtins';
import { us } from '../../runtime/clock';
import { nextId } from '../../runtime/ids';

interface Timed {
  at: number;
  message: Message;
}

/** Answers in one message's line. */
const maxAnswers = 16;

export class Exchange {
  readonly id = nextId();
  endAt = 0;
  queries: Timed[] = [];
  replies: Timed[] = [];
  error: unknown = undefined;
  followUpOf: Exchange | undefined;
  /** Of the resolver's own socket. */
  readonly socket: OwnSocket | undefined;

  constructor(
    readonly transport: 'udp' | 'tcp',
    readonly address: string,
    readonly port: number,
    readonly beginAt: number,
    own: boolean,
  ) {
    this.socket = own ? new OwnSocket() : undefined;
  }

  /** `lookup` and `dial`: what it was for; `connection`: the program's socket that it went over. */
  line(lookup: number | undefined, dial: number | undefined, connection: number | undefined): string {
    let max = maxAnswers;
    let fields = this.fields(max, lookup, dial, connection);
    // Long names and texts: fewer answers, rather than a line without its server.
    while (max > 0 && byteLength(stringify(fields)) > 3900) {
      max >>= 1;
      fields = { ...this.fields(max, lookup, dial, connection), missing: { answers: 'tooLong' } };
    }
    return line(fields);
  }

  private fields(max: number, lookup?: number, dial?: number, connection?: number): object {
    const { socket } = this;
    return {
      k: 'dns',
      id: this.id,
      lookup,
      dial,
      connection,
      server: { address: this.address, port: this.port },
      transport: this.transport,
      beginAt: us(this.beginAt),
      endAt: this.endAt === 0 ? undefined : us(this.endAt),
      error: this.error === undefined ? undefined : errorInfo(this.error, 'dns'),
      followUpOf: this.followUpOf?.id,
      queries: this.queries.slice(0, 4).map(queryOf),
      replies: this.replies.slice(0, 4).map((r) => replyOf(r, max)),
      socket: socket && {
        id: socket.id,
        local: socket.local,
        connectedAt: socket.connectedAt === 0 ? undefined : us(socket.connectedAt),
        closedAt: socket.closedAt === 0 ? undefined : us(socket.closedAt),
        bytesSent: socket.bytesSent,
        bytesReceived: socket.bytesReceived,
        datagramsSent: this.transport === 'udp' ? socket.sent : undefined,
        datagramsReceived: this.transport === 'udp' ? socket.received : undefined,
        error: socket.error === undefined ? undefined : errorInfo(socket.error),
      },
    };
  }
}

class OwnSocket {
  readonly id = nextId();
  local: { address: string; port: number } | undefined;
  connectedAt = 0;
  closedAt = 0;
  sent = 0;
  received = 0;
  bytesSent = 0;
  bytesReceived = 0;
  error: unknown = undefined;
}

function queryOf({ at, message: m }: Timed): object {
  return {
    at: us(at),
    id: m.id,
    recursionDesired: m.recursionDesired,
    truncated: m.truncated,
    size: m.size,
    optUdpPayloadSize: m.optUdpPayloadSize,
    questions: m.questions.slice(0, 4),
  };
}

function replyOf({ at, message: m }: Timed, max: number): object {
  return {
    at: us(at),
    id: m.id,
    authoritative: m.authoritative,
    recursionAvailable: m.recursionAvailable,
    truncated: m.truncated,
    size: m.size,
    optUdpPayloadSize: m.optUdpPayloadSize,
    rcode: m.rcode,
    answers: m.answers.slice(0, max).map((a) => ({ ...a, value: a.value && cutText(a.value, 256) })),
  };
}

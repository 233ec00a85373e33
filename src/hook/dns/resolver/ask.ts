/** One question to one name server: over UDP, or over TCP. */
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { decodeMessage, type Message } from '../../../model/dnsMessage/decode';
import type { Exchange } from '../../records/dns/exchange';
import type { Host } from './host';

/** What is asked. */
export interface Query {
  bytes: Uint8Array;
  id: number;
  name: string;
  type: 'A' | 'AAAA';
}

/** A reply, or why there is none: `timeout`, `refused`, `unreachable`. */
export type Answer = { message: Message; why?: undefined } | { message?: undefined; why: string };

/** Addresses of one reply: more are not taken. */
const maxAnswers = 256;

type Done = (answer: Answer) => void;

export interface Asked {
  host: Host;
  server: string;
  port: number;
  query: Query;
  timeoutMs: number;
  /** The resolver's own code has thrown: the lookup is given up. */
  broken: (error: unknown) => void;
  /** What must be done to give up the exchanges that run. */
  running: Set<() => void>;
}

/** `f` as a handler that never throws: it runs on the program's event loop. */
function safe<A extends unknown[]>(asked: Asked, f: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    try {
      f(...args);
    } catch (e) {
      asked.broken(e);
    }
  };
}

/** Ends an exchange once: by a reply, an error or the timeout. */
class Ending {
  private over = false;
  private readonly timer: unknown;

  constructor(
    private readonly asked: Asked,
    readonly exchange: Exchange,
    private readonly close: () => void,
    private readonly done: Done,
  ) {
    this.timer = asked.host.setTimer(
      safe(asked, () => this.fail(timeoutError(asked.query.name))),
      asked.timeoutMs,
    );
    asked.running.add(this.abandon);
  }

  /** No answer is wanted any more. */
  private readonly abandon = (): void => {
    if (this.over) return;
    this.over = true;
    this.asked.running.delete(this.abandon);
    this.asked.host.clearTimer(this.timer);
    this.close();
  };

  reply(message: Message): void {
    this.finish({ message });
  }

  fail(error: unknown): void {
    if (this.over) return;
    this.exchange.error = error;
    this.finish({ why: whyOf(error) });
  }

  private finish(answer: Answer): void {
    if (this.over) return;
    this.over = true;
    const { host } = this.asked;
    this.asked.running.delete(this.abandon);
    host.clearTimer(this.timer);
    this.exchange.endAt = host.now();
    this.close();
    if (this.exchange.socket) this.exchange.socket.closedAt = host.now();
    this.done(answer);
  }
}

function timeoutError(name: string): Error {
  return Object.assign(new Error(`query ETIMEOUT ${name}`), { code: 'ETIMEOUT', syscall: 'query', hostname: name });
}

function whyOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'ETIMEOUT' || code === 'ETIMEDOUT') return 'timeout';
  return code === 'ECONNREFUSED' || code === 'ECONNRESET' ? 'refused' : 'unreachable';
}

/** Whether a message answers the query: anybody can send to our port. */
function answers(m: Message, q: Query): boolean {
  const [question] = m.questions;
  if (!m.isReply || m.id !== q.id) return false;
  // A server that does not understand the query may leave its question out.
  if (question === undefined) return m.rcode === 'format-error' || m.rcode === 'not-implemented';
  return question.type === q.type && question.name.toLowerCase() === q.name.toLowerCase();
}

function noteQuery(x: Exchange, asked: Asked): void {
  const message = decodeMessage(asked.query.bytes);
  if (message) x.queries.push({ at: asked.host.now(), message });
}

export function askByUdp(asked: Asked, done: Done): Exchange {
  const { host, server, port, query } = asked;
  const x = host.exchange('udp', server, port);
  const socket = host.unseen(() => createSocket(isIPv6(server) ? 'udp6' : 'udp4'));
  const close = (): void => {
    socket.close();
  };
  const ending = new Ending(asked, x, close, done);
  socket.on(
    'error',
    safe(asked, (error) => ending.fail(error)),
  );
  const onMessage = (bytes: Buffer): void => {
    if (x.socket) {
      x.socket.received++;
      x.socket.bytesReceived += bytes.length;
    }
    const message = decodeMessage(bytes, maxAnswers);
    if (message === undefined || !answers(message, query)) return;
    x.replies.push({ at: host.now(), message });
    ending.reply(message);
  };
  socket.on('message', safe(asked, onMessage));
  const onConnect = (error?: unknown): void => {
    if (error) return ending.fail(error);
    if (x.endAt !== 0 || !x.socket) return;
    const { address, port } = socket.address();
    x.socket.local = { address, port };
    socket.send(
      query.bytes,
      safe(asked, (failed: unknown) => {
        if (failed) ending.fail(failed);
      }),
    );
    x.socket.sent++;
    x.socket.bytesSent += query.bytes.length;
    noteQuery(x, asked);
  };
  // The callback receives an error, which the types do not say.
  host.unseen(() => socket.connect(port, server, safe(asked, onConnect) as () => void));
  return x;
}

export function askByTcp(asked: Asked, done: Done): Exchange {
  const { host, server, port, query } = asked;
  const x = host.exchange('tcp', server, port);
  const socket = host.unseen(() => connect({ host: server, port }));
  const ending = new Ending(asked, x, () => socket.destroy(), done);
  let received = Buffer.alloc(0);
  const failed = (error: unknown): void => {
    if (x.socket && x.socket.connectedAt === 0) x.socket.error = error;
    ending.fail(error);
  };
  socket.on('error', safe(asked, failed));
  socket.on(
    'end',
    safe(asked, () => ending.fail(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))),
  );
  const onConnect = (): void => {
    if (!x.socket) return;
    x.socket.connectedAt = host.now();
    x.socket.local = { address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
    const { length } = query.bytes;
    socket.write(Buffer.concat([Uint8Array.of(length >> 8, length & 255), query.bytes]));
    x.socket.bytesSent += length + 2;
    noteQuery(x, asked);
  };
  socket.on('connect', safe(asked, onConnect));
  const onData = (piece: Buffer): void => {
    if (x.socket) x.socket.bytesReceived += piece.length;
    received = Buffer.concat([received, piece]);
    const length = received.length < 2 ? 0 : received.readUInt16BE(0);
    if (received.length < 2 || received.length < length + 2) return;
    const message = decodeMessage(received.subarray(2, length + 2), maxAnswers);
    if (message === undefined || !answers(message, query)) return failed(new Error('not an answer'));
    x.replies.push({ at: host.now(), message });
    ending.reply(message);
  };
  socket.on('data', safe(asked, onData));
  return x;
}

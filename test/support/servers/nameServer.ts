/** A DNS server for tests, over UDP and TCP on port 0 of loopback; what it saw is the truth that traces are held against. */
import { createSocket, type Socket } from 'node:dgram';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { type Answer, decode, encode, type Packet, type Question } from 'dns-packet';

export interface Asked {
  /** Address it was asked at. */
  readonly at: string;
  readonly transport: 'udp' | 'tcp';
  readonly name: string;
  readonly type: string;
  readonly id: number;
  readonly size: number;
  /** Payload size of the OPT record. */
  readonly optSize?: number;
  readonly remotePort: number;
  /** Size of the reply; absent: none was sent. */
  replySize?: number;
}

/** What to say to a question: records, with a code of failure, cut off for UDP; undefined: nothing. */
export interface Said {
  answers?: Answer[];
  rcode?: 'NOERROR' | 'FORMERR' | 'SERVFAIL' | 'NXDOMAIN' | 'NOTIMP' | 'REFUSED';
  truncated?: boolean;
  authoritative?: boolean;
}
export type Zone = (question: Question, asked: Asked) => Said | undefined;

const codes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 };

export class NameServer {
  readonly asked: Asked[] = [];
  readonly #sockets: Socket[] = [];
  readonly #servers: Server[] = [];

  private constructor(readonly port: number) {}

  /** Listens at these addresses of loopback, all with the same port. */
  static async start(zone: Zone, addresses: readonly string[] = ['127.0.0.1']): Promise<NameServer> {
    for (let tries = 0; ; tries++) {
      const first = createServer();
      await new Promise<void>((r) => first.listen(0, addresses[0], r));
      const server = new NameServer((first.address() as AddressInfo).port);
      first.close();
      try {
        for (const address of addresses) await server.#listen(zone, address);
        return server;
      } catch (e) {
        await server.close();
        if (tries > 5) throw e;
      }
    }
  }

  async #listen(zone: Zone, at: string): Promise<void> {
    const udp = createSocket('udp4');
    this.#sockets.push(udp);
    udp.on('message', (bytes, from) => {
      const reply = this.#answer(zone, { at, transport: 'udp', remotePort: from.port }, bytes);
      if (reply) udp.send(reply, from.port, from.address);
    });
    await new Promise<void>((resolve, reject) => udp.once('error', reject).bind(this.port, at, resolve));
    const tcp = createServer((socket) => {
      socket.on('error', () => {});
      let bytes = Buffer.alloc(0);
      socket.on('data', (piece) => {
        bytes = Buffer.concat([bytes, piece]);
        while (bytes.length >= 2 && bytes.length >= bytes.readUInt16BE(0) + 2) {
          const message = bytes.subarray(2, bytes.readUInt16BE(0) + 2);
          bytes = bytes.subarray(message.length + 2);
          const reply = this.#answer(zone, { at, transport: 'tcp', remotePort: socket.remotePort ?? 0 }, message);
          if (reply) socket.write(Buffer.concat([Uint8Array.of(reply.length >> 8, reply.length & 255), reply]));
        }
      });
    });
    this.#servers.push(tcp);
    await new Promise<void>((resolve, reject) => tcp.once('error', reject).listen(this.port, at, resolve));
  }

  #answer(zone: Zone, by: Pick<Asked, 'at' | 'transport' | 'remotePort'>, bytes: Buffer): Buffer | undefined {
    let query: Packet;
    try {
      query = decode(bytes);
    } catch {
      return undefined; // not DNS
    }
    const [question] = query.questions ?? [];
    if (!question) return undefined;
    const opt = query.additionals?.find((a) => a.type === 'OPT') as { udpPayloadSize?: number } | undefined;
    const asked: Asked = {
      ...by,
      name: question.name,
      type: question.type,
      id: query.id ?? 0,
      size: bytes.length,
      ...(opt?.udpPayloadSize === undefined ? {} : { optSize: opt.udpPayloadSize }),
    };
    this.asked.push(asked);
    const said = zone(question, asked);
    if (!said) return undefined;
    const { answers = [], rcode = 'NOERROR', truncated = false, authoritative = false } = said;
    const flags = 0x180 | (truncated ? 0x200 : 0) | (authoritative ? 0x400 : 0) | codes[rcode];
    const reply = encode({
      type: 'response',
      id: asked.id,
      flags,
      questions: [question],
      answers: truncated ? [] : answers,
    });
    asked.replySize = reply.length;
    return reply;
  }

  /** Names asked for, each once. */
  get names(): string[] {
    return [...new Set(this.asked.map((a) => a.name))];
  }

  async close(): Promise<void> {
    for (const s of this.#sockets) s.close();
    await Promise.all(this.#servers.map((s) => new Promise((r) => s.close(r))));
  }
}

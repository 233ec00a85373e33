/**
 * Capture by our own helper: it hands over the packets of watched connections and of the user's questions to name servers,
 * and no other program's. Batches are laid out as native/README.md says.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { PacketInterface, PacketStatistics, RawPacket } from '../../model/facts/packets';
import type { HelperClient } from '../client';
import type { OtherMessage } from '../protocol';
import { Batches } from './batches';
import { type CaptureEngine, type CaptureOptions, CaptureUnavailable, type StartedCapture } from './engine';

const timeoutMs = 10_000;
const stopMs = 5000;
const recordBytes = 24;
/** Batches that wait for us; beyond that the packets would fill the memory. */
const maxWaiting = 4096;

export class HelperEngine implements CaptureEngine {
  readonly name = 'helper';
  readonly timestamps = 'kernel';
  readonly lacks = ['what was dropped is counted for all interfaces together'];

  /** Name servers whose messages are wanted. */
  readonly #servers: () => readonly { address: string; port: number }[];

  readonly #client: Pick<HelperClient, 'hello' | 'listen' | 'send' | 'ended'> | undefined;

  constructor(
    client: Pick<HelperClient, 'hello' | 'listen' | 'send' | 'ended'> | undefined,
    servers: () => readonly { address: string; port: number }[],
  ) {
    this.#client = client;

    this.#servers = servers;
  }

  async start(options: CaptureOptions): Promise<StartedCapture> {
    const client = this.#client;
    if (!client || client.ended) throw new CaptureUnavailable('noHelper', 'the helper was not found.');
    const { features } = await client.hello();
    const feature = features.find((f) => f.name === 'capture');
    if (feature?.state !== 'available') {
      const why = feature?.reason ?? feature?.error ?? 'this helper cannot capture';
      const denied = feature?.errno === 1 || feature?.errno === 13;
      throw new CaptureUnavailable(denied ? 'noRights' : 'noHelper', `the helper may not capture: ${why}.`);
    }
    const capture = new HelperCapture(client);
    await capture.begin(options, this.#servers());
    return capture;
  }
}

class HelperCapture implements StartedCapture {
  readonly interfaces: PacketInterface[] = [];
  readonly filter = 'watched connections, and questions to name servers';
  readonly #places = new Map<string, number | undefined>();
  readonly #names = new Map<number, string>();
  readonly batches = new Batches();
  #over = false;
  #reply: ((m: OtherMessage | undefined) => void) | undefined;
  readonly #unlisten: () => void;
  #snaplen = 0;
  #wanted: readonly string[] | undefined;
  #lost = 0;

  readonly #client: Pick<HelperClient, 'listen' | 'send'>;

  constructor(client: Pick<HelperClient, 'listen' | 'send'>) {
    this.#client = client;

    this.#unlisten = client.listen({
      other: (m) => {
        if (m.t === 'capture' || m.t === 'captureEnd') this.#onReply(m);
      },
      packets: (batch) => this.#take(batch),
      end: () => this.#end(),
    });
  }

  async begin(options: CaptureOptions, servers: readonly { address: string; port: number }[]): Promise<void> {
    const reply = this.#next(timeoutMs);
    const { snaplen, icmp, arp } = options;
    this.#snaplen = snaplen;
    this.#wanted = options.interfaces;
    this.#client.send({ cmd: 'capture', snaplen, icmp, arp, dnsServers: servers, maxBytes: Number.MAX_SAFE_INTEGER });
    const said = await reply;
    if (said?.state === 'on') {
      this.#name(said);
      return;
    }
    this.#end();
    const why = typeof said?.reason === 'string' ? said.reason.slice(0, 200) : 'it did not answer';
    throw new CaptureUnavailable('fault', `the helper does not capture: ${why}.`);
  }

  failedAttempt(remote: { address: string; port: number }, from: bigint, to: bigint): void {
    const { address, port } = remote;
    const times = { fromRealtimeNs: String(from), toRealtimeNs: String(to) };
    this.#client.send({ cmd: 'captureFailed', remote: { address, port }, ...times });
  }

  async stop(): Promise<PacketStatistics[]> {
    if (this.#over) return [];
    const reply = this.#next(stopMs);
    this.#client.send({ cmd: 'captureStop' });
    const said = await reply;
    this.#end();
    if (!said) return [];
    const counted = (name: string): number => (Number.isSafeInteger(said[name]) ? (said[name] as number) : 0);
    // One socket hears all interfaces, so its counters are of all.
    const dropped = counted('dropped') + counted('unread') + this.#lost;
    if (this.interfaces.length === 0) return [];
    return [{ interface: 0, received: counted('received'), dropped }];
  }

  #next(timeoutMs: number): Promise<OtherMessage | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#onReply(undefined), timeoutMs);
      this.#reply = (m) => {
        clearTimeout(timer);
        resolve(m);
      };
    });
  }

  #onReply(m: OtherMessage | undefined): void {
    const reply = this.#reply;
    this.#reply = undefined;
    reply?.(m);
  }

  #end(): void {
    this.#over = true;
    this.#unlisten();
    this.#onReply(undefined);
    this.batches.end();
  }

  #name(m: OtherMessage): void {
    for (const i of Array.isArray(m.interfaces) ? m.interfaces : []) {
      const { index, name } = (i ?? {}) as { index?: unknown; name?: unknown };
      if (typeof index === 'number' && typeof name === 'string') this.#names.set(index, name.slice(0, 64));
    }
  }

  /** A batch may be anything: what does not fit its length ends it. */
  #take(bytes: Buffer): void {
    const batch = Buffer.from(bytes);
    const packets: RawPacket[] = [];
    for (let at = 0; at + recordBytes <= batch.length; ) {
      const captured = batch.readUInt32LE(at + 12);
      if (captured > batch.length - at - recordBytes) break;
      const place = this.#place(batch.readUInt32LE(at + 8), batch.readUInt16LE(at + 22));
      if (place !== undefined)
        packets.push({
          interface: place,
          ns: batch.readBigUInt64LE(at),
          data: batch.subarray(at + recordBytes, at + recordBytes + captured),
          length: Math.max(captured, batch.readUInt32LE(at + 16)),
          direction: batch[at + 20] === 1 ? 'out' : 'in',
        });
      at += recordBytes + captured;
    }
    if (packets.length === 0) return;
    if (this.batches.size < maxWaiting) this.batches.push(packets);
    else this.#lost += packets.length;
  }

  /** Interfaces are numbered as they come; one may have two link types. Undefined: its packets are not wanted. */
  #place(index: number, linkType: number): number | undefined {
    const key = `${index}/${linkType}`;
    if (this.#places.has(key)) return this.#places.get(key);
    const name = this.#names.get(index) ?? nameOf(index);
    const isWanted = this.#wanted?.includes(name) ?? true;
    const place = isWanted ? this.interfaces.push({ name, linkType, snaplen: this.#snaplen }) - 1 : undefined;
    this.#places.set(key, place);
    return place;
  }
}

const system = '/sys/class/net';

/** By the system's list: the helper, which hears all interfaces, reports only their numbers. */
function nameOf(index: number): string {
  try {
    for (const name of readdirSync(system))
      if (Number(readFileSync(`${system}/${name}/ifindex`, 'utf8')) === index) return name;
  } catch {
    // No such list here.
  }
  return `interface ${index}`;
}

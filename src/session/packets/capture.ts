/**
 * Packets of one session: of all that the engine hands over, those of traced connections and of their look-ups are kept.
 * Whose a packet is, is known only when the program has told of the connection; until then it waits in memory.
 */
import { Buffer } from 'node:buffer';
import { type CaptureEngine, CaptureUnavailable, type StartedCapture, startFirst } from '../../helper/capture/engine';
import type { PacketStatistics, RawPacket } from '../../model/packets';
import type { Capture, Connection, Lookup, PacketRef, Source } from '../../model/records';
import type { Store } from '../../model/store';
import { addressText, type Decoded, decodeFrame, linkTypes } from './decode';
import { DnsWatch } from './dnsWatch';
import { Duplicates } from './duplicates';
import { keyOfConnection, keyOfPacket, lifeOf, openPort, remoteOf } from './flows';
import { type Flow, Keeper, type Kept, linkTypeName } from './keeper';
import { PacketFile } from './packetFile';
import { References } from './references';
import { type Arrived, Waiting } from './waiting';
import { WallClock } from './wallClock';

export interface CaptureSettings {
  /** Bytes kept of all packets together; default 64 MiB. */
  limit?: number;
  /** Bytes kept of each packet; default 262,144: all. */
  snaplen?: number;
  /** ICMP messages too. */
  icmp?: boolean;
  arp?: boolean;
  /** TCP without its payload. */
  headersOnly?: boolean;
}

const defaults = { limit: 64 * 1024 * 1024, snaplen: 262_144 };
/** Id of the one capture of a session. */
const captureId = 'cap-1';
const everyMs = 1000;
const clockEveryMs = 10_000;
/** Time from a failed attempt's begin to its first packet, µs. */
const attemptWindow = 5000;

export class PacketCapture {
  private readonly file: PacketFile;
  private readonly waiting = new Waiting();
  private readonly duplicates = new Duplicates();
  private readonly dns: DnsWatch;
  private readonly keeper: Keeper;
  private readonly references: References;
  /** Ports of sockets for datagrams that are not connected, with their connections. */
  private readonly ports = new Map<number, string>();
  /** Attempts whose own port is not known, by connection. */
  private readonly attempts = new Map<string, Connection>();
  private started: { engine: CaptureEngine; capture: StartedCapture; at: bigint } | undefined;
  private starting: Promise<void> | undefined;
  private reading: Promise<void> | undefined;
  private statistics: PacketStatistics[] | undefined;
  private endAt: number | undefined;
  private timer: NodeJS.Timeout | undefined;
  private clockAt = 0;
  private arrived = 0n;
  /** Why packets are not captured, in words; absent: they are, or are about to be. */
  unavailable: string | undefined;

  constructor(
    private readonly store: Store,
    private readonly settings: CaptureSettings,
    private readonly engines: () => readonly CaptureEngine[],
    readonly folder: string,
    private readonly keys: boolean,
    private readonly clock = new WallClock(),
  ) {
    this.file = new PacketFile(folder, settings.limit ?? defaults.limit);
    this.keeper = new Keeper(this.file, settings.headersOnly === true, (ns) => this.clock.sectionOf(ns, this.arrived));
    this.dns = new DnsWatch(store, this.keeper, (ns, section) => this.instant(ns, section));
    this.references = new References(store, this.keeper, captureId, (k) => this.instant(k.ns, k.section));
  }

  /** Resolves once packets are captured, or it is known why they are not. */
  start(): Promise<void> {
    this.starting ??= this.begin();
    return this.starting;
  }

  private async begin(): Promise<void> {
    const { snaplen = defaults.snaplen, icmp = false, arp = false } = this.settings;
    try {
      const { engine, started } = await startFirst(this.engines(), { snaplen, icmp, arp });
      this.started = { engine, capture: started, at: process.hrtime.bigint() };
      this.reading = this.read(started.batches);
      this.timer = setInterval(() => this.tend(false), everyMs);
      this.timer.unref();
      this.setSource({ name: 'capture', state: 'on', features: featuresOf(engine, this.settings) });
    } catch (error) {
      const why = error instanceof CaptureUnavailable ? error : undefined;
      this.unavailable = why?.message ?? (error instanceof Error ? error.message : String(error));
      const reason = why?.reason ?? 'fault';
      this.setSource({ name: 'capture', state: 'unavailable', reason, detail: this.unavailable });
    }
  }

  private async read(batches: AsyncIterable<RawPacket[]>): Promise<void> {
    try {
      for await (const batch of batches) this.receive(batch);
      if (this.endAt === undefined) throw new Error('the capture ended before the program.');
    } catch (error) {
      this.setSource({
        name: 'capture',
        state: 'partial',
        reason: 'fault',
        detail: error instanceof Error ? error.message : String(error),
      });
    }
  }

  /** A connection is there, or more is known of it. */
  connection(c: Connection): void {
    if (!this.started) return;
    const port = openPort(c);
    if (port !== undefined) this.ports.set(port, c.id);
    const found = keyOfConnection(c);
    if (found) {
      this.attempts.delete(c.id);
      this.claim(found.key, c.id);
    } else if (c.kind !== 'unix' && c.remote && c.connect?.beginAt !== undefined) this.attempt(c);
  }

  /** An attempt that lost or failed: the hook does not know which port it had. */
  private attempt(c: Connection): void {
    const { remote, connect } = c;
    const known = this.attempts.has(c.id);
    this.attempts.set(c.id, c);
    if (known || !remote || connect?.beginAt === undefined) return;
    const begin = BigInt(this.store.header.beginMonotonicNs ?? '0');
    const wall = (at: number) => this.clock.realtime(begin + BigInt(Math.round(at * 1000)));
    const end = connect.endAt ?? this.now();
    this.started?.capture.failedAttempt?.(remote, wall(connect.beginAt - 1000), wall(end + attemptWindow));
  }

  lookup(l: Lookup): void {
    if (this.started) this.dns.lookup(l);
  }

  private claim(key: string, connection: string): Flow {
    const flow = this.keeper.flow(key);
    if (flow.connections.has(connection)) return flow;
    flow.connections.add(connection);
    for (const arrived of this.waiting.claim(key)) this.keeper.keep(arrived, flow);
    this.file.flush();
    this.references.changed();
    return flow;
  }

  private receive(batch: readonly RawPacket[]): void {
    this.clock.check();
    this.arrived = process.hrtime.bigint();
    for (const packet of batch) this.one(packet);
    this.file.flush();
    this.references.changed();
  }

  private one(packet: RawPacket): void {
    const linkType = this.started?.capture.interfaces[packet.interface]?.linkType ?? -1;
    const decoded = decodeFrame(packet.data, linkType, packet.length);
    if (!decoded || this.isDuplicate(packet, decoded, linkType)) return;
    const key = decoded.fragment ? undefined : keyOfPacket(decoded);
    const at = this.clock.monotonic(packet.ns, this.clock.sectionOf(packet.ns, this.arrived));
    const arrived = (data: Uint8Array): Arrived => ({
      packet: data === packet.data ? packet : { ...packet, data },
      decoded,
      at,
      forward: key?.forward ?? true,
    });
    if (!key) return this.other(arrived(packet.data), decoded);
    const flow = this.keeper.flows.get(key.key);
    if (flow && this.lives(flow, at)) {
      this.keeper.keep(arrived(packet.data), flow);
      return;
    }
    const open = decoded.kind === 'udp' ? this.openSocket(decoded) : undefined;
    if (open !== undefined) {
      const its = this.keeper.flow(key.key);
      its.connections.add(open);
      this.keeper.keep(arrived(packet.data), its);
      return;
    }
    // A copy: the piece of the stream that it stands in must not be kept for it.
    const own = arrived(Buffer.from(packet.data));
    if (!this.dns.takes(key.key, own)) this.waiting.add(key.key, own);
  }

  /** Where one place alone is heard each packet comes once; the helper sees to it itself. */
  private isDuplicate(packet: RawPacket, decoded: Decoded, linkType: number): boolean {
    const all = linkType === linkTypes.sll || linkType === linkTypes.sll2;
    const several = all || (this.started?.capture.interfaces.length ?? 0) > 1;
    if (!several || this.started?.engine.name === 'helper') return false;
    return this.duplicates.is(packet, decoded, isOutgoing(packet, linkType));
  }

  /** ICMP and ARP, where they are asked for. */
  private other(arrived: Arrived, d: Decoded): void {
    if (d.kind === 'arp' && this.settings.arp) this.keeper.keep(arrived, undefined);
    if (d.kind !== 'icmp' || !this.settings.icmp) return;
    const about = d.about && keyOfPacket(d.about);
    // What came from the end that stands first in the key is answered by a message to it.
    this.keeper.keep(
      { ...arrived, forward: !(about?.forward ?? true) },
      about ? this.keeper.flows.get(about.key) : undefined,
    );
  }

  /** Whether any connection with these ends is there, or was a moment ago. */
  private lives(flow: Flow, at: bigint): boolean {
    const instant = this.sinceBegin(at);
    for (const id of flow.connections) {
      const c = this.store.connections.get(id);
      if (c && instant <= lifeOf(c, undefined).to) return true;
    }
    return false;
  }

  private openSocket(d: Decoded): string | undefined {
    return this.ports.get(d.sourcePort ?? -1) ?? this.ports.get(d.destinationPort ?? -1);
  }

  /** What is done now and then: attempts without a port of their own, look-ups, the clock. */
  private tend(last: boolean): void {
    const now = performance.now();
    if (last || now - this.clockAt > clockEveryMs) {
      this.clockAt = now;
      this.clock.sample();
    }
    for (const c of [...this.attempts.values()]) this.findAttempt(c);
    this.dns.settle(this.now(), last);
    this.file.flush();
    this.references.changed();
  }

  /** The one conversation that began towards the same end right after the attempt did. */
  private findAttempt(c: Connection): void {
    const remote = remoteOf(c);
    const begin = c.connect?.beginAt;
    if (remote === undefined || begin === undefined) return;
    const found = [...this.waiting.all()].filter(({ packets: [first] }) => {
      if (!first?.decoded.tcp || (first.decoded.tcp.flags & 0x12) !== 2) return false;
      const after = this.sinceBegin(first.at) - begin;
      return (
        `${first.decoded.destinationPort}@${first.decoded.destination}` === remote &&
        after > -1000 &&
        after < attemptWindow
      );
    });
    const first = found.length === 1 ? found[0]?.packets[0]?.decoded : undefined;
    if (found[0] && first?.source !== undefined) {
      this.attempts.delete(c.id);
      const local = { address: addressText(first.source), port: first.sourcePort ?? 0 };
      const before = this.store.connections.get(c.id) ?? c;
      // Said to the store, this claims its packets.
      this.store.setConnection({ ...before, local, by: { ...before.by, local: 'capture' } });
      this.claim(found[0].key, c.id);
    } else if (this.now() - begin > 150_000_000) this.attempts.delete(c.id);
  }

  /** Ends the capture; what was captured until now is kept. */
  async stop(): Promise<void> {
    if (!this.starting) return;
    await this.starting;
    if (!this.started || this.endAt !== undefined) return;
    this.endAt = this.now();
    clearInterval(this.timer);
    this.statistics = await this.started.capture.stop().catch(() => []);
    await this.reading;
    this.tend(true);
    const source = this.store.header.sources.find((s) => s.name === 'capture');
    if (source) this.setSource({ ...source, toAt: this.endAt });
    this.tellLosses();
  }

  private tellLosses(): void {
    const dropped = this.record()?.dropped ?? 0;
    if (dropped > 0) {
      const reason = 'the capture did not keep up; they may have been other programs’';
      this.store.addLoss({ source: 'capture', what: 'packets', kind: 'dropped', count: dropped, reason });
    }
    const { beyond, beyondAt } = this.keeper;
    if (beyond > 0) {
      const at = beyondAt ? { beginAt: this.instant(beyondAt.ns, beyondAt.section) } : {};
      const why =
        this.file.full === 'disk' ? 'no space is left on the disk' : 'the limit of captured packets was reached';
      this.store.addLoss({ source: 'capture', what: 'packets', kind: 'truncated', count: beyond, ...at, reason: why });
    }
    const over = this.waiting.overflowed;
    if (over === 0) return;
    const reason = 'too many packets of other programs: some may have been this one’s';
    this.store.addLoss({ source: 'capture', what: 'packets', kind: 'overflow', count: over, reason });
  }

  /** The packets of a request, by time. */
  packetsOf(request: string): readonly PacketRef[] {
    return this.references.of(request);
  }

  /** For the document: the capture, and what is known of the first packets. */
  records(): { captures: Capture[]; packets: PacketRef[] } {
    const capture = this.record();
    return capture
      ? { captures: [capture], packets: this.references.all(this.endAt !== undefined) }
      : { captures: [], packets: [] };
  }

  private record(): Capture | undefined {
    const { started, settings, keeper } = this;
    if (!started) return undefined;
    const { engine, capture } = started;
    const dropped = this.statistics?.map((s) => s.dropped);
    const of = (i: number) => this.statistics?.find((s) => s.interface === i);
    return {
      id: captureId,
      engine: engine.name,
      interfaces: capture.interfaces.map((x, i) => ({
        name: x.name,
        linkType: linkTypeName(x.linkType),
        ...(of(i)?.received === undefined ? {} : { received: of(i)?.received as number }),
        ...(of(i)?.dropped === undefined ? {} : { dropped: of(i)?.dropped as number }),
      })),
      filter: capture.filter,
      snaplen: settings.snaplen ?? defaults.snaplen,
      limit: settings.limit ?? defaults.limit,
      ...(settings.headersOnly ? { headersOnly: true } : {}),
      beginAt: this.sinceBegin(started.at),
      ...(this.endAt === undefined ? {} : { endAt: this.endAt }),
      packets: keeper.kept.length,
      bytes: keeper.bytes,
      ...(dropped?.length && dropped.every((n) => n !== undefined)
        ? { dropped: dropped.reduce((sum: number, n) => sum + (n ?? 0), 0) }
        : {}),
      timestamps: engine.timestamps,
      truncated: keeper.beyond > 0,
      hasKeys: this.keys,
      lacks: [...engine.lacks],
    };
  }

  /** For saving: what was kept, or that of one request; by time. */
  chosen(request: string | undefined): Kept[] {
    return this.references.chosen(request);
  }

  reference(k: Kept): PacketRef | undefined {
    return this.references.one(k);
  }

  bytesOf(k: Kept): Buffer | undefined {
    return this.file.read(k.offset, k.captured);
  }

  get interfaces(): StartedCapture['interfaces'] {
    return this.started?.capture.interfaces ?? [];
  }

  get filter(): string | undefined {
    return this.started?.capture.filter;
  }

  /** Counted by the engine; absent until it has ended. */
  get counted(): readonly PacketStatistics[] | undefined {
    return this.statistics;
  }

  async dispose(): Promise<void> {
    await this.stop();
    this.file.close();
  }

  private setSource(source: Source): void {
    const { header } = this.store;
    const sources = header.sources.some((s) => s.name === source.name)
      ? header.sources.map((s) => (s.name === source.name ? source : s))
      : [...header.sources, source];
    this.store.header = { ...header, sources };
    this.store.touch();
  }

  private now(): number {
    return this.sinceBegin(process.hrtime.bigint());
  }

  private instant(ns: bigint, section: number): number {
    return this.sinceBegin(this.clock.monotonic(ns, section));
  }

  /** µs since the trace began, to the ns. */
  private sinceBegin(monotonic: bigint): number {
    return Number(monotonic - BigInt(this.store.header.beginMonotonicNs ?? '0')) / 1000;
  }
}

/** The pseudo-interface of all says itself which way a packet went. */
function isOutgoing({ data, direction }: RawPacket, linkType: number): boolean | undefined {
  if (linkType === linkTypes.sll) return data[1] === 4;
  if (linkType === linkTypes.sll2) return data[10] === 4;
  return direction === undefined ? undefined : direction === 'out';
}

function featuresOf(engine: CaptureEngine, settings: CaptureSettings): string[] {
  return [
    engine.name,
    'tcp',
    'udp',
    'dns',
    ...(settings.icmp ? ['icmp'] : []),
    ...(settings.arp ? ['arp'] : []),
    ...(settings.headersOnly ? ['headersOnly'] : []),
  ];
}

/**
 * Packets of one session: of all that the engine hands over, those of traced connections and of their lookups are kept.
 * Whose a packet is, is known only when the program has reported the connection; until then it waits in memory.
 */
import { type CaptureEngine, CaptureUnavailable, type StartedCapture, startFirst } from '../../helper/capture/engine';
import { expectInterfaces } from '../../helper/capture/interfaces';
import { messageOf } from '../../model/base/text';
import type { PacketStatistics, RawPacket } from '../../model/facts/packets';
import type { Capture, Connection, Lookup, PacketRef } from '../../model/records';
import { sinceBegin } from '../../model/store/header';
import type { Store } from '../../model/store/store';
import { Attempts } from './attempts';
import { captureId, captureLosses, captureRecord, defaults, featuresOf } from './captureRecord';
import type { CaptureSettings } from './captureSettings';
import { DnsWatch } from './dns/watch';
import { keyOfConnection } from './flows';
import { Keeper, type Kept } from './keeper';
import { PacketFile } from './packetFile';
import { References } from './references';
import { Sorter } from './sorter';
import { Waiting } from './waiting';
import { WallClock } from './wallClock';

const everyMs = 1000;
const clockEveryMs = 10_000;
/** The engine that works, and what was made for it. */
interface Started {
  engine: CaptureEngine;
  capture: StartedCapture;
  /** ns of CLOCK_MONOTONIC. */
  at: bigint;
  sorter: Sorter;
  attempts: Attempts;
}

export class PacketCapture {
  readonly #file: PacketFile;
  readonly #waiting = new Waiting();
  readonly #dns: DnsWatch;
  readonly #keeper: Keeper;
  readonly #references: References;
  #started: Started | undefined;
  #starting: Promise<void> | undefined;
  #reading: Promise<void> | undefined;
  #statistics: PacketStatistics[] | undefined;
  #endAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #clockAt = 0;
  #arrived = 0n;
  /** Why packets are not captured, in words; absent: they are, or are about to be. */
  unavailable: string | undefined;

  readonly #engines: () => readonly CaptureEngine[];

  readonly #store: Store;
  readonly #settings: CaptureSettings;
  readonly #keys: boolean;
  readonly #clock: WallClock;

  constructor(
    store: Store,
    settings: CaptureSettings,
    engines: () => readonly CaptureEngine[],
    readonly folder: string,
    keys: boolean,
    clock = new WallClock(),
  ) {
    this.#store = store;
    this.#settings = settings;
    this.#keys = keys;
    this.#clock = clock;

    this.#engines = engines;

    this.#file = new PacketFile(folder, settings.limit ?? defaults.limit);
    this.#keeper = new Keeper(this.#file, settings.headersOnly === true, (ns) =>
      this.#clock.sectionOf(ns, this.#arrived),
    );
    this.#dns = new DnsWatch(store, this.#keeper, (ns, section) => this.#instant(ns, section));
    this.#references = new References(store, this.#keeper, captureId, (k) => this.#instant(k.ns, k.section));
  }

  /** Resolves once packets are captured, or it is known why they are not. */
  start(): Promise<void> {
    this.#starting ??= this.#begin();
    return this.#starting;
  }

  async #begin(): Promise<void> {
    const { snaplen = defaults.snaplen, icmp = false, arp = false, interfaces } = this.#settings;
    try {
      expectInterfaces(interfaces);
      const options = { snaplen, icmp, arp, ...(interfaces && { interfaces }) };
      const { engine, started } = await startFirst(this.#engines(), options);
      this.#started = { ...this.#partsFor(engine, started), engine, capture: started, at: process.hrtime.bigint() };
      this.#reading = this.#read(started.batches);
      this.#timer = setInterval(() => this.#tend(false), everyMs);
      this.#timer.unref();
      this.#store.setSource({ name: 'capture', state: 'on', features: featuresOf(engine, this.#settings) });
    } catch (error) {
      const why = error instanceof CaptureUnavailable ? error : undefined;
      this.unavailable = why?.message ?? messageOf(error);
      const reason = why?.reason ?? 'fault';
      this.#store.setSource({ name: 'capture', state: 'unavailable', reason, detail: this.unavailable });
    }
  }

  #partsFor(engine: CaptureEngine, capture: StartedCapture): Pick<Started, 'sorter' | 'attempts'> {
    const store = this.#store;
    const keeper = this.#keeper;
    const waiting = this.#waiting;
    const dns = this.#dns;
    const clock = this.#clock;
    const settings = this.#settings;
    return {
      sorter: new Sorter({ store, keeper, waiting, dns, clock, also: settings }, engine, capture),
      attempts: new Attempts(store, waiting, clock, capture, (key, connection) => this.#claim(key, connection)),
    };
  }

  async #read(batches: AsyncIterable<RawPacket[]>): Promise<void> {
    try {
      for await (const batch of batches) this.#receive(batch);
      if (this.#endAt === undefined) throw new Error('the capture ended before the program.');
    } catch (error) {
      this.#store.setSource({
        name: 'capture',
        state: 'partial',
        reason: 'fault',
        detail: messageOf(error),
      });
    }
  }

  /** A connection is there, or more is known of it. */
  connection(c: Connection): void {
    if (!this.#started) return;
    const { sorter, attempts } = this.#started;
    sorter.connection(c);
    const found = keyOfConnection(c);
    if (found) {
      attempts.settled(c.id);
      this.#claim(found.key, c.id);
    } else if (c.kind !== 'unix' && c.remote && c.connect?.beginAt !== undefined) attempts.add(c, this.#now());
  }

  lookup(l: Lookup): void {
    if (this.#started) this.#dns.lookup(l);
  }

  #claim(key: string, connection: string): void {
    const flow = this.#keeper.flow(key);
    if (flow.connections.has(connection)) return;
    flow.connections.add(connection);
    for (const arrived of this.#waiting.claim(key)) this.#keeper.keep(arrived, flow);
    this.#file.flush();
    this.#references.changed();
  }

  #receive(batch: readonly RawPacket[]): void {
    this.#clock.check();
    this.#arrived = process.hrtime.bigint();
    for (const packet of batch) this.#started?.sorter.sort(packet, this.#arrived);
    this.#file.flush();
    this.#references.changed();
  }

  /** What is done now and then: attempts without a port of their own, lookups, the clock. */
  #tend(last: boolean): void {
    const now = performance.now();
    if (last || now - this.#clockAt > clockEveryMs) {
      this.#clockAt = now;
      this.#clock.sample();
    }
    this.#started?.attempts.find(this.#now());
    this.#dns.settle(this.#now(), last);
    this.#file.flush();
    this.#references.changed();
  }

  /** Ends the capture; what was captured until now is kept. */
  async stop(): Promise<void> {
    if (!this.#starting) return;
    await this.#starting;
    if (!this.#started || this.#endAt !== undefined) return;
    this.#endAt = this.#now();
    clearInterval(this.#timer);
    this.#statistics = await this.#started.capture.stop().catch(() => []);
    await this.#reading;
    this.#tend(true);
    const source = this.#store.header.sources.find((s) => s.name === 'capture');
    if (source) this.#store.setSource({ ...source, toAt: this.#endAt });
    this.#reportLosses();
  }

  #reportLosses(): void {
    const { beyond, beyondAt } = this.#keeper;
    const facts = {
      dropped: this.#record()?.dropped ?? 0,
      discarded: this.#started?.capture.discarded?.() ?? 0,
      beyond,
      full: this.#file.full === 'disk' ? ('disk' as const) : undefined,
      overflowed: this.#waiting.overflowed,
    };
    const at = beyondAt && this.#instant(beyondAt.ns, beyondAt.section);
    for (const loss of captureLosses(facts, at)) this.#store.addLoss(loss);
  }

  /** The packets of a request, by time. */
  packetsOf(request: string): readonly PacketRef[] {
    return this.#references.of(request);
  }

  /** For the document: the capture, and what is known of the first packets. */
  records(): { captures: Capture[]; packets: PacketRef[] } {
    const capture = this.#record();
    return capture
      ? { captures: [capture], packets: this.#references.all(this.#endAt !== undefined) }
      : { captures: [], packets: [] };
  }

  #record(): Capture | undefined {
    const started = this.#started;
    const settings = this.#settings;
    const keeper = this.#keeper;
    const statistics = this.#statistics;
    const endAt = this.#endAt;
    const keys = this.#keys;
    if (!started) return undefined;
    const { engine, capture, at } = started;
    return captureRecord({ engine, capture, settings, keeper, statistics, beginAt: this.#sinceBegin(at), endAt, keys });
  }

  /** For saving: what was kept, or that of one request; by time. */
  chosen(request: string | undefined): Kept[] {
    return this.#references.chosen(request);
  }

  reference(k: Kept): PacketRef | undefined {
    return this.#references.one(k);
  }

  bytesOf(k: Kept): Buffer | undefined {
    return this.#file.read(k.offset, k.captured);
  }

  get interfaces(): StartedCapture['interfaces'] {
    return this.#started?.capture.interfaces ?? [];
  }

  get filter(): string | undefined {
    return this.#started?.capture.filter;
  }

  /** Counted by the engine; absent until it has ended. */
  get counted(): readonly PacketStatistics[] | undefined {
    return this.#statistics;
  }

  async dispose(): Promise<void> {
    await this.stop();
    this.#file.close();
  }

  #now(): number {
    return this.#sinceBegin(process.hrtime.bigint());
  }

  #instant(ns: bigint, section: number): number {
    return this.#sinceBegin(this.#clock.monotonic(ns, section));
  }

  #sinceBegin(monotonic: bigint): number {
    return sinceBegin(this.#store.header, monotonic);
  }
}

/**
 * The records of a running session: the model's store, bounded, with call sites mapped to the original source as they
 * arrive.
 */
import type { CallSite, Connection, Dial, Lookup, PacketRef, Request, Tracer } from '../model/records';
import { type Header, Store } from '../model/store/store';
import type { Kernel } from './kernel/kernel';
import type { PacketCapture } from './packets/capture';
import { CallSites } from './sources/callSites';
import { Hosts } from './sources/hosts';
import { TestNames } from './sources/testNames';

/** Called while a line is folded: what comes with later lines of the same read is not there yet. */
export interface Ends {
  request(r: Request): void;
  connection(c: Connection): void;
}

/** What a session adds while it starts. Each is set once, by who starts it. */
interface Parts {
  /** Absent: nothing measures the recording. */
  gauge?: { record(): Tracer };
  /** Absent: packets are not captured. */
  packets?: PacketCapture;
  /** Absent: there is no helper. */
  kernel?: Kernel;
}

export class TraceStore extends Store {
  readonly #sites: CallSites | undefined;
  readonly #hosts = new Hosts();
  readonly #tests: TestNames | undefined;
  readonly #ends = new Set<Ends>();
  readonly #parts: Parts = {};
  #mapping = Promise.resolve(false);

  constructor(header: Header, limit: number, mapSources: boolean) {
    super(header, limit);
    this.#sites = mapSources ? new CallSites() : undefined;
    this.#tests = mapSources ? new TestNames(Date.parse(header.beginTime)) : undefined;
  }

  get kernel(): Kernel | undefined {
    return this.#parts.kernel;
  }

  /** Throws if there is one of the kind already: records that the first one has seen would be missing in the second. */
  add(parts: Parts): void {
    for (const kind of Object.keys(parts) as (keyof Parts)[]) {
      if (this.#parts[kind] !== undefined) throw new Error(`the trace has its ${kind} already`);
    }
    Object.assign(this.#parts, parts);
  }

  /** `ends` gets each record once, when it ends, until the returned function is called. It may not throw. */
  onEnds(ends: Ends): () => void {
    this.#ends.add(ends);
    return () => this.#ends.delete(ends);
  }

  override setRequest(r: Request): void {
    const before = this.requests.get(r.id);
    super.setRequest(this.#placed(r));
    this.#parts.kernel?.request(r, before);
    if (r.outcome !== undefined && before?.outcome === undefined) for (const e of this.#ends) e.request(r);
  }

  /** A record with all that is known of its call site by now. */
  sourced(list: string, record: object): object {
    if (list === 'requests') return this.#placed(record as Request);
    return list === 'dials' || list === 'lookups' ? this.#mapped(record as Dial | Lookup) : record;
  }

  override setDial(d: Dial): void {
    super.setDial(this.#mapped(d));
  }

  override setLookup(l: Lookup): void {
    super.setLookup(this.#mapped(this.#hosts.placed(l)));
    this.#parts.packets?.lookup(l);
  }

  override setConnection(c: Connection): void {
    const before = this.connections.get(c.id);
    super.setConnection(c);
    if (c.closedAt !== undefined && before?.closedAt === undefined) for (const e of this.#ends) e.connection(c);
    this.#parts.packets?.connection(c);
    this.#parts.kernel?.connection(c);
  }

  override packetsOf(request: string): readonly PacketRef[] {
    return this.#parts.packets?.packetsOf(request) ?? super.packetsOf(request);
  }

  override get holdsPackets(): boolean {
    return this.#parts.packets !== undefined && this.#parts.packets.unavailable === undefined;
  }

  override get tracer(): Tracer | undefined {
    return this.#parts.gauge?.record();
  }

  override documentHeader(): Header {
    if (this.tracer) this.header = { ...this.header, tracer: this.tracer };
    if (this.#parts.packets) this.header = { ...this.header, ...this.#parts.packets.records() };
    return this.header;
  }

  /** With the original positions of its code, and the test that this code is in. */
  #placed(r: Request): Request {
    const mapped = this.#mapped(this.#mappedStack(r));
    const test = this.#tests?.of(mapped);
    return test === mapped.test || test === undefined ? mapped : { ...mapped, test };
  }

  #mappedStack(r: Request): Request {
    const sites = this.#sites;
    if (r.stack === undefined || sites === undefined) return r;
    const stack = r.stack.map((f) => (f.source === undefined ? sites.mapped(f as CallSite, r.id) : f));
    return stack.every((f, i) => f === r.stack?.[i]) ? r : { ...r, stack };
  }

  #mapped<T extends { id: string; callSite?: CallSite }>(record: T): T {
    const site = record.callSite;
    if (site === undefined || this.#sites === undefined) return record;
    const callSite = this.#sites.mapped(site, record.id);
    return callSite === site ? record : { ...record, callSite };
  }

  /**
   * Reads the source maps requested since the last call and completes the records that wait for them; true if any
   * changed. Calls run one after the other, so the work of earlier calls is complete too when one resolves.
   */
  mapCallSites(): Promise<boolean> {
    this.#mapping = this.#mapping.then(() => this.#mapNow());
    return this.#mapping;
  }

  async #mapNow(): Promise<boolean> {
    const ready = (await this.#sites?.resolve()) ?? [];
    for (const id of ready) {
      const request = this.requests.get(id);
      const dial = this.dials.get(id);
      const lookup = this.lookups.get(id);
      if (request) this.setRequest(request);
      else if (dial) this.setDial(dial);
      else if (lookup) this.setLookup(lookup);
    }
    return ready.length > 0;
  }
}

/**
 * The kernel's side of a session: the helper is asked to watch each connection that the hook reports, and to look at it
 * where a request begins, gets its first byte and ends. What it says is folded beside the hook's lines.
 */
import { HelperClient } from '../../helper/client';
import { locateHelper } from '../../helper/locate';
import type { Command, Message, OtherMessage } from '../../helper/protocol';
import type { KernelFact } from '../../model/fold/kernel';
import { defaultOf } from '../../model/options/table';
import type { Connection, NetworkInterface, Request } from '../../model/records';
import type { Store } from '../../model/store/store';
import { Clocks } from './clocks';
import { factOf, factOfOther } from './facts';
import { Losses } from './losses';
import { featuresFor, type HelperUse, setSources, sourcesEnded, sourcesUnavailable } from './sources';

export interface KernelOptions {
  /** The folder of our bundles. */
  folder: string;
  use: HelperUse;
  /** This helper and no other. */
  file?: string;
  /** Between two samples of a connection. */
  intervalMs?: number;
  /** 1 in N connections is sampled between its begin and its end. */
  modulus?: number;
  families?: (4 | 6)[];
  /** Packets are to be captured. */
  capture?: boolean;
  /** Has the kernel track connections while the trace runs, by a table of the helper's own. */
  enableConntrack?: boolean;
}

export interface KernelHost {
  readonly store: Store & { readonly kernel: Kernel | undefined; add(part: { kernel: Kernel }): void };
  fold(fact: KernelFact): void;
  /** Something changed. */
  changed(): void;
}

/** After the program's end the last figures come within some milliseconds; sockets that linger are not waited for longer. */
const lastSampleMs = 250;
const ringsMs = 50;
const lastCountersMs = 300;
/** Its programs are checked by the kernel one after the other, which takes a while on a busy machine. */
const helloMs = 3000;

export class Kernel {
  /** Connections that are watched, and those that were. */
  readonly #open = new Set<string>();
  readonly #seen = new Set<string>();
  /** Samples to ask for: connection → why. One look at a connection serves all reasons of a moment. */
  readonly #asked = new Map<string, string>();
  readonly #watch: Command[] = [];
  readonly #clocks: Clocks;
  readonly #losses: Losses;
  #idle: (() => void) | undefined;
  #over = false;

  /** Features that were asked for. */
  readonly #features: readonly string[];
  readonly #families: readonly number[] | undefined;

  readonly #host: KernelHost;

  private constructor(
    readonly client: HelperClient,
    host: KernelHost,
    features: readonly string[],
    families: readonly number[] | undefined,
  ) {
    this.#host = host;

    this.#features = features;
    this.#families = families;

    this.#clocks = new Clocks(host.store);
    this.#losses = new Losses(host.store);
    client.listen({
      message: (m) => this.#message(m),
      other: (m) => this.#other(m),
      end: ({ text, asked }) => {
        if (!asked) this.#ended(`The helper ${text}.`);
        this.#idle?.();
      },
    });
  }

  /** Starts the helper, if there is one; if not, the trace's sources have the reason. */
  static async start(host: KernelHost, options: KernelOptions): Promise<Kernel | undefined> {
    const { use, capture, enableConntrack: conntrack = false, families } = options;
    const { intervalMs = defaultOf('kernelInterval'), modulus = defaultOf('kernelModulus') } = options;
    const found = options.file ? { file: options.file, installed: false } : await locateHelper(options.folder);
    const installed = 'file' in found && found.installed;
    const features = featuresFor({ use, installed, root: process.getuid?.() === 0, conntrack });
    if ('missing' in found) {
      sourcesUnavailable(host.store, features, found.missing, found.detail);
      return undefined;
    }
    const client = HelperClient.spawn(found.file, {
      features: [...features, ...(capture ? ['capture'] : [])],
      arguments: conntrack ? ['--enable-conntrack'] : [],
    });
    const kernel = new Kernel(client, host, features, families);
    try {
      setSources(host.store, features, (await client.hello(helloMs)).features);
      client.send({ cmd: 'configure', intervalMs, modulus, ...(families ? { families } : {}) });
      const { settings } = host.store.header;
      host.store.setHeader({ settings: { ...settings, kernelInterval: intervalMs * 1000, samplingModulus: modulus } });
      return kernel;
    } catch (error) {
      client.close();
      sourcesUnavailable(host.store, features, 'fault', `The helper ${(error as Error).message}.`);
      return undefined;
    }
  }

  /** The trace begins: its clock was set, and the counters are counted from here. */
  begin(): void {
    this.#clocks.begin();
    this.client.send({ cmd: 'clock' }, { cmd: 'counters', trigger: 'begin' });
  }

  // --- from the records --------------------------------------------------------------------------------------------

  /** A connection is there, or changed. */
  connection(c: Connection): void {
    if (this.#over || this.#seen.has(c.id) || c.direction === 'in' || c.kind === 'unix' || !c.local) return;
    if (this.#families?.includes(c.local.address.includes(':') ? 6 : 4) === false) return;
    const udp = c.kind === 'udp';
    // One that did not come about is watched too once its own port is known: the helper remembers what has ended.
    if (!udp && (c.connect?.result === undefined || !c.remote)) return;
    this.#seen.add(c.id);
    this.#open.add(c.id);
    const born = c.connect?.beginAt ?? c.createdAt;
    const process = c.thread === undefined ? undefined : this.#host.store.thread(c.thread)?.process;
    this.#watch.push({
      cmd: 'watch',
      id: c.id,
      protocol: udp ? 'udp' : 'tcp',
      local: c.local,
      ...(c.remote ? { remote: c.remote } : {}),
      ...(process ? { pid: process.pid } : {}),
      ...(born !== undefined ? { bornNs: this.#clocks.ns(born) } : {}),
    });
  }

  /** A request changed. */
  request(r: Request, before: Request | undefined): void {
    const { connection } = r;
    if (connection === undefined || !this.#open.has(connection)) return;
    if (r.outcome !== undefined) {
      if (before?.outcome === undefined) this.#asked.set(connection, 'requestEnd');
    } else if (r.responseBeginAt !== undefined) {
      if (before?.responseBeginAt === undefined) this.#ask(connection, 'firstByte');
    } else if (before?.connection !== connection) this.#ask(connection, 'requestBegin');
  }

  #ask(connection: string, trigger: string): void {
    if (this.#asked.get(connection) !== 'requestEnd') this.#asked.set(connection, trigger);
  }

  /** Sends what the lines that were read gave reason to. */
  flush(): void {
    if (this.#watch.length + this.#asked.size === 0) return;
    // The answer to `watch` is a sample already.
    const fresh = new Set(this.#watch.map((c) => (c as { id: string }).id));
    const samples = [...this.#asked].filter(([id]) => !fresh.has(id));
    this.client.send(
      ...this.#watch.splice(0),
      ...samples.map(([id, trigger]) => ({ cmd: 'sample', id, trigger }) as const),
    );
    this.#asked.clear();
  }

  // --- from the helper ---------------------------------------------------------------------------------------------

  #message(m: Message): void {
    const host = this.#host;
    switch (m.t) {
      case 'hello':
      case 'stats':
        return;
      case 'clock':
        return this.#clocks.take(m.clock);
      case 'counters': {
        const at = { beginAt: this.#clocks.at(m.beginAt), endAt: this.#clocks.at(m.at) };
        host.store.setHeader({ systemCounters: { ...at, by: 'procfs', values: m.values } });
        break;
      }
      case 'interfaces':
        host.store.setHeader({ interfaces: m.list as unknown as NetworkInterface[] });
        break;
      case 'lost':
        this.#losses.take(m, this.#clocks.at(m.at));
        break;
      default: {
        const fact = factOf(m, this.#clocks, (id) => host.store.connections.get(id)?.kernel !== undefined);
        if (!fact) break;
        host.fold(fact);
        if (fact.k === 'missing' || (fact.k === 'sample' && fact.final)) this.#close(fact.connection);
      }
    }
    host.changed();
  }

  #other(other: OtherMessage): void {
    const fact = factOfOther(other, this.#clocks);
    if (!fact) return;
    this.#host.fold(fact);
    this.#host.changed();
  }

  #close(id: string): void {
    this.#open.delete(id);
    if (this.#open.size === 0) this.#idle?.();
  }

  // --- end ---------------------------------------------------------------------------------------------------------

  /** The programs have ended: asks for the rest, and ends the helper. */
  async finish(): Promise<void> {
    this.flush();
    this.client.send({ cmd: 'counters', trigger: 'end' });
    await this.client.settled(1000);
    if (this.#open.size > 0 && !this.client.ended) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, lastSampleMs);
        this.#idle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    await this.#lastEvents();
    if (!this.client.ended) this.#reportMissing();
    this.dispose();
  }

  /** Why a connection lacks what others have. */
  #reportMissing(): void {
    const host = this.#host;
    const asked = isThere(host.store, 'inetDiag');
    const tracked = isThere(host.store, 'conntrack');
    for (const c of [...host.store.connections.values()]) {
      const unwatched = this.#seen.has(c.id) ? undefined : whyUnwatched(c);
      const reason = unwatched ?? (this.#open.has(c.id) ? 'noFinal' : undefined);
      // What no connection has, the source says.
      if (asked && reason !== undefined) host.fold({ k: 'missing', connection: c.id, reason });
      // An entry that came is not replaced by this.
      if (tracked) host.fold({ k: 'conntrack', connection: c.id, entry: { missing: unwatched ?? 'noEntry' } });
    }
  }

  /** What is in the kernel's rings still; counters of connection tracking come a while after the end of a connection. */
  async #lastEvents(): Promise<void> {
    const { store } = this.#host;
    if (this.#seen.size === 0 || !(isThere(store, 'bpf') || isThere(store, 'conntrack'))) return;
    const late = () => [...store.conntrackEntries.values()].some((e) => e.missing?.counters === 'untilEnd');
    for (let waited = 0; waited < lastCountersMs && !this.client.ended; waited += ringsMs) {
      await new Promise((resolve) => setTimeout(resolve, ringsMs));
      await this.client.settled(1000);
      if (!late()) return;
    }
  }

  dispose(): void {
    this.#over = true;
    this.client.close();
  }

  #ended(detail: string): void {
    if (this.#over) return;
    this.#over = true;
    const now = this.#clocks.at(process.hrtime.bigint().toString());
    sourcesEnded(this.#host.store, this.#features, detail, now);
    this.#host.changed();
  }
}

const isThere = (store: Store, source: string): boolean =>
  store.header.sources.some((s) => s.name === source && (s.state === 'on' || s.state === 'partial'));

/** Which connections the helper cannot be asked about. */
function whyUnwatched(c: Connection): string {
  if (c.direction === 'in') return 'incoming';
  if (c.kind === 'unix') return 'unixSocket';
  return c.connect?.result === 'connected' ? 'noLocalAddress' : 'notConnected';
}

// The kernel's side of a session: the helper is asked to watch each connection that the hook tells of, and to look at it
// where a request begins, gets its first byte and ends. What it says is folded beside the hook's lines.
import { HelperClient } from '../helper/client';
import { kernelMessage } from '../helper/kernelMessages';
import { locateHelper } from '../helper/locate';
import type { Command, Message, MessageOf, OtherMessage } from '../helper/protocol';
import type { KernelFact } from '../model/fold/kernel';
import type { ClockSample, Connection, NetworkInterface, Request, Source } from '../model/records';
import { entryOf } from './conntrack';
import { joinedOf } from './joined';
import { eventFeatures, eventOf, placeOf } from './kernelEvents';
import type { TraceStore } from './traceStore';

/** auto: what needs no permission. all: events too, where they are permitted. */
export type HelperUse = 'auto' | 'all' | 'none';

export interface KernelOptions {
  /** The folder of our bundles. */
  folder: string;
  /** This helper and no other. */
  file?: string;
  /** Between two samples of a connection; default 1000. */
  intervalMs?: number;
  /** Every Nth connection is sampled between its begin and its end; default 1, all. */
  modulus?: number;
  families?: (4 | 6)[];
  /** Events of the kernel too: they need permission. */
  events?: boolean;
  /** Features to open beside those without privilege. */
  more?: readonly string[];
  /** More arguments of the helper. */
  arguments?: readonly string[];
}

export interface KernelHost {
  readonly store: TraceStore;
  fold(fact: KernelFact): void;
  /** Something changed. */
  changed(): void;
}

/** Features, and the source that each belongs to. */
const sourceOf: Record<string, Source['name']> = {
  inetDiag: 'inetDiag',
  tcpDestroy: 'inetDiag',
  route: 'netlink',
  counters: 'procfs',
  listeners: 'procfs',
  ...Object.fromEntries(eventFeatures.map((f) => [f, 'bpf' as const])),
  conntrack: 'conntrack',
};
const free = ['inetDiag', 'tcpDestroy', 'route', 'counters', 'listeners'];
const mostClocks = 1024;
/** After the program's end the last figures come within some milliseconds; sockets that linger are not waited for longer. */
const lastFiguresMs = 250;
const ringsMs = 50;
const lastCountersMs = 300;
const helloMs = 1000;

export class Kernel {
  /** Connections that are watched, and those that were. */
  readonly #open = new Set<string>();
  readonly #seen = new Set<string>();
  /** Samples to ask for: connection → why. One look at a connection serves all reasons of a moment. */
  readonly #asked = new Map<string, string>();
  readonly #watch: Command[] = [];
  #clocks: MessageOf<'clock'>['clock'][] = [];
  /** Losses as said last, by feature and cause. */
  readonly #lost = new Map<string, number>();
  #idle: (() => void) | undefined;
  #over = false;

  private constructor(
    readonly client: HelperClient,
    private readonly host: KernelHost,
    private readonly options: KernelOptions,
  ) {
    client.listen({
      message: (m) => this.#message(m),
      other: (m) => this.#other(m),
      end: ({ text, asked }) => {
        if (!asked) this.#ended(`The helper ${text}.`);
        this.#idle?.();
      },
    });
  }

  /** Starts the helper, if there is one; why not stands in the trace's sources. */
  static async start(host: KernelHost, options: KernelOptions): Promise<Kernel | undefined> {
    const found = options.file ? { file: options.file } : await locateHelper(options.folder);
    if ('missing' in found) {
      setSources(host.store, options, () => ({ state: 'unavailable', reason: found.missing, detail: found.detail }));
      return undefined;
    }
    const client = HelperClient.spawn(found.file, {
      features: [...(options.events ? Object.keys(sourceOf) : free), ...(options.more ?? [])],
      arguments: options.arguments ?? [],
    });
    const kernel = new Kernel(client, host, options);
    const { intervalMs = 1000, modulus = 1, families } = options;
    try {
      kernel.#welcome(await client.hello(helloMs));
      client.send({ cmd: 'configure', intervalMs, modulus, ...(families ? { families } : {}) });
      const { header } = host.store;
      host.store.header = {
        ...header,
        settings: { ...header.settings, kernelInterval: intervalMs * 1000, samplingModulus: modulus },
      };
      return kernel;
    } catch (error) {
      client.close();
      const detail = `The helper ${(error as Error).message}.`;
      setSources(host.store, options, () => ({ state: 'unavailable', reason: 'fault', detail }));
      return undefined;
    }
  }

  #welcome(hello: MessageOf<'hello'>): void {
    setSources(this.host.store, this.options, (name) => {
      const features = hello.features.filter((f) => sourceOf[f.name] === name);
      const there = features.filter((f) => f.state === 'available').map((f) => f.name);
      if (there.length === features.length) return { state: 'on', features: there, fromAt: 0 };
      const lacking = features.filter((f) => f.state !== 'available');
      const { reason, detail } = whyNot(lacking);
      if (there.length === 0) return { state: 'unavailable', reason, detail };
      return { state: 'partial', reason, detail, features: there, fromAt: 0 };
    });
  }

  /** The trace begins: its clock was set, and the counters are counted from here. */
  begin(): void {
    this.#clocks = [];
    this.client.send({ cmd: 'clock' }, { cmd: 'counters', trigger: 'begin' });
  }

  // --- from the records --------------------------------------------------------------------------------------------

  /** A connection is there, or changed. */
  connection(c: Connection): void {
    if (this.#over || this.#seen.has(c.id) || c.direction === 'in' || c.kind === 'unix' || !c.local) return;
    const udp = c.kind === 'udp';
    if (!udp && (c.connect?.result !== 'connected' || !c.remote)) return;
    this.#seen.add(c.id);
    this.#open.add(c.id);
    const born = c.connect?.beginAt ?? c.createdAt;
    const process = c.thread === undefined ? undefined : this.host.store.thread(c.thread)?.process;
    this.#watch.push({
      cmd: 'watch',
      id: c.id,
      protocol: udp ? 'udp' : 'tcp',
      local: c.local,
      ...(c.remote ? { remote: c.remote } : {}),
      ...(process ? { pid: process.pid } : {}),
      ...(born !== undefined ? { bornNs: this.#toNs(born) } : {}),
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
    const { host } = this;
    switch (m.t) {
      case 'hello':
        return;
      case 'clock':
        this.#clocks.push(m.clock);
        if (this.#clocks.length > mostClocks) this.#clocks = this.#clocks.filter((_, i) => i % 2 === 0);
        return this.#setClocks();
      case 'watched':
        if (m.found) {
          const { cookie, inode, uid } = m;
          host.fold({
            k: 'watched',
            connection: m.id,
            ...(cookie !== undefined ? { cookie } : {}),
            ...(inode !== undefined ? { inode } : {}),
            ...(uid !== undefined ? { uid } : {}),
          });
        }
        break;
      case 'route': {
        const { interface: name, mtu, nextHop, source } = m;
        const route = {
          ...(name !== undefined ? { interface: name } : {}),
          ...(mtu !== undefined ? { mtu } : {}),
          ...(nextHop !== undefined ? { nextHop } : {}),
          ...(source !== undefined ? { source } : {}),
        };
        host.fold({ k: 'route', connection: m.id, route });
        break;
      }
      case 'sample':
        host.fold({
          k: 'sample',
          connection: m.id,
          at: this.#toAt(m.at),
          trigger: m.trigger,
          totals: m.totals,
          ...(m.final ? { final: true } : {}),
        });
        if (m.final) this.#close(m.id);
        break;
      case 'ended':
        host.fold({
          k: 'missing',
          connection: m.id,
          reason: host.store.connections.get(m.id)?.kernel ? 'noFinal' : 'closedBeforeWatch',
        });
        this.#close(m.id);
        break;
      case 'failed':
        if (m.cmd === 'watch' && m.id !== undefined) {
          host.fold({ k: 'missing', connection: m.id, reason: m.errno === 1 ? 'otherUser' : m.reason });
          this.#close(m.id);
        }
        break;
      case 'counters':
        this.#setHeader({
          systemCounters: { beginAt: this.#toAt(m.beginAt), endAt: this.#toAt(m.at), by: 'procfs', values: m.values },
        });
        break;
      case 'interfaces':
        this.#setHeader({ interfaces: m.list as unknown as NetworkInterface[] });
        break;
      case 'lost':
        this.#losses(m);
        break;
      case 'stats':
        return;
    }
    host.changed();
  }

  #other(other: OtherMessage): void {
    const read = kernelMessage(other);
    if (!read || 'error' in read) return;
    if (read.message.t === 'conntrack') {
      const { message } = read;
      const clock = { monotonic: (ns: string) => this.#toAt(ns), realtime: (ns: string) => this.#wallToAt(ns) };
      this.host.fold({ k: 'conntrack', connection: message.id, entry: entryOf(message, clock) });
      return this.host.changed();
    }
    const toAt = (ns: string) => this.#toAt(ns);
    const event = eventOf(read.message, toAt);
    const fact = event ? ({ k: 'event', event, ...placeOf(read.message) } as const) : joinedOf(read.message, toAt);
    if (!fact) return;
    this.host.fold(fact);
    this.host.changed();
  }

  #close(id: string): void {
    this.#open.delete(id);
    if (this.#open.size === 0) this.#idle?.();
  }

  /** The helper counts from its begin; the trace has one entry for each cause. */
  #losses(m: MessageOf<'lost'>): void {
    if (m.feature === 'capture') return; // told with its packets
    for (const [cause, count] of Object.entries(m.lost)) {
      const key = `${m.feature} ${cause}`;
      const more = count - (this.#lost.get(key) ?? 0);
      if (more <= 0) continue;
      this.#lost.set(key, count);
      const source = sourceOf[m.feature] ?? m.feature;
      const at = this.#toAt(m.at);
      const events = source === 'bpf' || source === 'conntrack';
      const what = events ? 'kernelEvents' : 'kernelSamples';
      const reason = `${events ? `${m.feature}: ` : ''}${lossReasons[cause] ?? cause}`;
      const kind = cause === 'overflow' ? 'overflow' : cause === 'interrupted' ? 'interruptedDump' : 'dropped';
      this.host.store.addLoss({ source, what, kind, count: more, beginAt: at, endAt: at, reason });
    }
  }

  // --- end ---------------------------------------------------------------------------------------------------------

  /** The programs have ended: asks for the rest, and ends the helper. */
  async finish(): Promise<void> {
    this.flush();
    this.client.send({ cmd: 'counters', trigger: 'end' });
    await this.client.settled(1000);
    if (this.#open.size > 0 && !this.client.ended) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, lastFiguresMs);
        this.#idle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    if (this.options.events) await this.#lastEvents();
    if (!this.client.ended)
      for (const id of this.#open) this.host.fold({ k: 'missing', connection: id, reason: 'noFinal' });
    this.dispose();
  }

  /** What is in the kernel's rings still; counters of connection tracking come a while after the end of a connection. */
  async #lastEvents(): Promise<void> {
    const late = () => [...this.host.store.conntrackEntries.values()].some((e) => e.missing?.counters === 'untilEnd');
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
    const toAt = this.#toAt(process.hrtime.bigint().toString());
    setSources(this.host.store, this.options, (_, before) =>
      before.state === 'on' || before.state === 'partial'
        ? { ...before, state: 'partial', reason: 'fault', detail, toAt }
        : before,
    );
    this.host.changed();
  }

  // --- clocks ------------------------------------------------------------------------------------------------------

  #base(): bigint {
    return BigInt(this.host.store.header.beginMonotonicNs ?? '0');
  }

  /** µs since the trace began, to the ns. */
  #toAt(ns: string): number {
    return Number(BigInt(ns) - this.#base()) / 1000;
  }

  /** By the last of the kernel's clocks: entries are told as they happen. */
  #wallToAt(ns: string): number | undefined {
    const clock = this.#clocks.at(-1);
    if (!clock) return undefined;
    return this.#toAt((BigInt(ns) - BigInt(clock.realtimeNs) + BigInt(clock.monotonicNs)).toString());
  }

  #toNs(at: number): string {
    return (this.#base() + BigInt(Math.round(at * 1000))).toString();
  }

  #setClocks(): void {
    const clockSamples = this.#clocks.map(
      ({ monotonicNs, boottimeNs, realtimeNs, uncertaintyNs }): ClockSample => ({
        at: this.#toAt(monotonicNs),
        boottimeNs,
        realtimeNs,
        ...(uncertaintyNs !== undefined ? { uncertaintyNs } : {}),
      }),
    );
    this.#setHeader({ clockSamples });
  }

  #setHeader(fields: Partial<TraceStore['header']>): void {
    const { store } = this.host;
    store.header = { ...store.header, ...fields };
    store.touch();
  }
}

type Feature = MessageOf<'hello'>['features'][number];

/** In the words of sources; features that lack the same stand together. */
function whyNot(lacking: readonly Feature[]): { reason: string; detail: string } {
  const names = new Map<string, string[]>();
  for (const f of lacking) {
    const why = f.reason ?? f.error ?? 'not available';
    names.set(why, [...(names.get(why) ?? []), f.name]);
  }
  const detail = [...names].map(([why, list]) => `${list.join(', ')}: ${why}`).join('; ');
  if (lacking.some((f) => f.errno === 1 || f.errno === 13)) return { reason: 'noRights', detail };
  return { reason: lacking.some((f) => f.reason?.startsWith('notLoaded')) ? 'notLoaded' : 'kernelTooOld', detail };
}

const lossReasons: Record<string, string> = {
  unread: 'the helper’s messages were not read fast enough',
  overflow: 'more sockets ended than the kernel keeps messages of; how many is not told',
  interrupted: 'interfaces changed while they were read',
  broken: 'a message of the kernel that does not hold',
  kernel: 'more happened than found room in the kernel’s ring',
  denied: 'this kernel does not let its maps be read',
};

/** Of the sources that the helper was started for. */
function setSources(
  store: TraceStore,
  { events }: KernelOptions,
  of: (name: string, before: Source) => Omit<Source, 'name'>,
): void {
  const ours = new Set(Object.values(sourceOf));
  if (!events) for (const name of ['bpf', 'conntrack']) ours.delete(name);
  const { header } = store;
  store.header = {
    ...header,
    sources: header.sources.map((s) => (ours.has(s.name) ? { ...of(s.name, s), name: s.name } : s)),
  };
  store.touch();
}

/**
 * Capture by the npm package `cap`, where the user has put it beside Net Trace (`npm install --global cap` next to a
 * global nettrace). It is the last resort, for systems with neither the helper nor dumpcap: it is an addon that is built
 * for one Node, has no stamps of the kernel and does not report what it dropped. It is never loaded unless it is needed.
 */
import { createRequire as requireFrom } from 'node:module';
import { networkInterfaces } from 'node:os';
import { messageOf } from '../../model/base/text';
import type { PacketInterface, PacketStatistics } from '../../model/facts/packets';
import { Batches } from './batches';
import { type CaptureEngine, type CaptureOptions, CaptureUnavailable, filterOf, type StartedCapture } from './engine';

/** What is used of it. */
interface Cap {
  open(device: string, filter: string, bufferBytes: number, buffer: Buffer): string;
  close(): void;
  on(event: 'packet', listener: (bytes: number, truncated: boolean) => void): void;
}
interface CapModule {
  Cap: { new (): Cap; findDevice(address: string): string | undefined };
}

const linkTypes: Readonly<Record<string, number>> = { NULL: 0, ETHERNET: 1, RAW: 101, LINKTYPE_LINUX_SLL: 113 };
const bufferBytes = 10 * 1024 * 1024;
const maxPacket = 65_535;
const maxWaiting = 100_000;

export class CapEngine implements CaptureEngine {
  readonly name = 'cap';
  readonly timestamps = 'user';
  readonly lacks = [
    'stamps are taken when a packet reaches this program, later than it came',
    'packets that the system dropped are not counted',
    'packets are cut at 65,535 bytes, and their length on the wire is unknown',
  ];

  readonly #load: () => unknown;

  constructor(load: () => unknown = () => requireFrom(__filename)('cap')) {
    this.#load = load;
  }

  async start(options: CaptureOptions): Promise<StartedCapture> {
    let module: CapModule;
    try {
      module = this.#load() as CapModule;
    } catch {
      throw new CaptureUnavailable(
        'noHelper',
        'neither the helper, nor dumpcap, nor the npm package cap is installed.',
      );
    }
    try {
      return new CapCapture(module, options);
    } catch (error) {
      const text = messageOf(error);
      const rights = /permi|denied|root/i.test(text);
      throw new CaptureUnavailable(rights ? 'noRights' : 'fault', `cap cannot capture: ${text.slice(0, 200)}.`);
    }
  }
}

class CapCapture implements StartedCapture {
  readonly interfaces: PacketInterface[] = [];
  readonly filter: string;
  readonly #open: Cap[] = [];
  readonly batches = new Batches();
  #lost = 0;
  readonly #zero = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();

  readonly #module: CapModule;
  readonly #options: CaptureOptions;

  constructor(module: CapModule, options: CaptureOptions) {
    this.#module = module;
    this.#options = options;

    this.filter = filterOf(options);
    try {
      for (const device of this.#devices()) this.#capture(device);
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  /** Devices have names of their own on Windows: they are found by address. */
  #devices(): string[] {
    const wanted = this.#options.interfaces;
    const lists = Object.entries(networkInterfaces()).filter(
      ([name]) => !name.includes(':') && (wanted?.includes(name) ?? true),
    );
    const found = lists.flatMap(([name, list]) =>
      process.platform === 'win32' ? (this.#module.Cap.findDevice(list?.[0]?.address ?? '') ?? []) : name,
    );
    return [...new Set(found)];
  }

  #capture(device: string): void {
    const cap = new this.#module.Cap();
    const buffer = Buffer.alloc(maxPacket);
    const link = cap.open(device, this.filter, bufferBytes, buffer);
    const place = this.interfaces.length;
    this.interfaces.push({ name: device, linkType: linkTypes[link] ?? -1, snaplen: maxPacket });
    this.#open.push(cap);
    cap.on('packet', (bytes) => {
      if (this.batches.size >= maxWaiting) {
        this.#lost++;
        return;
      }
      const data = Buffer.from(buffer.subarray(0, Math.min(bytes, this.#options.snaplen)));
      this.batches.push([{ interface: place, ns: this.#zero + process.hrtime.bigint(), data, length: bytes }]);
    });
  }

  discarded(): number {
    return this.#lost;
  }

  async stop(): Promise<PacketStatistics[]> {
    // What the kernel holds is handed over within a turn of the loop or two.
    await new Promise((resolve) => setTimeout(resolve, 100));
    this.#close();
    return [];
  }

  #close(): void {
    for (const cap of this.#open) cap.close();
    this.batches.end();
  }
}

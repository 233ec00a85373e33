/**
 * Capture by Wireshark's `dumpcap`, where it is installed and this user may run it: it has its own permissions, so Net
 * Trace needs none. It writes pcapng to its standard output.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { PcapngReader } from '../../formats/pcapng/read';
import type { PacketInterface, PacketStatistics, RawPacket } from '../../model/facts/packets';
import { type CaptureEngine, type CaptureOptions, CaptureUnavailable, filterOf, type StartedCapture } from './engine';

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Packets wait in the kernel at most so long (dumpcap asks for 250 ms) before they are handed over. */
const handedOverMs = 350;
const startMs = 10_000;
/** A busy machine may take longer. */
const maxHandedOverMs = 3000;
/** MiB in the kernel for each interface. */
const bufferSize = '32';
/** Bytes that wait in dumpcap until this host reads: it would keep no more than 1,000 packets. */
const queueSize = String(64 * 1024 * 1024);

export class DumpcapEngine implements CaptureEngine {
  readonly name = 'dumpcap';
  readonly timestamps = 'kernel';
  readonly lacks = ['packets of other programs reach this one before they are thrown away'];

  readonly #program: readonly string[];

  /** `program`: another than that of the PATH, and its first arguments. */
  constructor(program: readonly string[] = ['dumpcap']) {
    this.#program = program;
  }

  async start(options: CaptureOptions): Promise<StartedCapture> {
    if (process.platform === 'win32') throw new CaptureUnavailable('platform', 'dumpcap is not used on Windows.');
    const names = options.interfaces ?? interfacesInUse();
    try {
      return await new Dumpcap(this.#program, names, options).ready();
    } catch (error) {
      const rights = error instanceof CaptureUnavailable && error.reason !== 'fault';
      if (rights || process.platform !== 'linux' || names[0] === 'any' || options.interfaces) throw error;
      // One interface that cannot be captured makes dumpcap give up all; the pseudo-interface of all of them is left.
      return await new Dumpcap(this.#program, ['any'], options).ready();
    }
  }
}

/** Interfaces that are up and have an address; each by itself, as `any` shows loopback twice. */
function interfacesInUse(): string[] {
  const names = Object.keys(networkInterfaces()).filter((name) => !name.includes(':'));
  return names.length > 0 ? names : ['any'];
}

class Dumpcap {
  readonly #child: Child;
  readonly #filter: string;
  readonly #interfaces: PacketInterface[] = [];
  readonly #statistics: PacketStatistics[] = [];
  readonly #ended: Promise<void>;
  readonly #reader: PcapngReader;
  #batch: RawPacket[] = [];
  #said = '';
  #failed: Error | undefined;
  #mark: { bytes: Buffer; seen(): void } | undefined;

  readonly #names: readonly string[];

  constructor(program: readonly string[], names: readonly string[], options: CaptureOptions) {
    this.#names = names;

    this.#filter = filterOf(options);
    this.#reader = new PcapngReader({
      interface: (i) => this.#interfaces.push({ name: i.name ?? '', linkType: i.linkType, snaplen: i.snaplen }),
      packet: ({ interface: { index }, ns, data, length, direction }) => {
        if (ns === undefined) return;
        if (this.#mark && data.includes(this.#mark.bytes)) this.#mark.seen();
        this.#batch.push({ interface: index, ns, data, length, ...(direction === undefined ? {} : { direction }) });
      },
      statistics: ({ interface: { index }, ...s }) => this.#statistics.push({ interface: index, ...s }),
    });
    const [command, ...first] = program as [string, ...string[]];
    const common = ['-q', '-p', '-f', this.#filter, '-s', String(options.snaplen), '-B', bufferSize, '-C', queueSize];
    const args = [...first, ...common, ...names.flatMap((name) => ['-i', name]), '-w', '-'];
    // In its own process group: Ctrl-C is for the program, whose last packets are still to come.
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#failed = error;
        resolve();
      });
      this.#child.once('close', () => resolve());
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (this.#said.length < 8192) this.#said += text;
    });
  }

  /** Resolves once every interface is being captured. */
  async ready(): Promise<StartedCapture> {
    const chunks = this.#child.stdout[Symbol.asyncIterator]();
    const late = AbortSignal.timeout(startMs);
    const stopped = new Promise<'late'>((resolve) => late.addEventListener('abort', () => resolve('late')));
    // dumpcap names the interfaces once the sockets of all are open and their filters are set.
    while (this.#interfaces.length < this.#names.length) {
      const next = await Promise.race([chunks.next(), stopped]);
      if (next === 'late' || next.done === true) {
        this.#child.kill('SIGKILL');
        await this.#ended;
        throw this.#unavailable(next === 'late');
      }
      this.#reader.push(next.value as Buffer);
    }
    this.#child.unref();
    return {
      interfaces: this.#interfaces,
      filter: this.#filter,
      batches: this.#batches(chunks),
      stop: () => this.#stop(),
    };
  }

  async *#batches(chunks: AsyncIterator<Buffer>): AsyncGenerator<RawPacket[]> {
    for (;;) {
      const batch = this.#batch;
      this.#batch = [];
      if (batch.length > 0) yield batch;
      const next = await chunks.next();
      if (next.done === true) return;
      this.#reader.push(next.value);
    }
  }

  async #stop(): Promise<PacketStatistics[]> {
    this.#child.ref();
    await Promise.all([wait(handedOverMs), this.#drained()]);
    this.#child.kill('SIGINT');
    const killed = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    await this.#ended;
    clearTimeout(killed);
    return this.#statistics;
  }

  /** Sends a datagram to itself over loopback: when it is handed over, so is all that came before it. */
  async #drained(): Promise<void> {
    if (!this.#names.some((name) => name === 'lo' || name === 'lo0' || name === 'any')) return;
    const bytes = randomBytes(24);
    const socket = createSocket('udp4');
    try {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(resolve, maxHandedOverMs);
        this.#mark = {
          bytes,
          seen: () => {
            clearTimeout(timer);
            resolve();
          },
        };
        socket.once('error', reject);
        socket.bind(0, '127.0.0.1', () => socket.send(bytes, socket.address().port, '127.0.0.1'));
      });
    } catch {
      // No loopback of IPv4: then the time alone must do.
    } finally {
      this.#mark = undefined;
      socket.close();
    }
  }

  #unavailable(late: boolean): CaptureUnavailable {
    if ((this.#failed as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
      return new CaptureUnavailable('noHelper', 'dumpcap is not installed (Debian and Ubuntu: wireshark-common).');
    if (late) return new CaptureUnavailable('fault', `dumpcap did not start within ${startMs / 1000} s.`);
    const denied = (this.#failed as NodeJS.ErrnoException | undefined)?.code === 'EACCES';
    if (denied || /permission|not permitted/i.test(this.#said)) {
      return new CaptureUnavailable(
        'noRights',
        'dumpcap may not capture as this user (Debian and Ubuntu: sudo dpkg-reconfigure wireshark-common, then join the group wireshark).',
      );
    }
    const line = this.#said.split('\n').find((l) => /error|no such|cannot|could not|couldn't|failed/i.test(l));
    return new CaptureUnavailable('fault', `dumpcap ended: ${line?.trim().slice(0, 200) ?? 'it gave no reason'}.`);
  }
}

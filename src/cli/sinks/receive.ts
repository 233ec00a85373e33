/**
 * `nettrace receive`: shows what `--stream` and `--statsd` send, and counts what did not arrive. Records go to stdout as
 * they are, one a line, of StatsD each line; what nettrace says goes to stderr. All that comes is untrusted: each line is
 * made printable, and the number of streams that are followed is bounded.
 */
import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import { numberText, plural } from '../../model/base/text';
import { complain, printable, UsageError } from '../terminal/say';
import { type Address, addressOf, loopback, placeText } from './address';

export interface ReceiveOptions {
  port: string;
  /** Address to listen on. */
  host?: string;
  /** Ends after so many records. */
  count?: number;
  /** No records, only the figures at the end. */
  quiet?: boolean;
}

/** Streams (traces) whose sequence is followed. */
const maxStreams = 256;
/** Asked of the system, so that a burst has room; it may grant less. */
const bufferBytes = 4 * 1024 * 1024;

/** Sequence numbers of one trace: how many came, and how many of those before the highest did not. */
class Sequence {
  received = 0;
  #highest = 0;

  add(seq: number): void {
    this.received++;
    this.#highest = Math.max(this.#highest, seq);
  }

  /** A number that came twice makes up for one that did not: networks rarely do that. */
  get lost(): number {
    return Math.max(0, this.#highest - this.received);
  }
}

export class Received {
  records = 0;
  /** Lines of StatsD, or of somebody else. */
  lines = 0;
  readonly #streams = new Map<string, Sequence>();

  /** Lines to show. */
  add(text: string): string[] {
    const record = recordOf(text);
    if (!record) {
      const lines = text.split('\n').filter((line) => line !== '');
      this.lines += lines.length;
      return lines.map(printable);
    }
    const { trace, seq, event } = record;
    if (!this.#streams.has(trace) && this.#streams.size < maxStreams) this.#streams.set(trace, new Sequence());
    this.#streams.get(trace)?.add(seq);
    if (event !== 'end') this.records++;
    return [printable(text)];
  }

  get lost(): number {
    return [...this.#streams.values()].reduce((sum, s) => sum + s.lost, 0);
  }

  summary(): string {
    const traces = this.#streams.size > 0 ? ` of ${plural(this.#streams.size, 'trace')}` : '';
    const lines = this.lines > 0 ? `, ${plural(this.lines, 'other line')}` : '';
    return `received ${plural(this.records, 'record')}${traces}, ${numberText(this.lost)} lost${lines}`;
  }
}

function recordOf(text: string): { trace: string; seq: number; event: unknown } | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const { trace, seq, event } = JSON.parse(text) as Record<string, unknown>;
    if (!Number.isSafeInteger(seq) || (seq as number) < 1) return undefined;
    return { trace: typeof trace === 'string' ? trace.slice(0, 64) : '', seq: seq as number, event };
  } catch {
    return undefined;
  }
}

/** Ends with Ctrl-C, SIGTERM, or after `count` records. Throws UsageError. */
export async function receive(options: ReceiveOptions): Promise<void> {
  const { port } = addressOf('--port', options.port, 'listen');
  const at: Address = { host: options.host ?? loopback, port };
  if (isIP(at.host) === 0) throw new UsageError('--host: use an address, such as 127.0.0.1 or 0.0.0.0.');
  const received = new Received();
  const socket = createSocket({ type: isIP(at.host) === 6 ? 'udp6' : 'udp4', recvBufferSize: bufferBytes });
  const over = new Promise<void>((resolve) => {
    socket.on('message', (bytes) => {
      if (options.count !== undefined && received.records >= options.count) return;
      for (const line of received.add(bytes.toString('utf8'))) if (!options.quiet) process.stdout.write(`${line}\n`);
      if (options.count !== undefined && received.records >= options.count) resolve();
    });
    process.once('SIGINT', resolve).once('SIGTERM', resolve);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (e: NodeJS.ErrnoException) =>
      reject(new UsageError(`cannot receive at ${placeText(at)}: ${e.code ?? e.message}.`)),
    );
    socket.bind(at.port, at.host, resolve);
  });
  complain(`receiving at udp://${placeText({ host: at.host, port: socket.address().port })}`);
  await over;
  socket.close();
  complain(received.summary());
}

/** What a tcpdump of loopback says of each connection, on the axis of the trace (µs of CLOCK_MONOTONIC). */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { written } from '../support/captureFile';
import { until } from '../support/clock';

/** Instants of the packets of one client connection; absent: no such packet. */
export interface Packets {
  syn?: number;
  synAck?: number;
  clientHello?: number;
  finished?: number;
  requestFirst?: number;
  responseFirst?: number;
  responseLast?: number;
  /** The client's end of the connection. */
  closed?: number;
}

/** Why no packets can be captured here; absent: they can. */
export function whyNoCapture(): string | undefined {
  if (process.getuid?.() !== 0) return 'capturing packets needs root';
  return spawnSync('tcpdump', ['--version']).status === 0 ? undefined : 'no tcpdump (Debian: tcpdump)';
}

/** Wall clock minus CLOCK_MONOTONIC in µs, by a fresh process: its own origin is that of now. */
function offset(): number {
  const script =
    'let best;for(let i=0;i<200;i++){const a=process.hrtime.bigint();const w=performance.timeOrigin*1000+performance.now()*1000;const b=process.hrtime.bigint();const d=Number(b-a);if(!best||d<best[0])best=[d,w-Number((a+b)/2n)/1000]}console.log(best[1])';
  return Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
}

/** More than this between two readings of the clocks' distance: somebody set the wall clock. */
export const stepUs = 300;
const everyMs = 50;

/** The wall clock was set while packets were stamped with it: their instants mean nothing. */
export class ClockStep extends Error {}

/** Whether wall clock and monotonic clock keep their distance, to the millisecond that is cheap to read. */
class Watch {
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  readonly #timer = setInterval(() => this.#look(), everyMs);

  #look(): void {
    const before = performance.now();
    const distance = Date.now() - before;
    // Put aside between the two readings: says nothing.
    if (performance.now() - before > 0.5) return;
    this.#min = Math.min(this.#min, distance);
    this.#max = Math.max(this.#max, distance);
  }

  /** Whether a step was seen. */
  end(): boolean {
    clearInterval(this.#timer);
    return this.#max - this.#min > 3;
  }
}

export class Capture {
  readonly #tcpdump: ReturnType<typeof spawn>;
  #said = '';
  readonly #before = offset();
  readonly #watch = new Watch();

  readonly #file: string;
  readonly #ports: readonly number[];

  constructor(file: string, ports: readonly number[]) {
    this.#file = file;
    this.#ports = ports;

    const filter = ports.map((p) => `tcp port ${p}`).join(' or ');
    const options = ['-i', 'lo', '-w', file, '-s', '9000', '-U', '--immediate-mode', '-B', '32768', '-Z', 'root'];
    this.#tcpdump = spawn('tcpdump', [...options, filter], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#tcpdump.stderr?.on('data', (d) => {
      this.#said += d;
    });
  }

  begun(): Promise<boolean> {
    return until('tcpdump', () => this.#said.includes('listening on'));
  }

  /** Ends the capture; packets by the client's port. Throws a ClockStep when they cannot be determined. */
  async end(): Promise<Map<number, Packets[]>> {
    const closed = new Promise((done) => this.#tcpdump.on('close', done));
    await written(this.#file, this.#ports[0] as number);
    this.#tcpdump.kill('SIGINT');
    await closed;
    const stepped = this.#watch.end();
    const after = offset();
    if (stepped || Math.abs(after - this.#before) > stepUs) throw new ClockStep();
    return read(readFileSync(this.#file), new Set(this.#ports), (this.#before + after) / 2);
  }
}

const tls = { handshake: 22, data: 23 };

/** TLS records that begin in a packet: good enough for packets that begin with a record. */
function recordsOf(payload: Buffer, length: number): { type: number; size: number }[] {
  const records: { type: number; size: number }[] = [];
  for (let at = 0; at + 5 <= payload.length && at < length; ) {
    const type = payload[at] as number;
    if (type < 20 || type > 23 || payload[at + 1] !== 3) return records;
    const size = payload.readUInt16BE(at + 3);
    records.push({ type, size });
    at += 5 + size;
  }
  return records;
}

/** A piece of the answer is larger than all else that a TLS server says after its handshake (tickets). */
const pieceBytes = 1500;
const isPiece = (secure: boolean, payload: Buffer, length: number): boolean =>
  secure ? recordsOf(payload, length).some((r) => r.size >= pieceBytes) : length >= pieceBytes;

/** The server pauses in its answer longer than this: a later packet of it is another part. */
const pauseUs = 8000;

type Reading = Packets & { encrypted?: number; secure?: boolean };

/** A port may come again: its connections in their order. */
function read(file: Buffer, servers: Set<number>, wallToMonotonic: number): Map<number, Packets[]> {
  const found = new Map<number, Reading[]>();
  for (let at = 24; at + 16 <= file.length; ) {
    const t = file.readUInt32LE(at) * 1e6 + file.readUInt32LE(at + 4) - wallToMonotonic;
    const size = file.readUInt32LE(at + 8);
    const ip = file.subarray(at + 16 + 14, at + 16 + size);
    at += 16 + size;
    const ipLength = ((ip[0] as number) & 15) * 4;
    const tcp = ip.subarray(ipLength);
    const from = tcp.readUInt16BE(0);
    const to = tcp.readUInt16BE(2);
    const flags = tcp[13] as number;
    const tcpLength = ((tcp[12] as number) >> 4) * 4;
    const length = ip.readUInt16BE(2) - ipLength - tcpLength;
    const payload = tcp.subarray(tcpLength);
    const mine = servers.has(to);
    const port = mine ? from : to;
    const before = found.get(port) ?? [];
    found.set(port, before);
    const begins = mine && (flags & 2) !== 0;
    const last = before.at(-1);
    const p = last === undefined || (begins && last.synAck !== undefined) ? {} : last;
    if (p !== last) before.push(p);
    if (begins) p.syn ??= t;
    if (!mine && (flags & 18) === 18) p.synAck ??= t;
    if (mine && (flags & 5) !== 0) p.closed ??= t;
    if (length <= 0) continue;
    if (mine) fromClient(p, t, payload, length);
    else if (p.requestFirst !== undefined && isPiece(p.secure === true, payload, length)) {
      if (p.responseFirst === undefined) p.responseFirst = t;
      else if (t - p.responseFirst > pauseUs) p.responseLast ??= t;
    }
  }
  return found;
}

function fromClient(p: Reading, t: number, payload: Buffer, length: number): void {
  const types = recordsOf(payload, length).map((r) => r.type);
  if (p.secure === undefined) p.secure = types[0] === tls.handshake;
  if (!p.secure) {
    p.requestFirst ??= t;
    return;
  }
  if (p.clientHello === undefined) {
    p.clientHello = t;
    return;
  }
  // TLS 1.3: the client's first encrypted record is its Finished, the second one the request.
  for (const type of types) {
    if (type !== tls.data) continue;
    p.encrypted = (p.encrypted ?? 0) + 1;
    if (p.encrypted === 1) p.finished = t;
    if (p.encrypted === 2) p.requestFirst ??= t;
  }
}

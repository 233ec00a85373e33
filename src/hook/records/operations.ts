/**
 * Operations of one socket: what each read and write carried, as far as JavaScript sees it. Kept in a ring until the
 * end of the tick, then written in lines of their own. Only with the setting `sockets`.
 *
 * An operation is what the socket's counters moved by: so the bytes of all operations are the bytes of the connection,
 * TLS records included. A read is known when its data is handed to JavaScript (call and return are one instant); a write
 * returns when the kernel has taken all of it, which is seen at the next event of the socket where it had to wait. What
 * native code read or wrote alone (HTTP/2 takes the socket over) is reported at the close, as one operation without instants.
 */

import { bounded } from '../output/json';
import { push, type Writable } from '../output/queue';
import { stringify } from '../runtime/builtins';
import { now, us } from '../runtime/clock';

/** Numbers of the kinds in the lines. */
export const kinds = { read: 0, readFrom: 1, write: 2, writeTo: 3 } as const;
type Kind = keyof typeof kinds;

export interface Operation {
  kind: Kind;
  /** Raw readings of the clock; 0: not known. */
  at: number;
  returnAt: number;
  bytes: number;
  address: string;
  port: number;
  error: string;
}

/** What a handle of a stream counts. */
export interface Counted {
  bytesRead?: number;
  bytesWritten?: number;
  writeQueueSize?: number;
}

const max = 256;
/** Bytes of operations in one line: the frame of the line comes to it. */
const perLine = 3800;

export class Operations implements Writable {
  private list: Operation[] = [];
  private dropped = 0;
  private queued = false;
  private closed = false;
  private read = 0;
  private written = 0;
  /** A write that the kernel has not taken whole. */
  private waiting: Operation | undefined;

  /** `connection` gives its id once its lines may be written, 0 before. */
  constructor(private readonly connection: () => number) {}

  add(kind: Kind, at: number, bytes: number, address = '', port = 0, error = ''): Operation {
    const operation = { kind, at, returnAt: at, bytes, address, port, error };
    if (this.list.length >= max) {
      this.list.shift();
      this.dropped++;
    }
    this.list.push(operation);
    this.queue();
    return operation;
  }

  private queue(): void {
    if (this.queued) return;
    this.queued = true;
    push(this);
  }

  /** Data, or the end, is handed to JavaScript. In TLS several pieces may come of one read. */
  hasRead(handle: Counted, secure: boolean): void {
    const bytes = (handle.bytesRead ?? 0) - this.read;
    if (bytes === 0 && secure) return;
    this.read += bytes;
    this.add('read', now(), bytes);
  }

  hasWritten(handle: Counted, at: number): void {
    const bytes = (handle.bytesWritten ?? 0) - this.written;
    if (bytes === 0) return;
    this.written += bytes;
    const operation = this.add('write', at, bytes);
    operation.returnAt = 0;
    this.waiting = operation;
    this.settle(handle);
  }

  /** Whether what had to wait has gone. */
  settle(handle: Counted): void {
    const { waiting } = this;
    if (waiting === undefined || handle.writeQueueSize !== 0) return;
    waiting.returnAt = now();
    this.waiting = undefined;
    this.queue();
  }

  /** The socket breaks by a system call, or is closed: what nobody saw pass comes without instants. */
  close(handle: Counted | null | undefined, syscall: unknown, code: unknown): void {
    const failed = typeof code === 'string' ? code : '';
    this.closed = true;
    this.queue();
    if (handle) {
      this.settle(handle);
      const read = (handle.bytesRead ?? 0) - this.read;
      const unsent = handle.writeQueueSize ?? 0;
      const written = (handle.bytesWritten ?? 0) - this.written;
      this.read += read;
      this.written += written;
      if (read > 0) this.add('read', 0, read);
      if (written > 0) this.add('write', 0, written);
      // What waited for room when the socket was closed was never sent.
      if (this.waiting !== undefined && unsent > 0) this.waiting.bytes = Math.max(0, this.waiting.bytes - unsent);
    }
    if (failed === '') return;
    if (syscall === 'read') this.add('read', now(), 0, '', 0, failed);
    else if (syscall === 'write' && this.waiting !== undefined) this.waiting.error = failed;
    else if (syscall === 'write') this.add('write', now(), 0, '', 0, failed);
  }

  lines(): string {
    const connection = this.connection();
    this.queued = false;
    if (connection === 0 || this.list.length === 0) return '';
    let head = `{"k":"ops","connection":${connection}${this.dropped > 0 ? `,"dropped":${this.dropped}` : ''},"list":[`;
    let lines = '';
    let part = '';
    const kept: Operation[] = [];
    for (const operation of this.list) {
      // A write still waiting is reported when it is done, or at the close.
      if (operation === this.waiting && !this.closed) {
        kept.push(operation);
        continue;
      }
      const text = textOf(operation);
      if (part.length + text.length > perLine) {
        lines += bounded(`${head}${part}]}\n`);
        head = `{"k":"ops","connection":${connection},"list":[`;
        part = '';
      }
      part += part === '' ? text : `,${text}`;
    }
    this.list = kept;
    this.dropped = 0;
    if (part !== '') lines += bounded(`${head}${part}]}\n`);
    return lines;
  }
}

const textOf = (o: Operation): string => {
  const at = o.at === 0 ? 'null' : us(o.at);
  const returnAt = o.returnAt === 0 ? 'null' : us(o.returnAt);
  const start = `[${kinds[o.kind]},${at},${returnAt},${o.bytes}`;
  if (o.address === '' && o.error === '') return `${start}]`;
  const remote = o.address === '' ? 'null,null' : `${stringify(o.address.slice(0, 64))},${o.port}`;
  return `${start},${remote}${o.error === '' ? '' : `,${stringify(o.error.slice(0, 32))}`}]`;
};

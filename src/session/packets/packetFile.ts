/**
 * Bytes of the packets that are kept: one file beside the spool, which only this user can read, written at its end until
 * its limit is reached. It has no name from the start, so the system deletes it with this process, however that ends.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export class PacketFile {
  readonly #fd: number;
  #size = 0;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** Why it takes no more; absent: it does. */
  full: 'limit' | 'disk' | undefined;

  readonly #limit: number;

  constructor(folder: string, limit: number) {
    this.#limit = limit;

    const path = join(folder, `packets-${randomBytes(8).toString('hex')}`);
    this.#fd = openSync(path, 'wx+', 0o600);
    try {
      unlinkSync(path);
    } catch {
      // Where an open file keeps its name it goes with the spool.
    }
  }

  /** Returns the offset of the bytes in the file; undefined: there is no room. */
  add(bytes: Uint8Array): number | undefined {
    if (this.full === undefined && this.#size + this.#waitingBytes + bytes.length > this.#limit) this.full = 'limit';
    if (this.full !== undefined) return undefined;
    const at = this.#size + this.#waitingBytes;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    return at;
  }

  /** Writes what was added. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.concat(this.#waiting, this.#waitingBytes);
    this.#waiting = [];
    this.#waitingBytes = 0;
    try {
      for (let done = 0; done < bytes.length; )
        done += writeSync(this.#fd, bytes, done, bytes.length - done, this.#size + done);
      this.#size += bytes.length;
    } catch {
      // What was promised is not there: reading it gives less, and the packet is left out.
      this.full = 'disk';
    }
  }

  /** undefined: the bytes are not there, as the disk was full. */
  read(at: number, length: number): Buffer | undefined {
    const bytes = Buffer.alloc(length);
    try {
      return readSync(this.#fd, bytes, 0, length, at) === length ? bytes : undefined;
    } catch {
      return undefined;
    }
  }

  close(): void {
    try {
      closeSync(this.#fd);
    } catch {
      // Closed already.
    }
  }
}

/**
 * Cuts the bytes of one spool file into lines. The file is written by a program that may die at any byte, or write
 * rubbish into it: whatever comes, each whole line is given out once, in order, with the offset of its first byte.
 */

/** Far above what the hook writes (4 KiB): a longer "line" is not ours, and is not kept in memory. */
const maxLineBytes = 256 * 1024;

export interface LineReceiver {
  line(text: string, offset: number): void;
  /** A line longer than any event; it was passed over. */
  tooLong(offset: number): void;
}

export class LineSplitter {
  /** Offset of the first byte that belongs to no line given out yet. */
  #begin = 0;
  #rest: Buffer = Buffer.alloc(0);
  #skipping = false;

  /** Bytes taken in so far: where to read on. */
  get offset(): number {
    return this.#begin + this.#rest.length;
  }

  /** True while the last line lacks its newline: the writer is in the middle of it, or died there. */
  get pending(): boolean {
    return this.#rest.length > 0 || this.#skipping;
  }

  push(chunk: Buffer, to: LineReceiver): void {
    // Offsets count bytes of the file; `rest` is the text before the chunk that has no newline yet.
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(10, this.#rest.length); end >= 0; end = bytes.indexOf(10, from)) {
      if (this.#skipping) this.#skipping = false;
      else if (end - from > maxLineBytes) to.tooLong(this.#begin);
      else if (end > from) to.line(bytes.toString('utf8', from, end), this.#begin);
      this.#begin += end + 1 - from;
      from = end + 1;
    }
    this.#rest = bytes.subarray(from);
    if (this.#rest.length > maxLineBytes || this.#skipping) {
      if (!this.#skipping) to.tooLong(this.#begin);
      this.#skipping = true;
      this.#begin += this.#rest.length;
      this.#rest = Buffer.alloc(0);
    } else if (this.#rest.length > 0 && this.#rest.length < bytes.length) {
      this.#rest = Buffer.from(this.#rest); // let go of the big chunk behind the small rest
    }
  }
}

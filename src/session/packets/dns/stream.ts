/** One direction of DNS over TCP: messages behind their length. Segments that come out of order are put in order. */
const maxBytes = 128 * 1024;

export class DnsStream {
  #next: number | undefined;
  #bytes: Buffer = Buffer.alloc(0);
  readonly #early = new Map<number, Uint8Array>();

  /** The messages that are whole now. `flags`: FIN 1, SYN 2, RST 4. */
  push(sequence: number, flags: number, payload: Uint8Array): Buffer[] {
    if ((flags & 2) !== 0) {
      this.#next = (sequence + 1) >>> 0;
      return [];
    }
    if (payload.length === 0) return [];
    this.#next ??= sequence;
    if (sequence !== this.#next) {
      if (this.#early.size < 16) this.#early.set(sequence, payload);
      return [];
    }
    let piece: Uint8Array | undefined = payload;
    while (piece) {
      this.#bytes = Buffer.concat([this.#bytes, piece]);
      this.#next = ((this.#next ?? 0) + piece.length) >>> 0;
      piece = this.#early.get(this.#next);
      this.#early.delete(this.#next);
    }
    return this.#messages();
  }

  #messages(): Buffer[] {
    const out: Buffer[] = [];
    while (this.#bytes.length >= 2) {
      const length = this.#bytes.readUInt16BE(0);
      if (this.#bytes.length < 2 + length) break;
      out.push(this.#bytes.subarray(2, 2 + length));
      this.#bytes = this.#bytes.subarray(2 + length);
    }
    if (this.#bytes.length > maxBytes) this.#bytes = Buffer.alloc(0);
    return out;
  }
}

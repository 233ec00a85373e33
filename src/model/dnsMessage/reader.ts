/** Reads the pieces of a DNS message. What is read comes from anybody: nothing here throws or follows a pointer forward. */

/** Reads within bounds; whatever goes beyond them makes it `failed`, and gives zeros from then on. */
export class Reader {
  failed = false;
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
    readonly end = bytes.length,
  ) {}

  get left(): number {
    return this.end - this.at;
  }

  skip(n: number): boolean {
    if (n > this.left) {
      this.failed = true;
      return false;
    }
    this.at += n;
    return true;
  }

  uint8(): number {
    const { at } = this;
    return this.skip(1) ? (this.bytes[at] ?? 0) : 0;
  }

  uint16(): number {
    return this.uint8() * 256 + this.uint8();
  }

  uint32(): number {
    return this.uint16() * 65_536 + this.uint16();
  }

  /** Text of n bytes; what is no printable ASCII as `\DDD`. */
  text(n: number): string {
    const { at } = this;
    return this.skip(n) ? printable(this.bytes.subarray(at, at + n)) : '';
  }

  /** A name without the last dot; the root is a dot. Pointers go back only, so there is no loop. */
  name(): string {
    const labels: string[] = [];
    let length = 0;
    let jumped = -1;
    let place = this.at;
    let min = this.at;
    for (;;) {
      // Inside the record's own data the name ends with it; behind a pointer the whole message counts.
      const end = jumped < 0 ? this.end : this.bytes.length;
      if (place >= end) return this.#none();
      const n = this.bytes[place] as number;
      if (n === 0) {
        this.at = jumped < 0 ? place + 1 : jumped;
        return labels.length === 0 ? '.' : labels.join('.');
      }
      if (n >= 0xc0) {
        if (place + 1 >= end) return this.#none();
        const to = ((n & 0x3f) << 8) | (this.bytes[place + 1] as number);
        if (to >= min) return this.#none();
        if (jumped < 0) jumped = place + 2;
        min = to;
        place = to;
        continue;
      }
      length += n + 1;
      if (n > 63 || place + 1 + n > end || length > 254) return this.#none();
      labels.push(printable(this.bytes.subarray(place + 1, place + 1 + n), true));
      place += n + 1;
    }
  }

  #none(): string {
    this.failed = true;
    return '';
  }
}

function printable(bytes: Uint8Array, isLabel = false): string {
  let s = '';
  for (const b of bytes) {
    if (b < 0x21 || b > 0x7e) s += b === 0x20 && !isLabel ? ' ' : `\\${String(b).padStart(3, '0')}`;
    else if (isLabel && (b === 0x2e || b === 0x5c)) s += `\\${String.fromCharCode(b)}`;
    else s += String.fromCharCode(b);
  }
  return s;
}

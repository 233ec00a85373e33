/**
 * Frames of one direction of a WebSocket, read from their headers alone, which chunk boundaries may split anywhere. The
 * payload between two headers is skipped by its length, so a chunk costs a few steps per frame, whatever its size. Of
 * the payloads only the code of a close frame is read.
 */
interface FrameTotals {
  count: number;
  messages: number;
  payloadBytes: number;
  text?: number;
  binary?: number;
  continuation?: number;
  ping?: number;
  pong?: number;
  close?: number;
  compressed?: number;
  closeCode?: number;
}

const names = { 0: 'continuation', 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' } as const;
type Opcode = keyof typeof names;
const isOpcode = (n: number): n is Opcode => n in names;

/** Two bytes, eight of a length, four of a mask, and two of a code that the peer gives when it closes. */
const head = 16;

export class Frames {
  private readonly sums: FrameTotals = { count: 0, messages: 0, payloadBytes: 0 };
  private readonly bytes = new Uint8Array(head);
  private have = 0;
  private need = 2;
  /** Bytes of the frame's payload that are still to come. */
  private left = 0;
  private opcode: Opcode = 0;
  private final = false;
  /** Not frames: what follows cannot be decoded. */
  private lost = false;

  take(piece: Uint8Array): void {
    const { length } = piece;
    for (let i = 0; i < length && !this.lost; ) {
      if (this.left > 0) {
        const skipped = Math.min(this.left, length - i);
        this.left -= skipped;
        i += skipped;
        if (this.left === 0) this.end();
        continue;
      }
      this.bytes[this.have++] = piece[i++] as number;
      if (this.have === this.need) this.step();
    }
  }

  /** A piece that is inside the payload of one frame needs no look at its bytes. */
  skip(bytes: number): boolean {
    if (this.lost) return true;
    if (bytes >= this.left) return false;
    this.left -= bytes;
    return true;
  }

  /** Absent: none came, or it is no stream of frames. */
  totals(): FrameTotals | undefined {
    return this.lost || this.sums.count === 0 ? undefined : this.sums;
  }

  private step(): void {
    const { bytes } = this;
    const second = bytes[1] as number;
    const short = second & 0x7f;
    const masked = (second & 0x80) !== 0;
    const ofLength = short === 126 ? 2 : short === 127 ? 8 : 0;
    const whole = 2 + ofLength + (masked ? 4 : 0);
    if (this.have === 2) {
      const opcode = (bytes[0] as number) & 0x0f;
      if (!isOpcode(opcode) || (opcode >= 8 && short > 125)) {
        this.lost = true;
        return;
      }
      this.opcode = opcode;
      this.need = whole + (opcode === 8 && short >= 2 ? 2 : 0);
      if (this.need > 2) return;
    }
    let size = short;
    if (ofLength > 0) {
      size = 0;
      for (let i = 2; i < 2 + ofLength; i++) size = size * 256 + (bytes[i] as number);
    }
    if (this.need > whole) {
      const byte = (n: number) => (bytes[whole + n] as number) ^ (masked ? (bytes[whole - 4 + n] as number) : 0);
      this.sums.closeCode = byte(0) * 256 + byte(1);
    }
    this.begin(size, this.need - whole);
  }

  private begin(size: number, seen: number): void {
    const { sums } = this;
    const first = this.bytes[0] as number;
    const name = names[this.opcode];
    sums.count++;
    sums.payloadBytes += size;
    sums[name] = (sums[name] ?? 0) + 1;
    if ((first & 0x40) !== 0) sums.compressed = (sums.compressed ?? 0) + 1;
    this.final = (first & 0x80) !== 0;
    this.have = 0;
    this.need = 2;
    this.left = size - seen;
    if (this.left === 0) this.end();
  }

  private end(): void {
    if (this.final && this.opcode < 8) this.sums.messages++;
  }
}

/** Frames between host and helper: u32le length of what follows, u8 type, payload. See native/README.md. */

export const frameType = { json: 1, packets: 2 } as const;
/** Type and payload together. */
export const maxFrameBytes = 1 << 20;

/** A frame ready to be written. Throws RangeError if the payload is too long. */
export function encodeFrame(type: number, payload: Uint8Array): Buffer {
  if (payload.length >= maxFrameBytes) throw new RangeError(`A frame of ${payload.length} bytes is too long.`);
  const frame = Buffer.allocUnsafe(5 + payload.length);
  frame.writeUInt32LE(payload.length + 1, 0);
  frame[4] = type;
  frame.set(payload, 5);
  return frame;
}

export interface Frame {
  type: number;
  payload: Buffer;
}

/** Makes frames of whatever pieces come. What was broken once stays broken: there is no way to the next frame. */
export class FrameReader {
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** What is wrong with the stream; absent: nothing. */
  error?: string;

  /** Bytes that wait for the rest of their frame; never more than one frame's. */
  get pending(): number {
    return this.#bytes;
  }

  push(piece: Buffer): Frame[] {
    if (this.error !== undefined) return [];
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    const frames: Frame[] = [];
    for (let length = this.#length(); length !== undefined; length = this.#length()) {
      if (length < 1 || length > maxFrameBytes) {
        this.error = `a frame of ${length} bytes`;
        this.#pieces = [];
        this.#bytes = 0;
        return frames;
      }
      if (this.#bytes < 4 + length) return frames;
      const all = this.#joined();
      frames.push({ type: all[4] as number, payload: all.subarray(5, 4 + length) });
      const rest = all.subarray(4 + length);
      this.#pieces = rest.length > 0 ? [rest] : [];
      this.#bytes = rest.length;
    }
    return frames;
  }

  #length(): number | undefined {
    if (this.#bytes < 4) return undefined;
    const first = this.#pieces[0] as Buffer;
    return (first.length >= 4 ? first : this.#joined()).readUInt32LE(0);
  }

  #joined(): Buffer {
    if (this.#pieces.length > 1) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0] as Buffer;
  }
}

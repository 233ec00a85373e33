/** What a TCP segment is beyond its flags, by those before it: sent again, a probe, a closed window. */
import type { Kept } from './keeper';

const half = 0x8000_0000;
const whole = 0x1_0000_0000;
/** a after b, where numbers start again after 2^32. */
const isAfter = (a: number, b: number): boolean => a !== b && (a - b + whole) % whole < half;

export class SegmentNotes {
  /** Sequence number that comes next, of each direction. */
  readonly #next: [number | undefined, number | undefined] = [undefined, undefined];

  /** Segments in order of time. */
  of(k: Kept): string | undefined {
    if (k.kind !== 'tcp') return undefined;
    const [fin, syn, rst] = [(k.flags & 1) !== 0, (k.flags & 2) !== 0, (k.flags & 4) !== 0];
    const side = k.forward ? 1 : 0;
    const expected = syn ? undefined : this.#next[side];
    const length = k.payload + (syn ? 1 : 0) + (fin ? 1 : 0);
    const end = (k.sequence + length) % whole;
    const again = syn ? this.#next[side] === end : length > 0 && expected !== undefined && !isAfter(end, expected);
    const probe =
      expected !== undefined && k.payload === 0 && !fin && !rst && k.sequence === (expected - 1 + whole) % whole;
    if (syn || this.#next[side] === undefined || isAfter(end, this.#next[side] ?? 0)) this.#next[side] = end;
    const words = [
      syn && ((k.flags & 16) !== 0 ? 'SYN-ACK' : 'SYN'),
      fin && 'FIN',
      rst && 'RST',
      probe ? 'keep-alive probe' : again && 'sent again',
      k.window === 0 && !syn && !rst && 'window closed',
    ];
    return words.filter(Boolean).join(', ') || undefined;
  }
}

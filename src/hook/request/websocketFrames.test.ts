import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Frames } from './websocketFrames';

interface Frame {
  opcode: number;
  size: number;
  final?: boolean;
  compressed?: boolean;
  masked?: boolean;
  payload?: Buffer;
}

function frame({ opcode, size, final = true, compressed = false, masked = false, payload }: Frame): Buffer {
  const first = (final ? 0x80 : 0) | (compressed ? 0x40 : 0) | opcode;
  const mask = masked ? 0x80 : 0;
  const header = Buffer.alloc(size < 126 ? 2 : size < 65_536 ? 4 : 10);
  header[0] = first;
  header[1] = mask | (size < 126 ? size : size < 65_536 ? 126 : 127);
  if (header.length === 4) header.writeUInt16BE(size, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(size), 2);
  const key = masked ? Buffer.from([0x81, 0x8a, 0x88, 0x01]) : Buffer.alloc(0);
  const body = Buffer.from(payload ?? Buffer.alloc(size, 0x81));
  if (masked) for (let i = 0; i < body.length; i++) body[i] = (body[i] as number) ^ (key[i % 4] as number);
  return Buffer.concat([header, key, body]);
}

const code = Buffer.alloc(2);
code.writeUInt16BE(4001);
const list = (masked: boolean): Frame[] => [
  { opcode: 1, size: 5, masked },
  { opcode: 1, size: 0, masked },
  { opcode: 2, size: 125, masked, final: false },
  { opcode: 9, size: 4, masked },
  { opcode: 0, size: 126, masked, final: false },
  { opcode: 0, size: 65_536, masked },
  { opcode: 10, size: 0, masked },
  { opcode: 2, size: 70_000, masked, compressed: true },
  { opcode: 8, size: 5, masked, payload: Buffer.concat([code, Buffer.from('bye')]) },
];
const totals = {
  count: 9,
  messages: 4,
  payloadBytes: 5 + 125 + 4 + 126 + 65_536 + 70_000 + 5,
  text: 2,
  binary: 2,
  continuation: 2,
  ping: 1,
  pong: 1,
  close: 1,
  compressed: 1,
  closeCode: 4001,
};

test.each([1, 2, 3, 7, 1000, 1_000_000])('frames in pieces of %d bytes, from both sides', (size) => {
  for (const masked of [false, true]) {
    const stream = Buffer.concat(list(masked).map(frame));
    const frames = new Frames();
    for (let i = 0; i < stream.length; i += size) frames.take(stream.subarray(i, i + size));
    expect(frames.totals()).toEqual(totals);
  }
});

test('a piece inside of a payload is skipped by its size', () => {
  const frames = new Frames();
  frames.take(frame({ opcode: 1, size: 1000 }).subarray(0, 4));
  expect([frames.skip(400), frames.skip(599), frames.skip(1)]).toEqual([true, true, false]);
  frames.take(Buffer.concat([Buffer.from('x'), frame({ opcode: 8, size: 0 })]));
  expect(frames.totals()).toEqual({ count: 2, messages: 1, payloadBytes: 1000, text: 1, close: 1 });
});

test('data that is no frame is not counted', () => {
  const frames = new Frames();
  expect(frames.totals()).toBeUndefined();
  frames.take(Buffer.from('hello, here is another protocol'));
  expect(frames.totals()).toBeDefined();
  frames.take(Buffer.alloc(1000, 0x83));
  expect(frames.totals()).toBeUndefined();
  expect(frames.skip(10_000)).toBe(true);
});

const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 30 });

test('any bytes: no throw, the same totals however they are cut, no figure that is none', () => {
  let counted = 0;
  fc.assert(
    fc.property(pieces, (list) => {
      const [cut, whole] = [new Frames(), new Frames()];
      for (const piece of list) cut.take(piece);
      whole.take(Buffer.concat(list));
      expect(cut.totals()).toEqual(whole.totals());
      for (const figure of Object.values(cut.totals() ?? {})) expect(figure >= 0).toBe(true);
      if (cut.totals() !== undefined) counted++;
    }),
  );
  expect(counted).toBeGreaterThan(0);
});

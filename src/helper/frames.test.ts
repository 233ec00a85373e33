import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame, FrameReader, maxFrameBytes } from './frames';
import { parseMessage } from './protocol';

const frames = fc.array(
  fc.record({ type: fc.integer({ min: 0, max: 255 }), payload: fc.uint8Array({ maxLength: 300 }) }),
);
const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 });

/** The bytes in pieces of these lengths, in turn. */
function* piecesOf(bytes: Buffer, lengths: readonly number[]): Generator<Buffer> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length] as number;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

test('frames come back whole and in order, whatever the pieces', () => {
  fc.assert(
    fc.property(frames, cuts, (list, lengths) => {
      const reader = new FrameReader();
      const bytes = Buffer.concat(list.map((f) => encodeFrame(f.type, f.payload)));
      const got = [...piecesOf(bytes, lengths)].flatMap((piece) =>
        reader.push(piece).map(({ type, payload }) => ({ type, payload: new Uint8Array(payload) })),
      );
      expect(got).toEqual(list);
      expect(reader.pending).toBe(0);
      expect(reader.error).toBeUndefined();
    }),
  );
});

test('any bytes: no throw, no more kept than a frame has, and after what is broken nothing', () => {
  let broken = 0;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), cuts, (bytes, lengths) => {
      const reader = new FrameReader();
      for (const piece of piecesOf(Buffer.from(bytes), lengths)) {
        reader.push(piece);
        expect(reader.pending).toBeLessThanOrEqual(maxFrameBytes + 4 + 200);
      }
      if (reader.error === undefined) return;
      broken++;
      expect(reader.push(encodeFrame(1, Buffer.from('{}')))).toEqual([]);
    }),
    { examples: [[new Uint8Array(8), [1]]] },
  );
  expect(broken).toBeGreaterThan(0);
});

test('lengths: 0 and beyond the most are refused, the most is not', () => {
  const broken = new FrameReader();
  expect(broken.push(Buffer.from([0, 0, 0, 0]))).toEqual([]);
  expect(broken.error).toBe('a frame of 0 bytes');
  const long = new FrameReader();
  expect(long.push(Buffer.from([1, 0, 16, 0]))).toEqual([]);
  expect(long.error).toBe(`a frame of ${maxFrameBytes + 1} bytes`);
  expect(() => encodeFrame(1, Buffer.alloc(maxFrameBytes))).toThrow(RangeError);
  const max = encodeFrame(1, Buffer.alloc(maxFrameBytes - 1));
  expect(new FrameReader().push(max).map((f) => f.payload.length)).toEqual([maxFrameBytes - 1]);
});

test('messages: checked by their type; any text is an answer, never a throw', () => {
  const parsed = (value: unknown) => parseMessage(Buffer.from(JSON.stringify(value)));
  const sample = { t: 'sample', id: 'c', at: '12', trigger: 'connect', totals: { rtt: 5, new: 'kept' } };
  expect(parsed(sample)).toEqual({ message: sample });
  expect(parsed({ ...sample, at: 12 })).toHaveProperty('error');
  expect(parsed({ ...sample, totals: { rtt: -5 } })).toHaveProperty('error');
  expect(parsed({ t: 'event', x: 1 })).toEqual({ other: { t: 'event', x: 1 } });
  expect(parsed({ t: 'hello', protocol: 1 })).toHaveProperty('error');
  expect(parsed({ t: 'toString' })).toEqual({ other: { t: 'toString' } });
  expect(parsed(null)).toHaveProperty('error');
  const near = fc.oneof(fc.string(), fc.json(), fc.constant(JSON.stringify(sample)));
  fc.assert(
    fc.property(near, fc.nat(200), fc.string({ maxLength: 3 }), (text, at, put) => {
      const changed = text.slice(0, at) + put + text.slice(at + put.length);
      expect(Object.keys(parseMessage(Buffer.from(changed))).length).toBe(1);
    }),
  );
});

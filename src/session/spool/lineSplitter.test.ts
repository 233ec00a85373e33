import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineSplitter } from './lineSplitter';

function split(file: Buffer, cuts: number[]) {
  const splitter = new LineSplitter();
  const lines: [number, string][] = [];
  const long: number[] = [];
  let from = 0;
  for (const cut of [...cuts, file.length].sort((a, b) => a - b)) {
    splitter.push(Buffer.from(file.subarray(from, Math.max(from, cut))), {
      line: (text, offset) => lines.push([offset, text]),
      tooLong: (offset) => long.push(offset),
    });
    from = Math.max(from, cut);
  }
  return { lines, long, splitter };
}

test('whatever the bytes and wherever they are cut, each whole line comes once, with its offset', () => {
  const text = fc.array(
    fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(Buffer.from('\n')), fc.constant(Buffer.from('{"k":"é"}\n'))),
  );
  fc.assert(
    fc.property(text, fc.array(fc.nat(400), { maxLength: 12 }), (parts, cuts) => {
      const file = Buffer.concat(parts);
      const { lines, long, splitter } = split(
        file,
        cuts.map((c) => Math.min(c, file.length)),
      );
      const expected: [number, string][] = [];
      let from = 0;
      for (let end = file.indexOf(10); end >= 0; end = file.indexOf(10, from)) {
        if (end > from) expected.push([from, file.toString('utf8', from, end)]);
        from = end + 1;
      }
      expect(lines).toEqual(expected);
      expect(long).toEqual([]);
      expect(splitter.offset).toBe(file.length);
      expect(splitter.pending).toBe(from < file.length);
    }),
    { numRuns: 2000 },
  );
});

test('a huge line is skipped once, and the lines after it are read', () => {
  const huge = Buffer.alloc(1_000_000, 'x');
  const file = Buffer.concat([Buffer.from('a\n'), huge, Buffer.from('\nb\n')]);
  for (const cuts of [[], [3, 70_000, 400_000, 1_000_001], Array.from({ length: 200 }, (_, i) => i * 5001)]) {
    const { lines, long, splitter } = split(file, cuts);
    expect(lines).toEqual([
      [0, 'a'],
      [1_000_003, 'b'],
    ]);
    expect(long).toEqual([2]);
    expect(splitter.pending).toBe(false);
  }
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Stream } from './marks';

test('marks of a stream: all up to 64, of more the first 8 and the last 56, in order', () => {
  const steps = fc.array(fc.tuple(fc.nat(1000), fc.nat(5000)), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(steps, (list) => {
      const stream = new Stream();
      let t = 1;
      const all = list.map(([gap, bytes]): [number, number] => {
        t += gap;
        stream.add(t, bytes);
        return [t * 1000, bytes];
      });
      const { count, bytes, marks, droppedMarks = 0, longestGap } = stream.pieces();
      expect(count).toBe(all.length);
      expect(bytes).toBe(all.reduce((sum, m) => sum + m[1], 0));
      expect(marks).toEqual(all.length <= 64 ? all : [...all.slice(0, 8), ...all.slice(-56)]);
      expect(droppedMarks).toBe(all.length - marks.length);
      const gaps = all.slice(1).map((m, i) => m[0] - (all[i]?.[0] as number));
      const longest = Math.max(0, ...gaps);
      expect(longestGap === undefined ? 0 : longestGap.endAt - longestGap.beginAt).toBe(longest);
    }),
  );
});

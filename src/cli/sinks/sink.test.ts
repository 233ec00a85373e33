import { expect, test } from 'vitest';
import { Sink, type Taken, type Target } from './sink';

const limits = { max: 4, batch: 2 };

/** Takes each batch when it is allowed to; what it took. */
function target(
  answer: (batch: readonly number[]) => Taken | Promise<Taken>,
): Target<number> & { batches: number[][] } {
  const batches: number[][] = [];
  return {
    batches,
    take(items) {
      batches.push([...items]);
      return answer(items);
    },
    close() {},
  };
}

test('hands over in batches, in order, and counts what was taken', async () => {
  const to = target((batch) => ({ bytes: 10 * batch.length, lost: 0 }));
  const sink = new Sink('x', 'there', to, limits);
  for (const n of [1, 2, 3]) sink.offer(n);
  await sink.finish(1000);
  expect(to.batches).toEqual([[1, 2], [3]]);
  expect(sink.counts).toEqual({ sent: 3, lost: 0, late: 0, bytes: 30 });
});

test('loses what a full queue has no room for, and says so once', async () => {
  const said: string[] = [];
  const to = target((batch) => ({ bytes: 0, lost: batch.length, error: 'refused' }));
  const sink = new Sink('x', 'there', to, limits, (name, error) => said.push(`${name}: ${error}`));
  for (let n = 0; n < 7; n++) sink.offer(n);
  expect(sink.counts.lost).toBe(3);
  await sink.finish(1000);
  expect(sink.counts).toEqual({ sent: 0, lost: 7, late: 0, bytes: 0, error: 'refused' });
  expect(said).toEqual(['x: it could not keep up']);
});

test('a target that fails loses its batch, and the next one is tried', async () => {
  const to = target((batch) => {
    if (batch.includes(1)) throw new Error('broken');
    return { bytes: 1, lost: 0 };
  });
  const sink = new Sink('x', 'there', to, limits);
  for (const n of [1, 2, 3]) sink.offer(n);
  await sink.finish(1000);
  expect(sink.counts).toEqual({ sent: 1, lost: 2, late: 0, bytes: 1, error: 'broken' });
});

test('a target that never answers holds the end no longer than the limit, and nothing is uncounted', async () => {
  const to = target(() => new Promise<Taken>(() => {}));
  const sink = new Sink('x', 'there', to, limits);
  for (const n of [1, 2, 3]) sink.offer(n);
  await sink.finish(10);
  expect(to.batches).toEqual([[1, 2]]);
  expect(sink.counts).toEqual({ sent: 0, lost: 3, late: 0, bytes: 0, error: 'there was no time left' });
  sink.offer(4);
  expect(sink.counts.lost).toBe(4);
});

test('what comes over a second after it was known is late', async () => {
  const sink = new Sink(
    'x',
    'there',
    target(() => ({ bytes: 1, lost: 0 })),
    limits,
  );
  sink.offer(1, performance.now() - 5000);
  sink.offer(2);
  await sink.finish(1000);
  expect(sink.counts).toMatchObject({ sent: 2, late: 1 });
});

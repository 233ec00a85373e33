import { expect, test } from 'vitest';
import { type Sent, SpanQueue } from './queue';

/** Answers each batch as the test says; what it does not answer hangs. */
function endpoint() {
  const batches: { spans: readonly number[]; timeoutMs: number; answer(sent: Sent): void }[] = [];
  let isClosed = false;
  return {
    batches,
    get isClosed() {
      return isClosed;
    },
    send: (spans: readonly number[], timeoutMs: number) =>
      new Promise<Sent>((answer) => batches.push({ spans, timeoutMs, answer })),
    close: () => {
      isClosed = true;
    },
  };
}

/** Numbers from 1 to `count`, as there is room. */
function numbers(count: number): (room: number) => number[] {
  let next = 1;
  return (room) => {
    const from = next;
    next = Math.min(count + 1, from + room);
    return Array.from({ length: next - from }, (_, i) => from + i);
  };
}

const limits = { max: 10, batch: 4, timeoutMs: 60_000 };
const settle = () => new Promise((resolve) => setTimeout(resolve));
const taken: Sent = { rejected: 0 };

test('sends one batch at a time, and takes more as room gets free', async () => {
  const to = endpoint();
  const queue = new SpanQueue(to, numbers(12), limits);
  queue.flush();
  queue.flush();
  expect(to.batches.map((b) => b.spans)).toEqual([[1, 2, 3, 4]]);
  expect(queue.counts.spans).toBe(12);
  for (let i = 0; i < 3; i++) {
    to.batches[i]?.answer(taken);
    await settle();
  }
  expect(to.batches.map((b) => b.spans)).toEqual([
    [1, 2, 3, 4],
    [5, 6, 7, 8],
    [9, 10, 11, 12],
  ]);
  await queue.finish(60_000);
  expect(queue.counts).toEqual({ spans: 12, delivered: 12, rejected: 0, failed: 0, dropped: 0 });
  expect(to.isClosed).toBe(true);
});

test('holds no more than its bound while the endpoint stalls', async () => {
  const to = endpoint();
  const source = numbers(1000);
  const queue = new SpanQueue(to, source, limits);
  for (let i = 0; i < 5; i++) queue.flush();
  // A batch is under way, the bound waits.
  expect(queue.counts.spans).toBe(limits.max + limits.batch);
  await queue.finish(1);
  expect(queue.counts).toEqual({ spans: 1000, delivered: 0, rejected: 0, failed: 4, dropped: 996 });
  expect(queue.error).toBe('no answer in time');
  // An answer that comes later changes nothing.
  to.batches[0]?.answer(taken);
  await settle();
  expect(queue.counts).toMatchObject({ delivered: 0, failed: 4 });
});

test('drops what a source gives beyond the room', async () => {
  const queue = new SpanQueue(endpoint(), () => Array.from({ length: 11 }, (_, i) => i), limits);
  queue.flush();
  expect(queue.counts).toMatchObject({ spans: 11, dropped: 1 });
});

test('goes on after a batch that failed, and counts what was rejected', async () => {
  const to = endpoint();
  const queue = new SpanQueue(to, numbers(9), limits);
  const finished = queue.finish(60_000);
  for (const sent of [{ rejected: 0, error: 'HTTP 400' }, { rejected: 3 }, taken]) {
    to.batches.at(-1)?.answer(sent);
    await settle();
  }
  await finished;
  expect(queue.counts).toEqual({ spans: 9, delivered: 2, rejected: 3, failed: 4, dropped: 0 });
  expect(queue.error).toBe('HTTP 400');
});

test('gives no batch more time than the end of the run has', async () => {
  const to = endpoint();
  const queue = new SpanQueue(to, numbers(1), limits);
  const finished = queue.finish(5000);
  expect(to.batches[0]?.timeoutMs).toBeLessThanOrEqual(5000);
  to.batches[0]?.answer(taken);
  await finished;
});

test('has nothing to send', async () => {
  const to = endpoint();
  const queue = new SpanQueue(to, numbers(0), limits);
  await queue.finish(60_000);
  expect(to.batches).toEqual([]);
  expect(to.isClosed).toBe(true);
});

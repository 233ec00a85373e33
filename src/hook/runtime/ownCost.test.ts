import { beforeEach, expect, test, vi } from 'vitest';
import type { guarded, Part } from './guard';

/** Each with a state of its own. */
let cost: typeof import('./ownCost');
beforeEach(async () => {
  vi.resetModules();
  cost = await import('./ownCost');
});

function spin(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

/** A handler as `guarded` makes it. */
function handler(act: () => void): void {
  const begin = cost.own.measuring ? cost.beginOwn() : 0;
  try {
    act();
  } finally {
    if (begin !== 0) cost.endOwn(begin);
  }
}

test('the outermost handler counts, with those in it', () => {
  const before = performance.now();
  cost.countOwnRequest();
  handler(() => {
    spin(2);
    handler(() => spin(2));
  });
  expect(() =>
    handler(() => {
      spin(1);
      throw new Error('its own');
    }),
  ).toThrow('its own');
  spin(5);
  const { handlers, requests } = cost.ownCost();
  expect(requests).toBe(1);
  expect(handlers).toBeGreaterThanOrEqual(5000);
  expect(handlers).toBeLessThanOrEqual((performance.now() - before - 5) * 1000 + 1);
});

test('windows: the first 200 requests, 500 after 1,000, 500 after 10,000; the last whole one is reported, once', () => {
  const due: number[] = [];
  const measured: number[] = [];
  for (let i = 1; i <= 12_000; i++) {
    cost.countOwnRequest();
    if (cost.own.measuring) measured.push(i);
    if (cost.takeDue()) due.push(i, cost.ownCost().requests);
  }
  expect(due).toEqual([201, 200, 1501, 500, 10_501, 500]);
  expect([measured[0], measured[199], measured[200], measured[699], measured[700], measured.at(-1)]).toEqual([
    1, 200, 1001, 1500, 10_001, 10_500,
  ]);
  expect(measured).toHaveLength(1200);
});

test('until the first window is whole, what there is', () => {
  expect(cost.ownCost()).toEqual({ start: 0, handlers: 0, requests: 0 });
  for (let i = 0; i < 7; i++) cost.countOwnRequest();
  handler(() => spin(1));
  const { handlers, requests } = cost.ownCost();
  expect(requests).toBe(7);
  expect(handlers).toBeGreaterThanOrEqual(1000);
  for (let i = 0; i < 1100; i++) cost.countOwnRequest();
  handler(() => spin(3));
  // The second window has begun: the first is what is known.
  expect(cost.ownCost()).toEqual({ start: 0, handlers, requests: 200 });
});

test('a stop in the debugger is left out, the handlers after it are not', () => {
  cost.countOwnRequest();
  handler(() => {
    spin(3);
    cost.leaveOutOwn();
  });
  expect(cost.ownCost().handlers).toBe(0);
  // Outside of a handler it leaves nothing out.
  cost.leaveOutOwn();
  handler(() => spin(1));
  expect(cost.ownCost().handlers).toBeGreaterThanOrEqual(1000);
});

test('parts of the start that run each other count once', () => {
  const before = performance.now();
  cost.starting(() => {
    spin(1);
    cost.starting(() => spin(2));
  });
  cost.starting(() => spin(1));
  const { start } = cost.ownCost();
  expect(start).toBeGreaterThanOrEqual(4000);
  expect(start).toBeLessThanOrEqual((performance.now() - before) * 1000 + 1);
});

test('a guarded handler is measured, also one that fails', async () => {
  const { guarded: fresh, Part: FreshPart } = (await import('./guard')) as {
    guarded: typeof guarded;
    Part: typeof Part;
  };
  cost.countOwnRequest();
  fresh(new FreshPart('a'), 'works', () => spin(1))();
  fresh(new FreshPart('b'), 'fails', () => {
    spin(1);
    throw new Error('x');
  })();
  expect(cost.ownCost().handlers).toBeGreaterThanOrEqual(2000);
});

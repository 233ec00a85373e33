import { afterEach, describe, expect, test, vi } from 'vitest';

/** The bound with clocks that the test sets: ms that have passed, and ms of the processor that were used. */
async function boundOf(max: number) {
  const clocks = { passed: 0, used: 0 };
  const readings = { passed: 0, used: 0 };
  vi.resetModules();
  const { bigint } = process.hrtime;
  const hrtime = vi.spyOn(process, 'hrtime').mockImplementation(() => {
    readings.passed++;
    return [Math.floor(clocks.passed / 1000), (clocks.passed % 1000) * 1e6];
  });
  Object.assign(hrtime, { bigint });
  vi.spyOn(process, 'cpuUsage').mockImplementation(() => {
    readings.used++;
    return { user: clocks.used * 1000, system: 0 };
  });
  const budget = await import('./budget');
  const { parts } = await import('./guard');
  budget.setUpBudget(max);
  budget.beginTick();
  return { ...budget, part: parts.headers, clocks, readings };
}

afterEach(() => void vi.restoreAllMocks());

/** How many pieces are looked through before the work stops; 1,000 when it does not. */
function piecesBefore(checkWork: () => void): number {
  for (let n = 0; n < 1000; n++)
    try {
      checkWork();
    } catch (error) {
      expect(error).toMatchObject({ message: 'masking took 200 ms of one tick' });
      return n;
    }
  return 1000;
}

describe('the time of one tick', () => {
  test('is over after 16 more pieces at most', async () => {
    const { beginWork, checkWork, clocks } = await boundOf(200);
    beginWork();
    clocks.passed = clocks.used = 300;
    expect(piecesBefore(checkWork)).toBeLessThan(16);
  });

  test('of several works is one', async () => {
    const { beginWork, endWork, checkWork, clocks, part } = await boundOf(200);
    for (let i = 0; i < 3; i++) {
      const begin = beginWork();
      clocks.passed += 60;
      clocks.used += 60;
      expect(piecesBefore(checkWork)).toBe(1000);
      endWork(part, begin);
    }
    beginWork();
    clocks.passed += 30;
    clocks.used += 30;
    expect(piecesBefore(checkWork)).toBeLessThan(16);
  });

  test('begins again with the next tick', async () => {
    const { beginTick, beginWork, endWork, checkWork, clocks, part } = await boundOf(200);
    for (let i = 0; i < 5; i++) {
      beginTick();
      const begin = beginWork();
      clocks.passed += 150;
      clocks.used += 150;
      expect(piecesBefore(checkWork)).toBe(1000);
      endWork(part, begin);
    }
    expect(part.on).toBe(true);
  });

  test('does not count what other programs took of the processor', async () => {
    const { beginWork, endWork, checkWork, clocks, part } = await boundOf(200);
    const begin = beginWork();
    clocks.passed = 10_000;
    clocks.used = 50;
    expect(piecesBefore(checkWork)).toBe(1000);
    endWork(part, begin);
    expect(part.on).toBe(true);
  });

  test('costs one reading of the clock for 16 pieces', async () => {
    const { beginWork, checkWork, readings } = await boundOf(200);
    beginWork();
    readings.passed = 0;
    expect(piecesBefore(checkWork)).toBe(1000);
    expect(readings.passed).toBeLessThanOrEqual(63);
    expect(readings.used).toBe(1);
  });
});

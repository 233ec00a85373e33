import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** Waits for a state. Rejects after 20 s, which a scenario that is broken would else never do. */
export async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error('the state that was waited for did not come');
    await wait(20);
  }
}

/** Waits until the host has read the ends of so many requests: they are in the log that it writes. */
export const whenRead = (log: string, count: number): Promise<void> =>
  until(() => {
    try {
      return readFileSync(log, 'utf8').split('"event":"end"').length > count;
    } catch {
      return false;
    }
  });

/** The tests' own clock: µs on CLOCK_MONOTONIC, the axis the traced process measures on, so that instants compare. */
export const nowUs = (): number => Number(process.hrtime.bigint()) / 1000;

/** Resolves after `ms` milliseconds. Only for behaviours of servers (think time), never to wait for a result. */
export const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Polls until `probe` gives something, at most `limitMs`; then fails with `what`. */
export async function until<T>(what: string, probe: () => T | undefined | false, limitMs = 20_000): Promise<T> {
  const end = nowUs() + limitMs * 1000;
  for (;;) {
    const value = probe();
    if (value !== undefined && value !== false) return value;
    if (nowUs() > end) throw new Error(`waited ${limitMs} ms for ${what}`);
    await delay(5);
  }
}

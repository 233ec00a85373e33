/** Instants of a trace (µs since its begin) as wall-clock time (RFC 3339), and back. */

const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/;

/** Nanoseconds since 1970 of an RFC 3339 time, undefined if it is none. */
export function nanosecondsOf(time: string): bigint | undefined {
  const parts = rfc3339.exec(time);
  if (!parts) return undefined;
  const zone = parts[4] === 'z' ? 'Z' : parts[4];
  const ms = Date.parse(`${parts[1]}T${parts[2]}${zone}`);
  if (Number.isNaN(ms)) return undefined;
  return BigInt(ms) * 1_000_000n + BigInt((parts[3] ?? '').padEnd(9, '0').slice(0, 9));
}

/** RFC 3339 in UTC with as many decimals (3, 6 or 9) as the time has. Undefined outside the years 0 to 9999. */
export function rfc3339Of(nanoseconds: bigint): string | undefined {
  let seconds = nanoseconds / 1_000_000_000n;
  let rest = nanoseconds % 1_000_000_000n;
  if (rest < 0n) {
    rest += 1_000_000_000n;
    seconds -= 1n;
  }
  if (seconds < -62_167_219_200n || seconds > 253_402_300_799n) return undefined;
  const digits = String(rest)
    .padStart(9, '0')
    .replace(/(?:000){1,2}$/, '');
  return new Date(Number(seconds) * 1000).toISOString().replace(/\.\d+Z$/, `.${digits}Z`);
}

/** The wall-clock time of instant `us` of a trace that began at `beginTime`. */
export function timeOfInstant(beginTime: string, us: number): string | undefined {
  const begin = nanosecondsOf(beginTime);
  const ns = Math.round(us * 1000);
  return begin === undefined || !Number.isSafeInteger(ns) ? undefined : rfc3339Of(begin + BigInt(ns));
}

/** Figures as people read them: the same words in panel, editor, command line and tests. */

/** At most four digits, one decimal below 10. */
function short(value: number): string {
  return value < 9.95 ? value.toFixed(1) : value.toFixed(0);
}

/** A duration in µs: `0.6 ms`, `412 ms`, `1.21 s`, `2 min 03 s`, `1 h 02 min`. */
export function timeText(us: number): string {
  const ms = us / 1000;
  if (ms < 999.5) return `${short(ms)} ms`;
  const s = ms / 1000;
  if (s < 59.995) return `${s < 9.995 ? s.toFixed(2) : s.toFixed(1)} s`;
  const whole = Math.round(s);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

/** A duration in µs as milliseconds with one decimal, without unit: the figures of a breakdown's table. */
export function millisecondsText(us: number): string {
  return (us / 1000).toFixed(1);
}

/** A size in bytes: `812 B`, `4.3 kB`, `36 kB`, `1.9 MB` (powers of 1000, as browsers' tools count). */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value.toFixed(0) : short(value)} ${units[unit]}`;
}

/** `1st`, `2nd`, `3rd`, `4th` …: the ordinal of a request on its connection. */
export function ordinalText(n: number): string {
  const tens = n % 100;
  const end = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${end}`;
}

/** A count: `812`, `19,621`. Without Intl, which costs a short command a tenth of its time. */
export function numberText(n: number): string {
  if (!Number.isSafeInteger(n) || Math.abs(n) < 1000) return String(n);
  const last = String(Math.abs(n) % 1000).padStart(3, '0');
  return `${numberText(Math.trunc(n / 1000))},${last}`;
}

/** `1 request`, `19,621 requests`; `many` where an s is not enough. */
export const plural = (n: number, one: string, many = `${one}s`): string => `${numberText(n)} ${n === 1 ? one : many}`;

/** The message of a thrown value. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** `a, b or c`. */
export function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** `13:46:43`, in the time of this machine. */
export const clockText = (at: Date): string =>
  [at.getHours(), at.getMinutes(), at.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':');

/** `13:46:43.935`. */
export const clockTextMs = (at: Date): string => `${clockText(at)}.${String(at.getMilliseconds()).padStart(3, '0')}`;

/** Numbers with units, as they are typed and printed. */
import type { Kind } from './keys';

/** Of a kind: in µs, in bytes; without a unit in that of the empty word. */
const units: Readonly<Partial<Record<Kind, readonly (readonly [string, number])[]>>> = {
  duration: [
    ['us', 1],
    ['µs', 1],
    ['ms', 1000],
    ['', 1000],
    ['s', 1e6],
    ['m', 60e6],
    ['min', 60e6],
    ['h', 3600e6],
  ],
  size: [
    ['', 1],
    ['B', 1],
    ['kB', 1000],
    ['k', 1000],
    ['MB', 1e6],
    ['M', 1e6],
    ['GB', 1e9],
    ['G', 1e9],
    ['KiB', 1024],
    ['MiB', 1024 ** 2],
    ['GiB', 1024 ** 3],
  ],
};

const noUnit: readonly (readonly [string, number])[] = [['', 1]];

/** The number that a text means, in the unit of its kind; undefined: it is none. */
export function readNumber(text: string, kind: Kind): number | undefined {
  const m = /^(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d{1,3})?([a-z\u00b5]*)$/i.exec(text);
  if (!m || text.length > 40) return undefined;
  const unit = (m[3] as string).toLowerCase();
  const factor = (units[kind] ?? noUnit).find(([word]) => word.toLowerCase() === unit)?.[1];
  if (factor === undefined) return undefined;
  const n = Number(`${m[1]}${m[2] ?? ''}`) * factor;
  return Number.isFinite(n) ? n : undefined;
}

/** The shortest text that means exactly this number; with a unit where the kind has some and `unit` asks for it. */
export function writeNumber(n: number, kind: Kind, unit = kind === 'duration'): string {
  let best: string | undefined;
  for (const [word, factor] of units[kind] ?? noUnit) {
    if (unit && word === '' && units[kind]) continue;
    const text = `${n / factor}${word}`;
    if (readNumber(text, kind) === n && (best === undefined || text.length < best.length)) best = text;
  }
  // One unit of each kind has the factor 1, which gives the number itself.
  return best as string;
}

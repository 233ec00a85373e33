/** `<= 5`, `< 300ms`, `<= 1%`: what a figure may be. */
export interface Bound {
  op: '<' | '<=' | '=' | '>=' | '>';
  /** In the figure's own unit (times: µs), or a share from 0 to 1. */
  value: number;
  isShare: boolean;
  /** As it was written. */
  text: string;
}

const units: Readonly<Record<string, number>> = { µs: 1, us: 1, ms: 1000, s: 1e6, min: 6e7 };
const sizes: Readonly<Record<string, number>> = { B: 1, kB: 1000, MB: 1e6, k: 1000, M: 1e6 };

/** `of`: what the figure is; a time without a unit is in ms. Undefined: the unit does not fit. */
export function boundOf(text: string | number, of: 'number' | 'time' | 'bytes'): Bound | undefined {
  const whole = typeof text === 'number' ? `<= ${text}` : text.trim();
  const m = /^(<=|>=|<|>|=)\s*(\d+(?:\.\d+)?)\s*(\S*)$/.exec(whole);
  if (!m) return undefined;
  const [, op, number, unit = ''] = m;
  const isShare = unit === '%';
  const factor = isShare ? 0.01 : factorOf(unit, of);
  if (factor === undefined || (isShare && of !== 'number')) return undefined;
  return { op: op as Bound['op'], value: Number(number) * factor, isShare, text: whole };
}

function factorOf(unit: string, of: 'number' | 'time' | 'bytes'): number | undefined {
  if (of === 'time') return unit === '' ? 1000 : units[unit];
  if (unit === '') return 1;
  return of === 'bytes' || unit === 'k' || unit === 'M' ? sizes[unit] : undefined;
}

export function isWithin({ op, value }: Bound, figure: number): boolean {
  if (op === '<') return figure < value;
  if (op === '<=') return figure <= value;
  if (op === '>') return figure > value;
  return op === '>=' ? figure >= value : figure === value;
}

/** What is not in the trace can only make the figure greater: such a bound may be broken by what is there, never kept. */
export const isUpper = ({ op }: Bound): boolean => op !== '>' && op !== '>=';

/**
 * Bounds the sets of label values of a metric: values come from the traced program, and each set is a series that every
 * scrape carries. Beyond the bound all values become `other`; a long value is cut.
 */
const maxLength = 120;

export const overflowValue = 'other';

export class LabelSets<L extends string> {
  readonly #known = new Map<string, Record<L, string>>();

  constructor(
    readonly max: number,
    /** A sample went to `other`. */
    readonly onOverflow: () => void,
  ) {}

  of(labels: Record<L, string>): Record<L, string> {
    const key = JSON.stringify(Object.values(labels));
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#known.size >= this.max) {
      this.onOverflow();
      return mapped(labels, () => overflowValue);
    }
    const bounded = mapped(labels, (value) => value.slice(0, maxLength));
    this.#known.set(key, bounded);
    return bounded;
  }
}

const mapped = <L extends string>(labels: Record<L, string>, f: (value: string) => string): Record<L, string> =>
  Object.fromEntries(Object.entries<string>(labels).map(([name, value]) => [name, f(value)])) as Record<L, string>;

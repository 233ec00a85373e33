/** What fits an option, in words; and whether what a user set does. */
import { alternatives, numberText } from '../base/text';
import { fits, type Kind } from './kinds';
import { type OptionName, type OptionValues, tableOf } from './table';

/** `seconds`: the value is given in seconds, not in ms. */
export function expected(kind: Kind, seconds = false): string {
  switch (kind.kind) {
    case 'flag':
      return 'true or false';
    case 'choice':
      return alternatives(kind.of);
    case 'text':
      return 'a text of at most 4,096 characters';
    case 'list':
      return kind.of ? `a list of ${alternatives(kind.of)}` : 'a list of at most 256 texts, none of them empty';
    case 'whole': {
      const { min, max, words = [] } = kind;
      if (seconds) return `a number of seconds, ${min / 1000} to ${(max ?? Infinity) / 1000}`;
      const range = max === undefined ? `, ${min} or more` : ` from ${numberText(min)} to ${numberText(max)}`;
      return alternatives([...words, `a whole number${range}`]);
    }
  }
}

export interface Checked {
  values: OptionValues;
  /** What does not fit, each in one or two sentences for the user. */
  problems: string[];
}

export interface Source {
  /** What is set; undefined: nothing. It may be anything. */
  get(name: OptionName): unknown;
  /** The option as the user wrote it: `the setting netTrace.headers`. */
  place(name: OptionName): string;
  /** What holds in place of a value that does not fit. */
  instead: string;
}

/** Of POSIX or Windows. */
const absolute = /^(?:\/|[A-Za-z]:[\\/]|\\\\)/;

/** The values that fit; those that do not count as not set. */
export function checkOptions(names: readonly OptionName[], source: Source): Checked {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const name of names) {
    const value = source.get(name);
    if (value === undefined) continue;
    const option = tableOf[name];
    const isRelative = option.path === true && value !== '' && !absolute.test(String(value));
    if (fits(option, value) && !isRelative) values[name] = value;
    else {
      const fitting = isRelative ? 'an absolute path' : expected(option);
      problems.push(problemText(source.place(name), value, fitting, source.instead));
    }
  }
  return { values, problems };
}

export const problemText = (place: string, value: unknown, fitting: string, instead: string): string =>
  `${place}: ${(JSON.stringify(value) ?? typeof value).slice(0, 100)} is not valid. Use ${fitting}. ${instead}`;

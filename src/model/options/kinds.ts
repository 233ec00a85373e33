/**
 * Kinds of options, and which values are valid for them. The hook bundles this file, so it contains no user-facing text
 * (that is in `expected.ts`).
 */

interface Flag {
  kind: 'flag';
  default?: boolean;
}

interface Choice {
  kind: 'choice';
  of: readonly string[];
  default?: string;
}

/** A whole number, or one of some words. */
interface Whole {
  kind: 'whole';
  min: number;
  max?: number;
  words?: readonly string[];
  default?: number | string | undefined;
}

/** `of`: only these; absent: any texts. */
interface List {
  kind: 'list';
  of?: readonly string[];
  default?: readonly string[];
}

interface Text {
  kind: 'text';
  default?: string;
}

export type Kind = Flag | Choice | Whole | List | Text;

/** What a value that fits is. */
export type ValueOf<K> = K extends { kind: 'flag' }
  ? boolean
  : K extends { kind: 'choice'; of: readonly (infer C)[] }
    ? C
    : K extends { kind: 'whole'; words: readonly (infer W)[] }
      ? W | number
      : K extends { kind: 'whole' }
        ? number
        : K extends { kind: 'list'; of: readonly (infer C)[] }
          ? C[]
          : K extends { kind: 'list' }
            ? string[]
            : string;

export type ValuesOf<T> = { -readonly [N in keyof T]: ValueOf<T[N]> };

/** Lists and texts reach the program in an environment variable, whose size is limited. */
const max = { items: 256, item: 256, text: 4096 };

export function fits(option: Kind, value: unknown): boolean {
  switch (option.kind) {
    case 'flag':
      return typeof value === 'boolean';
    case 'choice':
      return option.of.includes(value as string);
    case 'text':
      return typeof value === 'string' && value.length <= max.text;
    case 'whole':
      if (Number.isSafeInteger(value))
        return (value as number) >= option.min && !((value as number) > (option.max as number));
      return option.words?.includes(value as string) === true;
    case 'list':
      return Array.isArray(value) && value.length <= max.items && value.every((item) => isItem(option, item));
  }
}

const isItem = ({ of }: List, item: unknown): boolean =>
  of ? of.includes(item as string) : typeof item === 'string' && item !== '' && item.length <= max.item;

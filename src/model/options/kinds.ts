/**
 * Kinds of options, and which values fit them. The hook bundles this file, so no text for people stands here
 * (`expected.ts` has those).
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
  default?: number | string;
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

/** Lists reach the program in an environment variable, whose size is limited. */
const maxItems = 256;
const maxItemLength = 256;
const maxTextLength = 4096;

export function fits(kind: Kind, value: unknown): boolean {
  if (kind.kind === 'flag') return typeof value === 'boolean';
  if (kind.kind === 'choice') return kind.of.includes(value as string);
  if (kind.kind === 'text') return typeof value === 'string' && value.length <= maxTextLength;
  if (kind.kind === 'whole') {
    if (typeof value === 'string') return kind.words?.includes(value) === true;
    return Number.isSafeInteger(value) && (value as number) >= kind.min && (value as number) <= (kind.max ?? Infinity);
  }
  const fit = (item: unknown) =>
    typeof item === 'string' && item !== '' && item.length <= maxItemLength && (kind.of?.includes(item) ?? true);
  return Array.isArray(value) && value.length <= maxItems && value.every(fit);
}

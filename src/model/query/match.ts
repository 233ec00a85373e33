/** One test of one value, compiled. Case never matters. */
import type { Key } from './keys';
import { compileRegex, subjectLimit } from './regex';
import type { NumberTest, Test, TextTest } from './tree';

/** A value that is there; what is of another type than the test asks for fails it. */
export type ValueTest = (value: string | number | boolean | readonly string[]) => boolean;

export function testOf(test: Test, key: Key): ValueTest {
  if (test.is === 'present')
    return key.kind === 'flag' ? (value) => value === true : (value) => !Array.isArray(value) || value.length > 0;
  if (test.is === 'number') return numberTest(test);
  const text = remembered(test.is === 'regex' ? regexTest(compileRegex(test)) : textTest(test, key));
  return (value) => {
    if (typeof value === 'string') return text(value);
    if (!Array.isArray(value)) return typeof value === 'number' && text(String(value));
    for (const one of value as readonly string[]) if (text(one)) return true;
    return false;
  };
}

/** Values to remember; of more there is no use. */
const max = 256;

/** Hosts, files, types come repeatedly: a verdict is looked up until it shows that they do not. */
function remembered(test: (text: string) => boolean): (text: string) => boolean {
  const verdicts = new Map<string, boolean>();
  let asked = 0;
  return (text) => {
    if (asked < 0) return test(text);
    asked++;
    let verdict = verdicts.get(text);
    if (verdict === undefined) {
      verdict = test(text);
      if (verdicts.size < max) verdicts.set(text, verdict);
      else if (asked < 8 * max) asked = -1;
    }
    return verdict;
  };
}

function numberTest({ from, to, above, below }: NumberTest): ValueTest {
  const min = from ?? Number.NEGATIVE_INFINITY;
  const max = to ?? Number.POSITIVE_INFINITY;
  return (value) =>
    typeof value === 'number' && (above ? value > min : value >= min) && (below ? value < max : value <= max);
}

const regexTest =
  (regex: RegExp) =>
  (text: string): boolean =>
    regex.test(text.length > subjectLimit ? text.slice(0, subjectLimit) : text);

function textTest({ parts, exact }: TextTest, { match }: Key): (text: string) => boolean {
  const lower = parts.map((p) => p.toLowerCase());
  const [only = ''] = lower;
  if (exact || (lower.length === 1 && match === undefined)) {
    return (text) => text.toLowerCase() === only;
  }
  if (match === 'part' && lower.length === 1) return (text) => text.toLowerCase().includes(only);
  if (match !== 'tail') return (text) => glob(text.toLowerCase(), lower);
  const paths = lower.map((p) => p.replaceAll('\\', '/'));
  // From the root on, or from anywhere: no tail.
  const whole = /^(?:\/|[a-z]:|file:)/.test(paths[0] ?? '') || paths[0] === '';
  const tail = ['', `/${paths[0]}`, ...paths.slice(1)];
  return (text) => {
    const path = text.toLowerCase().replaceAll('\\', '/');
    return glob(path, paths) || (!whole && glob(path, tail));
  };
}

/** Whether a text is made of the parts with anything between them. Takes each middle part where it is first found. */
export function glob(text: string, parts: readonly string[]): boolean {
  const last = parts.length - 1;
  const begin = parts[0] as string;
  const end = parts[last] as string;
  if (last === 0) return text === begin;
  if (text.length < begin.length + end.length || !text.startsWith(begin) || !text.endsWith(end)) return false;
  let at = begin.length;
  for (let i = 1; i < last; i++) {
    const part = parts[i] as string;
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - end.length;
}

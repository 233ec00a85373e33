/**
 * Regular expressions in queries. Queries run inside the traced program too, over texts that servers choose, so one that
 * may take exponential time is refused: a repetition without end of something that repeats or varies itself, or of
 * alternatives that may begin alike. What is left is polynomial, and its subjects are bounded.
 */
import type { Scanner } from './scan';
import type { RegexTest } from './tree';

/** Characters of a text that a regular expression sees. */
export const subjectLimit = 4096;

export function compileRegex({ source, flags }: Pick<RegexTest, 'source' | 'flags'>): RegExp {
  return new RegExp(source, `im${flags}`);
}

/** Why a regular expression cannot be used, in words; undefined: it can. */
function regexFault(source: string, flags: RegexTest['flags']): string | undefined {
  try {
    compileRegex({ source, flags });
  } catch (e) {
    return (e as Error).message.replace(/^Invalid regular expression: (?:\/.*\/\w*: )?/s, '');
  }
  return exponential(source)
    ? 'it may take exponential time: a repeated group holds a repetition or alternatives that begin alike'
    : undefined;
}

/** The test of an expression that was read. Throws the scanner's fault if it cannot be used. */
export function regexTest(
  s: Scanner,
  { source, flags, from }: { source: string; flags: string; from: number },
): RegexTest {
  const kept = `${flags.includes('s') ? 's' : ''}${flags.includes('u') ? 'u' : ''}` as RegexTest['flags'];
  const fault = regexFault(source, kept);
  if (fault !== undefined) throw s.fault(from, 'not a regular expression', 'one that JavaScript takes', `: ${fault}`);
  return { is: 'regex', source, flags: kept };
}

/** Whether the text between two slashes is more than a path. */
export const hasSigns = (source: string): boolean => /[\^$()[\]{}|\\+?]/.test(source);

interface Level {
  /** Something in it is repeated, or may be missing. */
  repeats: boolean;
  /** First characters of its alternatives; '' means any character. */
  firsts: string[];
  /** At the begin of an alternative. */
  fresh: boolean;
  alternatives: number;
}
const level = (): Level => ({ repeats: false, firsts: [], fresh: true, alternatives: 1 });

/** Reads a valid expression once from left to right. */
function exponential(source: string): boolean {
  const stack: Level[] = [level()];
  let at = 0;
  while (at < source.length) {
    const here = stack.at(-1) as Level;
    const c = source[at] as string;
    let closed: Level | undefined;
    if (c === '(') {
      // The contents of a nested group are not a character that can be compared.
      first(here, '');
      stack.push(level());
      const kind = /^\((?:\?(?:<[^>=!]+>|<?[=!]|[\w-]*:))?/.exec(source.slice(at, at + 80));
      at += kind?.[0].length ?? 1;
      continue;
    }
    if (c === ')') {
      closed = stack.length > 1 ? stack.pop() : undefined;
      at++;
    } else if (c === '|') {
      if (here.fresh) here.firsts.push('');
      here.fresh = true;
      here.alternatives++;
      at++;
      continue;
    } else if (c === '[') {
      first(here, '');
      at = classEnd(source, at);
    } else if (c === '\\') {
      const next = source[at + 1] ?? '';
      first(here, /\w/.test(next) ? '' : next);
      at += 2;
    } else {
      first(here, c === '.' || c === '^' || c === '$' ? '' : c.toLowerCase());
      at++;
    }
    const quantifier = /^(?:[*+]|\{(\d+)(?:,(\d*))?\}|\?)/.exec(source.slice(at, at + 24));
    if (!quantifier) {
      if (closed?.repeats) (stack.at(-1) as Level).repeats = true;
      continue;
    }
    at += quantifier[0].length;
    if (source[at] === '?') at++;
    const endless = unending(quantifier);
    const varies = !/^\{\d+\}$/.test(quantifier[0]);
    // An optional begin: the alternative may begin with what follows too.
    if (!closed && here.firsts.length > 0 && quantifier[0] !== '+') here.firsts[here.firsts.length - 1] = '';
    if (endless && closed && (closed.repeats || alike(closed))) return true;
    if (varies || closed?.repeats) (stack.at(-1) as Level).repeats = true;
  }
  return false;
}

/** A high bound is as bad as none. */
function unending([text, min, max]: RegExpExecArray): boolean {
  if (text === '*' || text === '+') return true;
  if (text === '?') return false;
  return (max === undefined ? Number(min) : max === '' ? Number.POSITIVE_INFINITY : Number(max)) > 16;
}

function first(here: Level, c: string): void {
  if (here.fresh) here.firsts.push(c);
  here.fresh = false;
}

/** Two alternatives that may begin with the same character. */
function alike({ firsts, alternatives, fresh }: Level): boolean {
  if (alternatives < 2) return false;
  return fresh || firsts.includes('') || new Set(firsts).size < firsts.length;
}

/** Behind the `]` of a class. */
function classEnd(source: string, from: number): number {
  let at = from + 1;
  while (at < source.length && source[at] !== ']') at += source[at] === '\\' ? 2 : 1;
  return at + 1;
}

/**
 * NODE_OPTIONS as Node itself reads it: words are split at spaces, double quotes group, a backslash escapes the next
 * character, but only inside quotes. Node refuses to start on a text that it cannot read, so a user's broken value is
 * never touched: the program must fail as it would without us.
 */

/** The words of a NODE_OPTIONS value; undefined if Node would refuse it (unterminated quote or escape). */
export function splitNodeOptions(text: string): string[] | undefined {
  const words: string[] = [];
  let word = '';
  let quoted = false;
  let begun = false;
  for (let i = 0; i < text.length; i++) {
    let c = text[i] as string;
    if (c === '\\' && quoted) {
      if (i + 1 === text.length) return undefined;
      c = text[++i] as string;
    } else if (c === ' ' && !quoted) {
      if (begun) words.push(word);
      word = '';
      begun = false;
      continue;
    } else if (c === '"') {
      quoted = !quoted;
      begun = true;
      continue;
    }
    word += c;
    begun = true;
  }
  if (quoted) return undefined;
  if (begun) words.push(word);
  return words;
}

/** One word, written so that Node reads it back unchanged. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `"${word.replace(/[\\"]/g, '\\$&')}"`;
}

/** A preload of this product, of this or another version: nested runs must not pile them up. */
const ours = /[\\/]nettrace-hook-[0-9a-f]+[\\/]hook\.cjs$/;

/**
 * `base` (may be absent or empty) with `--require "<hook>"` as its first option: the hook sees the requests of the user's own
 * preloads, and Node ignores everything after a word that is not an option. A value that Node would refuse is returned
 * unchanged.
 */
export function withPreload(base: string | undefined, hook: string): string {
  const user = base?.trim() ?? '';
  const words = splitNodeOptions(user);
  if (words === undefined) return user;
  const preload = `--require "${hook.replace(/[\\"]/g, '\\$&')}"`;
  const kept = withoutOurs(words);
  if (kept.length === words.length) return user === '' ? preload : `${preload} ${user}`;
  return [preload, ...kept.map(quoteWord)].join(' ');
}

function withoutOurs(words: string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if ((word === '--require' || word === '-r') && ours.test(words[i + 1] ?? '')) i++;
    else if (!(word.startsWith('--require=') && ours.test(word))) kept.push(word);
  }
  return kept;
}

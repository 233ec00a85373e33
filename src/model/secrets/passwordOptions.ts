/**
 * Passwords in two words, as `mysql -p x`. The letter alone says nothing: `-p` is mostly a port, a path or a project. So the
 * value is taken for a password where a program that takes it so is named before, or where a user is named beside it
 * (`-u me -p x`) and it is no port. No imports but its neighbours: the hook bundles this file.
 */
import { masked } from './masked';

/** By option, the programs (or verbs) that take a password behind it. */
const programs: ReadonlyMap<string, RegExp> = new Map([
  ['-p', /^(?:sshpass|login|rabbitmqadmin|cqlsh|(?:mysql|mariadb|mongo)[a-z_-]{0,16})$/],
  ['-P', /^(?:sqlcmd|bcp|isql|tsql|zip|unzip|zipcloak|mosquitto_\w{1,8})$/],
  ['-a', /^redis-cli$/],
  ['-w', /^ldap[a-z]{1,12}$/],
]);

const userOption = /^(?:-[uU]|--user|--username|--login)$/;
/** A port, ports of a container. */
const port = /^(?:[\d.]{1,15}:){0,2}\d{1,5}(?:-\d{1,5})?(?:\/[a-z]{2,4})?$/;
/** So many words are looked through for the user. */
const reach = 16;

const isOption = (word: string | undefined): word is string => word !== undefined && /^--?[A-Za-z]/.test(word);
const isValue = (word: string | undefined): word is string => word !== undefined && !word.startsWith('-');

/** The places of passwords among the words of a command line. */
export function passwordsAmong(words: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>();
  /** Programs whose option has not come yet: the second `-p` of `sshpass -p x ssh -p 22` is a port. */
  const named = new Set<string>();
  words.forEach((word, i) => {
    for (const [option, names] of programs) if (word.length < 256 && names.test(programName(word))) named.add(option);
    const value = words[i + 1];
    if (!programs.has(word) || !isValue(value) || value === '') return;
    if (named.delete(word) || (/^-p$/i.test(word) && !port.test(value) && hasUser(words, i))) found.add(i + 1);
  });
  return found;
}

function programName(word: string): string {
  const name = word.slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1);
  return name.endsWith('.exe') ? name.slice(0, -4) : name;
}

/** Whether a user is named among the adjacent options: only options and their values may be in between. */
function hasUser(words: readonly string[], at: number): boolean {
  for (let i = at - 1; i > at - reach && i >= 0; i--) {
    const word = words[i] as string;
    if (isOption(word)) {
      if (isUserAssigned(word)) return true;
    } else {
      const before = words[--i];
      if (!isOption(before)) break;
      if (userOption.test(before)) return true;
    }
  }
  for (let i = at + 2; i < at + reach; i++) {
    const word = words[i];
    if (!isOption(word)) return false;
    if (isUserAssigned(word) || (userOption.test(word) && isValue(words[i + 1]))) return true;
    if (isValue(words[i + 1])) i++;
  }
  return false;
}

const isUserAssigned = (word: string): boolean => {
  const sign = word.indexOf('=');
  return sign > 0 && userOption.test(word.slice(0, sign));
};

const word = /(?:[^\s"']|"[^"]*"|'[^']*')+/g;

/** The same in a whole command as one argument: `sh -c 'mysql -u root -p x'`. */
export function maskCommand(text: string): string {
  if (!/\s-[pPaw]\s/.test(text)) return text;
  const words = [...text.matchAll(word)];
  const found = passwordsAmong(words.map(([one]) => one));
  let out = '';
  let copied = 0;
  for (const i of found) {
    const { index, 0: value } = words[i] as RegExpExecArray;
    out += text.slice(copied, index) + masked;
    copied = index + value.length;
  }
  return out + text.slice(copied);
}

/**
 * The same source file on both sides: a program may have been checked out into two folders. Of pairs of folders, the one is
 * taken below which most files agree.
 */

import { push } from '../base/facts';

/** From paths of a run to those of the run that the others are compared with; paths that fit nowhere stay. */
export type FileNames = (file: string) => string;

const same: FileNames = (file) => file;

/** `known`: files of the first run. `files`: of this one. */
export function alignedFiles(known: ReadonlySet<string>, files: ReadonlySet<string>): FileNames {
  if ([...files].some((file) => known.has(file))) return same;
  const votes = new Map<string, { from: string; to: string; count: number }>();
  const byName = new Map<string, string[]>();
  for (const file of known) push(byName, lastPart(file), file);
  for (const file of files)
    for (const other of byName.get(lastPart(file)) ?? []) {
      const [from, to] = foldersOf(file, other);
      const vote = votes.get(`${from}\n${to}`) ?? { from, to, count: 0 };
      vote.count++;
      votes.set(`${from}\n${to}`, vote);
    }
  const best = [...votes.values()].sort((a, b) => b.count - a.count || a.from.length - b.from.length)[0];
  if (best === undefined) return same;
  return (file) => (file.startsWith(best.from) ? best.to + file.slice(best.from.length) : file);
}

const lastPart = (file: string): string => file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);

/** What is before the parts that two paths end with alike. */
function foldersOf(a: string, b: string): [string, string] {
  let length = 0;
  for (let i = 1; i <= Math.min(a.length, b.length) && a.at(-i) === b.at(-i); i++)
    if (/[/\\]/.test(a.at(-i) as string)) length = i;
  return [a.slice(0, a.length - length), b.slice(0, b.length - length)];
}

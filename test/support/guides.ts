/** Examples of docs/guides: the programs and commands of a page, and whether what was printed is what the page shows. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Nettrace } from '../cli/testing/nettrace';
import { closedPort } from './ports';
import { repository } from './programs/nodes';

export interface GuideExample {
  command: string;
  shown: string[];
}

export const guide = (name: string): string => readFileSync(join(repository, 'docs/guides', name), 'utf8');

/** Commands follow `$`; what is below them is printed by them, `…` stands for anything, alone on a line for any lines. */
export function examplesIn(page: string): GuideExample[] {
  const found: GuideExample[] = [];
  for (const [, block = ''] of page.matchAll(/```console\n([\s\S]*?)```/g))
    for (const line of block.trimEnd().split('\n')) {
      if (line.startsWith('$ ')) found.push({ command: line.slice(2), shown: [] });
      else found.at(-1)?.shown.push(line);
    }
  return found;
}

/** Programs of the page, under the names in their first lines. */
export function writePrograms(page: string, folder: string): void {
  for (const [, name = '', text = ''] of page.matchAll(/```js\n\/\/ (\S+)\n([\s\S]*?)```/g))
    writeFileSync(join(folder, name), text);
}

/** Runs one command in the folder; what it printed, the program's output first. */
export async function printedBy(nettrace: Nettrace, command: string, folder: string) {
  const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map((m) => m[1] ?? (m[2] as string));
  if (words[0] !== 'nettrace') throw new Error(`not a command of Net Trace: ${command}`);
  const port = words.includes('--metrics') ? String(await closedPort()) : '';
  const args = words.slice(1).map((word) => (word === '9464' ? port : word));
  const env = { PATH: `${join(process.execPath, '..')}:${process.env.PATH}` };
  const { code, stdout, stderr } = await nettrace.run(args, { cwd: folder, env });
  return { code, text: `${stdout}${stderr}` };
}

/** Figures, and the width of columns, differ from run to run. */
const plain = (line: string) =>
  line
    .replace(/\d+(\.\d+)? (µs|ms|s)\b/g, '0 ms')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:0')
    .replace(/\s+/g, ' ')
    .trim();

/** The first shown line that does not come; undefined: all do, in order, and nothing else where there is no `…`. */
export function missingOf(text: string, shown: readonly string[]): string | undefined {
  const lines = text.trim() === '' ? [] : text.trimEnd().split('\n').map(plain);
  let at = 0;
  let isFree = false;
  for (const line of shown) {
    if (line.trim() === '…') {
      isFree = true;
      continue;
    }
    const parts = line.split('…').map((part) => plain(part).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    const pattern = new RegExp(`^${parts.join('.*')}$`);
    const found = lines.findIndex((one, i) => i >= at && pattern.test(one));
    if (found < 0 || (!isFree && found > at)) return line;
    at = found + 1;
    isFree = false;
  }
  return at < lines.length && !isFree ? `the end, before: ${lines[at]}` : undefined;
}

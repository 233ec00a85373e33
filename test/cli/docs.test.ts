// docs/command-line.md: its examples run and say what it says, and its tables hold every option with its default.
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { scratch } from '../../src/session/testing/scratch';
import { repository } from '../support/nodes';
import { Nettrace } from './nettrace';

const text = readFileSync(join(repository, 'docs/command-line.md'), 'utf8');
let nettrace: Nettrace;
let folder: string;
beforeAll(() => {
  nettrace = new Nettrace();
  folder = scratch();
  copyFileSync(join(repository, 'samples/hello/hello.js'), join(folder, 'app.js'));
});

interface Example {
  command: string;
  output: string[];
  exit: number;
}

/** Commands stand behind `$`, what they say below them, an exit code other than 0 as a comment. */
const examples: Example[] = [];
for (const [, block] of text.matchAll(/```console\n([\s\S]*?)```/g)) {
  for (const line of (block as string).trimEnd().split('\n')) {
    const last = examples.at(-1);
    if (line.startsWith('$ ')) examples.push({ command: line.slice(2), output: [], exit: 0 });
    else if (line.startsWith('# exit ')) (last as Example).exit = Number(line.slice('# exit '.length));
    else last?.output.push(line);
  }
}

/** Figures and widths differ from run to run. */
const shape = (line: string) =>
  line
    .replace(/\d+(\.\d+)?/g, '0')
    .replace(/0-0-0/g, 'id')
    .replace(/\s+/g, ' ')
    .trim();

test('there are examples of every verb', () => {
  for (const verb of ['run', 'show', 'convert', 'doctor'])
    expect(examples.some((e) => e.command.startsWith(`nettrace ${verb}`))).toBe(true);
});

// One after the other, in the order of the page: the first ones make the files of the later ones.
test.each(examples)('$command', async ({ command, output, exit }) => {
  const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map((m) => m[1] ?? (m[2] as string));
  const result = await nettrace.run(words.slice(1), {
    cwd: folder,
    env: { PATH: `${join(process.execPath, '..')}:${process.env.PATH}` },
  });
  expect(result.code).toBe(exit);
  let rest = `${result.stdout}\n${result.stderr}`.split('\n').map(shape);
  for (const line of output) {
    const at = rest.findIndex((l) => l.includes(shape(line)));
    expect(at, `${line}\nis not in\n${rest.join('\n')}`).toBeGreaterThanOrEqual(0);
    rest = rest.slice(at + 1);
  }
});

describe('the tables', () => {
  test('hold every option with its default, and no other', async () => {
    const { stdout } = await nettrace.run(['--defaults']);
    const options = stdout
      .trimEnd()
      .split('\n')
      .map((line) => /^(\w+) (--[\w-]+) +(.*)$/.exec(line)?.slice(1) as [string, string, string]);
    const told = text.split(/^## /m).flatMap((section) => {
      const verb = section.slice(0, section.indexOf('\n'));
      const rows = [...section.matchAll(/^\| `(?:-\w, )?(--[\w-]+)[^`]*` \|.*\| (.*?) \|$/gm)];
      return rows.map(([, option, value]) => [verb, option, value]);
    });
    expect(told).toEqual(options);
  });
});

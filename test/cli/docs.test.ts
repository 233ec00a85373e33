/**
 * README.md, and docs/command-line.md: examples run and say what it says, and its tables hold every option with its default.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { scratch } from '../../src/session/testing/scratch';
import { nodes, repository } from '../support/programs/nodes';
import { Nettrace } from './testing/nettrace';

const text = readFileSync(join(repository, 'docs/command-line.md'), 'utf8');
const nettrace = new Nettrace();
let folder: string;
beforeAll(() => {
  folder = scratch();
  copyFileSync(join(repository, 'samples/hello/hello.js'), join(folder, 'app.js'));
  for (const [, name, block] of text.matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g))
    writeFileSync(join(folder, name as string), block as string);
});

interface Example {
  command: string;
  output: string[];
  exit: number;
}

/** Commands follow `$`, their output is below them, an exit code other than 0 is a comment. */
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
    .replace(/\S*[\\/](node(?:\.exe)?|app\.js)\b/g, '$1')
    .replace(/\d(\.\d+)? (µs|ms|s)\b/g, '0 ms')
    .replace(/\d+(\.\d+)?/g, '0')
    .replace(/0-0-0/g, 'id')
    .replace(/\s+/g, ' ')
    .trim();

test('there are examples of every verb', () => {
  for (const verb of ['run', 'show', 'query', 'convert', 'share', 'diff', 'check', 'doctor'])
    expect(examples.some((e) => e.command.startsWith(`nettrace ${verb}`))).toBe(true);
});

// One after the other, in the order of the page: the first ones make the files of the later ones.
test.each(examples)('$command', async ({ command, output, exit }) => {
  const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map((m) => m[1] ?? (m[2] as string));
  const result = await nettrace.run(words.slice(1), {
    // Queries need a later Node than the tests do.
    ...(words[1] === 'query' ? { node: nodes.at(-1)?.binary ?? '' } : {}),
    cwd: folder,
    env: { PATH: `${join(process.execPath, '..')}:${process.env.PATH}` },
  });
  expect(result.code).toBe(exit);
  // Both streams come to one terminal, in an order of their own.
  const ofProgram = new Set(result.stdout.split('\n'));
  const isOf = (line: string) => ofProgram.has(line) && line !== '';
  if (command.startsWith('nettrace run')) {
    expect(output.filter(isOf)).toEqual(
      command.includes('--table') ? [] : result.stdout.trimEnd().split('\n').filter(isOf),
    );
    compare(
      result.stderr,
      output.filter((line) => !isOf(line)),
    );
  } else if (command.includes('--sort duration')) {
    // Which of them is the longest differs from run to run.
    const anyPath = (line: string) => line.replace(/\/(one|two|three)\b/g, '/one');
    compare(anyPath(result.stdout + result.stderr), output.map(anyPath));
  } else compare(result.stdout + result.stderr, output);
});

/** Findings, and what the kernel says where it may: of the machine and its load. */
const ofMachine = /^ *(?:[✕▲!i•] |kernel: )/;
/** The verdict below a request's waterfall: a loaded machine makes a request slow. */
const withoutVerdicts = (lines: readonly string[]) => {
  let isBelowTotal = false;
  return lines.filter((line) => {
    const isVerdict = isBelowTotal && /^ {2}\S/.test(line);
    isBelowTotal = isVerdict || /^ {2}total {2,}[\d.]+ m?s$/.test(line);
    return !isVerdict;
  });
};
const comparable = (lines: readonly string[]) => withoutVerdicts(lines).filter((line) => !ofMachine.test(line));
/** Columns that small phases may lack from run to run, figures, bars. */
const plainLine = (line: string) =>
  shape(
    line
      .replace(/│.*│/, '')
      .replace(/[\d.]+ (ms|s)\b/g, '')
      .replace(/, at \S+$/, ''),
  )
    .replace(/\b(queue|connection|sending|processing|transfer|other|TCP|server|content)\b/g, '')
    .replace(/saved .*app\./, 'saved app.')
    .replace(/\s+/g, ' ')
    .trim()
    // Names of the phases, of which a small one is shown or not.
    .replace(/^(to http\S*|status method request called at) .*$/, '$1');

/** Line by line; `…` matches anything, alone on a line any lines. */
function compare(printed: string, shown: readonly string[]): void {
  const lines = printed.trim() === '' ? [] : comparable(printed.trimEnd().split('\n')).map(plainLine);
  const expected = comparable(shown);
  let reached = 0;
  const isSame = (given: string | undefined, line: string) => {
    const parts = line.split('…').map((part) => plainLine(part).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    return given !== undefined && new RegExp(`^${parts.join('.*')}$`).test(given);
  };
  const matches = (at: number, i: number): boolean => {
    reached = Math.max(reached, i);
    if (i === expected.length) return at === lines.length;
    const line = expected[i] as string;
    if (line !== '…') return isSame(lines[at], line) && matches(at + 1, i + 1);
    return Array.from({ length: lines.length - at + 1 }, (_, n) => at + n).some((next) => matches(next, i + 1));
  };
  expect(matches(0, 0), `${expected[reached] ?? 'the end'}\nis not the next line of\n${lines.join('\n')}`).toBe(true);
}

describe('README.md', () => {
  const readme = readFileSync(join(repository, 'README.md'), 'utf8');
  /** Without figures, and without the columns that small phases may lack from run to run. */
  const plain = (line: string) =>
    shape(line.replace(/[\d.]+ (ms|s)\b/g, '').replace(/saved \S*hello/, 'saved hello'))
      .replace(/\b(queue|connection|sending|processing|transfer|TCP|server|content)\b/g, '')
      .replace(/\s+/g, ' ')
      .trim();

  test('its sample output is that of a run, line by line', async () => {
    const [, command = '', output = ''] = /```\n\$ nettrace (run [^\n]*)\n([\s\S]*?)```/.exec(readme) ?? [];
    mkdirSync(join(folder, 'samples/hello'), { recursive: true });
    copyFileSync(join(repository, 'samples/hello/hello.js'), join(folder, 'samples/hello/hello.js'));
    const { stdout, stderr } = await nettrace.run(command.split(' '), {
      cwd: folder,
      env: { PATH: `${join(process.execPath, '..')}:${process.env.PATH}` },
    });
    // Additional lines on a loaded machine (a finding, kernel statistics) are between the table and the last line.
    const lines = `${stdout}${stderr}`.trimEnd().split('\n').map(plain);
    const expected = output.trimEnd().split('\n').map(plain);
    expect(lines.slice(0, expected.length - 1)).toEqual(expected.slice(0, -1));
    expect(lines.at(-1)).toBe(expected.at(-1));
  });

  test('the index of docs names every page', () => {
    const index = readFileSync(join(repository, 'docs/README.md'), 'utf8');
    const pages = readdirSync(join(repository, 'docs')).filter((name) => /\.(md|schema\.json)$/.test(name));
    expect(pages.filter((name) => name !== 'README.md' && !index.includes(`(${name})`))).toEqual([]);
  });

  test('the version of Node is that of package.json', () => {
    const { engines } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
    expect(readme).toContain(`You need Node ${engines.node.replace('>=', '')} or later`);
  });
});

describe('the tables', () => {
  test('hold every option with its default, and no other', async () => {
    const { stdout } = await nettrace.run(['--defaults']);
    const options = stdout
      .trimEnd()
      .split('\n')
      .map((line) => /^(\w+) (--[\w-]+) +(.*)$/.exec(line)?.slice(1) as [string, string, string]);
    const documented = text.split(/^## /m).flatMap((section) => {
      const verb = section.slice(0, section.indexOf('\n'));
      const rows = [...section.matchAll(/^\| `(?:-\w, )?(--[\w-]+)[^`]*` \|.*\| (.*?) \|$/gm)];
      return rows.map(([, option, value]) => [verb, option, value]);
    });
    expect(documented).toEqual(options);
  });
});

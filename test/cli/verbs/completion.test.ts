/** The scripts of `nettrace completion` in the shells themselves, against what `--help` lists. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { scratch } from '../../../src/session/testing/scratch';
import { Nettrace } from '../testing/nettrace';

const nettrace = new Nettrace();
const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

const isThere = (shell: Shell): boolean => spawnSync(shell, ['-c', 'exit 7']).status === 7;
const there = Object.fromEntries(shells.map((shell) => [shell, isThere(shell)])) as Record<Shell, boolean>;
const missing = shells.filter((shell) => !there[shell]);
if (missing.length > 0)
  console.warn(`completion: not tested in ${missing.join(', ')}, which this machine does not have`);

const folder = scratch();
const files = ['a.nettrace.json', 'b c.har', "d'e.eve.json", 'notes.txt'];
const scripts = {} as Record<Shell, string>;

interface Listed {
  commands: string[];
  options: string[];
}

/** By the path of a command: what its `--help` lists. */
const helps = new Map<string, Listed>();

beforeAll(async () => {
  for (const file of files) writeFileSync(join(folder, file), '');
  mkdirSync(join(folder, 'sub'));
  for (const shell of shells) {
    const { code, stdout, stderr } = await nettrace.run(['completion', shell]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    scripts[shell] = join(scratch(), `nettrace.${shell}`);
    writeFileSync(scripts[shell], stdout);
  }
  const read = async (path: string[]): Promise<void> => {
    const { stdout } = await nettrace.run([...path, '--help'], { env: { COLUMNS: '400' } });
    const names = (line: RegExp): string[] => [...stdout.matchAll(line)].map((m) => m[1] as string);
    const [, after = ''] = stdout.split('\nCommands:\n');
    const commands = [...after.matchAll(/^ {2}([a-z]+(?:\|[a-z]+)*) /gm)].map((m) => (m[1] as string).split('|'));
    const options = names(/^ {2}(-\w, --[\w-]+|--[\w-]+)/gm).flatMap((o) => o.split(', '));
    helps.set(path.join(' '), { commands: commands.flat(), options });
    for (const [name] of commands) if (name !== undefined && name !== 'help') await read([...path, name]);
  };
  await read([]);
});

/** What the shell offers for the last of these words. */
type Complete = (...words: string[]) => string[];
const quoted = (words: readonly string[]): string => words.map((w) => `'${w.replaceAll("'", `'\\''`)}'`).join(' ');
const linesOf = (text: string): string[] => [...new Set(text.split('\n').filter((l) => l !== ''))].sort();

const inBash =
  (setup = ''): Complete =>
  (...words) => {
    const script = `${setup}
      source ${quoted([scripts.bash])}
      complete -p nettrace | grep -q -- '-F _nettrace nettrace' || exit 9
      COMP_WORDS=(nettrace ${quoted(words)}); COMP_CWORD=${words.length}; COMP_LINE="nettrace "${quoted([words.join(' ')])}; COMP_POINT=\${#COMP_LINE}
      _nettrace nettrace
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    return linesOf(execFileSync('bash', ['--norc', '-c', script], { cwd: folder, encoding: 'utf8' }));
  };

const inFish: Complete = (...words) => {
  const line = `nettrace ${words.map((w, i) => (i === words.length - 1 ? w : w.replaceAll(' ', '\\ '))).join(' ')}`;
  const script = `source '${scripts.fish}'; complete -C ${quoted([line])}`;
  const out = execFileSync('fish', ['--no-config', '-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, HOME: folder },
  });
  // Each with its description behind a tab.
  return linesOf(out.replace(/\t.*$/gm, ''));
};

/** zsh completes at a terminal alone: one of its own, in which what would be offered is printed instead. */
const inZsh: Complete = (...words) => {
  const script = `
    zmodload zsh/zpty
    cd ${quoted([folder])}
    zpty z zsh -f -i
    zpty -w z 'PS1= PROMPT_EOL_MARK=; autoload -Uz compinit; compinit -u -D'
    zpty -w z 'source ${scripts.zsh}'
    zpty -w z 'compadd() {
      [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]] && { builtin compadd "$@"; return }
      local -a hits
      builtin compadd -A hits "$@"
      local hit; for hit in $hits; do print -r -- "<hit>$hit</hit>"; done
      builtin compadd "$@"
    }'
    zpty -w z 'finish() { print "<end>"; exit }; zle -C once complete-word _main_complete; list() { zle once; finish }; zle -N list; bindkey "^I" list; print "<ready>"'
    zpty -r z out '*<ready>*<ready>*'
    zpty -w -n z $'nettrace '${quoted([words.map((w, i) => (i === words.length - 1 ? w : w.replaceAll(' ', '\\ '))).join(' ')])}$'\\t'
    while zpty -r z out; do print -rn -- "$out"; [[ $out == *'<end>'* ]] && break; done
    zpty -d z`;
  const out = execFileSync('zsh', ['-f', '-c', script], { encoding: 'utf8', timeout: 20_000 });
  return linesOf([...out.matchAll(/<hit>(.*?)<\/hit>/g)].map((m) => m[1]).join('\n'));
};

const completes: Record<Shell, Complete> = { bash: inBash(), fish: inFish, zsh: inZsh };

describe.each(shells.filter((shell) => there[shell]))('%s', (shell) => {
  const complete = completes[shell];

  test('the script is read without a word', () => {
    const { status, stdout, stderr } = spawnSync(
      shell,
      ['-c', `${shell === 'zsh' ? 'autoload -Uz compinit; compinit -u -D; ' : ''}source '${scripts[shell]}'`],
      {
        encoding: 'utf8',
        env: { ...process.env, HOME: folder },
      },
    );
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('the verbs, and the options of each, are those of --help', () => {
    expect([...helps.keys()]).toEqual(expect.arrayContaining(['', 'run', 'show', 'rules create', 'mcp', 'completion']));
    for (const [path, { commands, options }] of helps) {
      const words = path === '' ? [] : path.split(' ');
      if (commands.length > 0) expect(complete(...words, '')).toEqual([...commands].sort());
      const long = options.filter((o) => o.startsWith('--'));
      expect(long).toContain('--help');
      expect({ path, options: complete(...words, '--') }).toEqual({ path, options: long.sort() });
    }
  });

  test('verbs, options and choices by their first letters', () => {
    expect(complete('sho')).toEqual(['show']);
    expect(complete('show', '--co')).toEqual(['--columns']);
    expect(complete('show', '--sort', 'd')).toEqual(['duration']);
    expect(complete('run', '--headers', '')).toEqual(['lengths', 'names', 'off', 'values']);
    expect(complete('completion', '')).toEqual(['bash', 'fish', 'zsh']);
    // By another name of the verb.
    expect(complete('requests', 'li')).toEqual(['list']);
  });

  test('a trace: files of its formats, and folders', () => {
    const bare = (names: readonly string[]) => names.map((n) => n.replace(/\/$/, '').replaceAll('\\', '')).sort();
    const traces = ['a.nettrace.json', 'b c.har', "d'e.eve.json", 'sub'];
    expect(bare(complete('show', ''))).toEqual(traces);
    expect(bare(complete('convert', 'a.nettrace.json', ''))).toEqual([...files, 'sub'].sort());
    expect(bare(complete('show', '--sort', 'time', 'a'))).toEqual(['a.nettrace.json']);
    expect(bare(complete('run', '-o', 'n'))).toEqual(['notes.txt']);
  });

  test('after run the program and its arguments, as without nettrace', () => {
    expect(complete('run', '--', 'fals')).toContain('false');
    expect(complete('run', 'fals')).toContain('false');
    expect(complete('run', '--sort', 'time', '--json', '--', 'cat', 'not')).toEqual(['notes.txt']);
    expect(complete('run', '-o', 'x.har', 'cat', 'not')).toEqual(['notes.txt']);
    // What follows belongs to the program.
    expect(complete('run', '--', 'cat', '--qui')).not.toContain('--quiet');
  });
});

describe.skipIf(!there.bash)('bash alone', () => {
  test('a value behind an equals sign, whether bash splits there or not', () => {
    const complete = inBash();
    expect(complete('show', '--sort', '=', 'du')).toEqual(['duration']);
    expect(complete('show', '--sort', '=')).toEqual(['duration', 'newest', 'status', 'time', 'url']);
    expect(complete('show', '--sort=du')).toEqual(['--sort=duration']);
  });

  test('the completion of the program itself, where the package bash-completion is there', () => {
    const complete = inBash('_command_offset() { COMPREPLY=("offset $1"); }');
    expect(complete('run', '--', 'git', 'che')).toEqual(['offset 3']);
    expect(complete('run', '--json', 'git', 'che')).toEqual(['offset 3']);
    expect(complete('run', 'gi')).toEqual(['offset 2']);
  });
});

test('another shell is refused with the names of those that are known', async () => {
  const { code, stdout, stderr } = await nettrace.run(['completion', 'tcsh']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('bash, zsh, fish');
});

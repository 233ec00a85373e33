/** Completion for fish 3 and later. */
import { suffixes } from '../../formats/file/sniff';
import { withoutControls } from '../../model/base/quoting';
import { allCommands, type CommandSpec, takesVerbs, type Value } from './spec';

export function fishScript(spec: CommandSpec): string {
  const all = allCommands(spec);
  const run = all.find((c) => c.runs);
  const withValue = run?.options.flatMap((o) => (o.value === undefined ? [] : o.names)) ?? [];
  return `# Completion of nettrace for fish. Made by \`nettrace completion fish\`; in ~/.config/fish/config.fish:
#   nettrace completion fish | source

# Whether the words so far lead to the command $argv, and to none below it.
function __nettrace_at
    set -l path
    for word in (commandline -opc)[2..]
        string match -q -- '-*' $word; and continue
        switch "$path"
${groupCases(all)}
        end
    end
    test "$path" = "$argv"
end

# The words of the program that run starts: from -- on, or from the first word that is no option.
function __nettrace_program
    set -l words (commandline -opc)[3..]
    while set -q words[1]
        if test "$words[1]" = --
            set -e words[1]
            break
        else if contains -- $words[1] ${withValue.map(single).join(' ')}
            set -e words[1]
        else if not string match -q -- '-*' $words[1]
            break
        end
        set -q words[1]; and set -e words[1]
    end
    set -l typed (string escape -- $words)
    complete -C "$typed "(commandline -ct)
end

function __nettrace_traces
    # Files, as for a command without completions.
    complete -C "'' "(commandline -ct) | string match -r -- ${single(
      `^[^\\t]*(?:/|${Object.values(suffixes)
        .map((x) => x.replaceAll('.', '\\.'))
        .join('|')})(?:\\t.*)?$`,
    )}
end

complete -c nettrace -e
complete -c nettrace -f
${all.flatMap((c) => linesOf(c, spec)).join('\n')}
`;
}

/** Each command that has some: the words that lead on. */
function groupCases(all: readonly CommandSpec[]): string {
  return all
    .filter((c) => c.commands.length > 0)
    .map((c) => {
      const subs = c.commands.map(
        (sub) =>
          `                    case ${sub.names.map(single).join(' ')}\n                        set path ${single(sub.path)}`,
      );
      return `            case ${single(c.path)}\n                switch $word\n${subs.join('\n')}\n                end`;
    })
    .join('\n');
}

function linesOf(c: CommandSpec, spec: CommandSpec): string[] {
  const at = `complete -c nettrace -n ${single(`__nettrace_at ${single(c.path)}`)}`;
  const commands = (of: CommandSpec) =>
    of.commands.flatMap((sub) => sub.names.map((n) => `${at} -a ${single(n)} -d ${single(sub.text)}`));
  const options = c.options.map(({ names, text, value }) => {
    const forms = names.map((n) => (n.startsWith('--') ? `-l ${single(n.slice(2))}` : `-s ${single(n.slice(1))}`));
    return `${at} ${forms.join(' ')}${value === undefined ? '' : ` ${suggestion(value, true)}`} -d ${single(text)}`;
  });
  const values = [...new Set(c.arguments.map((a) => suggestion(a.value, false)))];
  const args = c.runs
    ? [`${at} -a '(__nettrace_program)'`]
    : takesVerbs(c)
      ? commands(spec)
      : values.filter((v) => v !== '').map((v) => `${at} ${v}`);
  return [...commands(c), ...options, ...args];
}

/** `isOption`: the value is required, -x: and no other file. */
function suggestion(value: Value, isOption: boolean): string {
  if (typeof value !== 'string') return `${isOption ? '-x ' : ''}-a ${single(value.join(' '))}`;
  const actions = {
    trace: `${isOption ? '-x ' : ''}-a '(__nettrace_traces)'`,
    file: isOption ? '-r -F' : '-F',
    folder: `${isOption ? '-x ' : ''}-a '(__fish_complete_directories)'`,
    program: `${isOption ? '-x ' : ''}-a '(__fish_complete_command)'`,
    none: isOption ? '-x' : '',
  };
  return actions[value];
}

/** fish reads two escapes inside single quotes. */
const single = (text: string): string => `'${withoutControls(text).replace(/[\\']/g, '\\$&')}'`;

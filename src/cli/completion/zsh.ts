/** Completion for zsh, by its `_arguments`: from a folder of `fpath` (as `_nettrace`), or sourced. */
import { suffixes } from '../../formats/file/sniff';
import { posixWord } from '../../model/base/quoting';
import { allCommands, type CommandSpec, type OptionSpec, takesVerbs, type Value } from './spec';

export function zshScript(spec: CommandSpec): string {
  return `#compdef nettrace
# Completion of nettrace for zsh. Made by \`nettrace completion zsh\`; in ~/.zshrc, after compinit:
#   source <(nettrace completion zsh)

_nettrace_traces() {
  _files -g ${single(`*(${Object.values(suffixes).join('|')})(-.)`)}
}

${allCommands(spec).map(functionOf).join('\n')}
if [[ $funcstack[1] == _nettrace ]]; then
  _nettrace "$@"
else
  compdef _nettrace nettrace
fi
`;
}

const nameOf = (path: string): string => ['_nettrace', ...path.split(' ').filter((w) => w !== '')].join('_');

function functionOf(c: CommandSpec): string {
  const options = c.options.map((o) => `    ${optionArgument(o)} \\`);
  if (c.commands.length > 0) return groupFunction(c, options);
  const rest = c.runs
    ? [`'(-)1:program:_command_names -e'`, `'*::argument:_normal'`]
    : takesVerbs(c)
      ? [`'*:command:_nettrace_commands'`]
      : c.arguments.map((a) => single(`:${escaped(a.name)}:${actionOf(a.value)}`));
  // -S: what follows -- is no option.
  return `${nameOf(c.path)}() {
  _arguments -S \\
${[...options, ...rest.map((r) => `    ${r} \\`)].join('\n').replace(/ \\$/, '')}
}
`;
}

/** A command with commands: those, or what the one that was typed takes. */
function groupFunction(c: CommandSpec, options: readonly string[]): string {
  const name = nameOf(c.path);
  const list = c.commands.flatMap((sub) => sub.names.map((n) => `    ${single(`${escaped(n)}:${sub.text}`)}`));
  const cases = c.commands.map((sub) => `        ${sub.names.join(' | ')}) ${nameOf(sub.path)} ;;`);
  return `${name}_commands() {
  local -a commands
  commands=(
${list.join('\n')}
  )
  _describe -t commands command commands
}

${name}() {
  local curcontext="$curcontext" context state state_descr line
  typeset -A opt_args
  _arguments -C \\
${options.join('\n')}
    ${single(`1:command:${name}_commands`)} \\
    '*::argument:->arguments' && return
  case $state in
    arguments)
      curcontext="\${curcontext%:*}-$words[1]:"
      case $words[1] in
${cases.join('\n')}
      esac
      ;;
  esac
}
`;
}

function optionArgument({ names, text, value, placeholder, repeats }: OptionSpec): string {
  const others = repeats ? '*' : names.length > 1 ? `(${names.join(' ')})` : '';
  const rest = `[${escaped(text)}]${value === undefined ? '' : `:${escaped(placeholder)}:${actionOf(value)}`}`;
  const formOf = (name: string): string =>
    value === undefined ? name : name.startsWith('--') ? `${name}=` : `${name}+`;
  const forms = names.map(formOf);
  const [one = ''] = forms;
  if (forms.length === 1) return single(`${others}${one}${rest}`);
  return `${others === '' ? '' : single(others)}{${forms.join(',')}}${single(rest)}`;
}

function actionOf(value: Value): string {
  if (typeof value !== 'string') return `(${value.map((v) => v.replace(/[^\w.-]/g, '\\$&')).join(' ')})`;
  const actions = {
    trace: '_nettrace_traces',
    file: '_files',
    folder: '_files -/',
    program: '_command_names -e',
    none: ' ',
  };
  return actions[value];
}

const escaped = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

/** In single quotes, whatever it is. */
const single = (text: string): string => {
  const word = posixWord(text);
  return word.startsWith("'") ? word : `'${word}'`;
};

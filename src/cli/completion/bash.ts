/**
 * Completion for bash 3.2 and later, also without the package bash-completion. Words that bash splits at `=` are taken
 * together again.
 */
import { suffixes } from '../../formats/file/sniff';
import { posixWord } from '../../model/base/quoting';
import { allCommands, type CommandSpec, takesVerbs, type Value } from './spec';

export function bashScript(spec: CommandSpec): string {
  const all = allCommands(spec);
  return `# Completion of nettrace for bash. Made by \`nettrace completion bash\`; in ~/.bashrc:
#   source <(nettrace completion bash)

# $1: the command so far. Sets commands and options: what may follow it.
_nettrace_words() {
  case $1 in
${all.map((c) => arm(c.path, `commands=${quoted(commandsOf(c))} options=${quoted(c.options.flatMap((o) => o.names))}`)).join('\n')}
  esac
}

# $1: the command so far, $2: a word. Sets path if the word is one of its commands.
_nettrace_enter() {
  case "$1:$2" in
${all
  .flatMap((c) =>
    c.commands.map((sub) =>
      arm(
        sub.names.map((n) => `${c.path}:${n}`),
        `path=${quoted(sub.path)}`,
      ),
    ),
  )
  .join('\n')}
    *) return 1 ;;
  esac
}

# $1: the command, $2: an option. Sets kind and words if the option takes a value.
_nettrace_value() {
  case "$1:$2" in
${all.flatMap(valueArms).join('\n')}
    *) return 1 ;;
  esac
}

# $1: the command, $2: the number of an argument. Sets kind and words.
_nettrace_argument() {
  case "$1:$2" in
${all.flatMap((c) => c.arguments.map((a, n) => arm(`${c.path}:${n}`, kindOf(takesVerbs(c) ? commandsOf(spec) : a.value)))).join('\n')}
    *) return 1 ;;
  esac
}

_nettrace_files() {
  local file
  compopt -o filenames 2>/dev/null
  while IFS= read -r file; do
    case $kind:$file in
      file:* | ${traceGlob}) COMPREPLY+=("$file") ;;
      *) [[ -d $file ]] && COMPREPLY+=("$file") ;;
    esac
  done < <(compgen -f -- "$1")
}

# A program and its arguments, from word $1 on: as the shell completes them by themselves.
_nettrace_program() {
  local file
  if declare -F _comp_command_offset >/dev/null; then
    _comp_command_offset "$1"
  elif declare -F _command_offset >/dev/null; then
    _command_offset "$1"
  else
    compopt -o filenames 2>/dev/null
    if ((COMP_CWORD == $1)); then
      while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -c -- "$cur")
    fi
    while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$cur")
  fi
}

_nettrace_reply() {
  local word
  case $kind in
    words) while IFS= read -r word; do COMPREPLY+=("$2$word"); done < <(compgen -W "$words" -- "$1") ;;
    program) while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -c -- "$1") ;;
    trace | file | folder) _nettrace_files "$1" ;;
  esac
}

_nettrace() {
  local cur=\${COMP_WORDS[COMP_CWORD]} path= waits= kind= words= commands= options= word i count=0
  COMPREPLY=()
  [[ $cur == = ]] && cur=
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ -n $waits ]]; then
      [[ $word == = ]] || waits=
    elif [[ $word == -- ]]; then
      [[ $path == run ]] && { _nettrace_program $((i + 1)); return; }
    elif [[ $word == -* ]]; then
      _nettrace_value "$path" "$word" && waits=$word
    elif ! _nettrace_enter "$path" "$word"; then
      [[ $path == run ]] && { _nettrace_program "$i"; return; }
      count=$((count + 1))
    fi
  done
  if [[ -n $waits ]]; then
    _nettrace_value "$path" "$waits"
    _nettrace_reply "$cur" ''
  elif [[ $cur == --?*=* ]]; then
    _nettrace_value "$path" "\${cur%%=*}" && _nettrace_reply "\${cur#*=}" "\${cur%%=*}="
  elif [[ $cur == -* ]]; then
    _nettrace_words "$path"
    kind=words words=$options
    _nettrace_reply "$cur" ''
  elif [[ $path == run ]]; then
    _nettrace_program "$COMP_CWORD"
  elif _nettrace_argument "$path" "$count"; then
    _nettrace_reply "$cur" ''
  else
    _nettrace_words "$path"
    kind=words words=$commands
    ((count == 0)) && _nettrace_reply "$cur" ''
  fi
  return 0
}

complete -F _nettrace nettrace
`;
}

const traceGlob = Object.values(suffixes)
  .map((suffix) => `trace:*${suffix}`)
  .join(' | ');

const commandsOf = (c: CommandSpec): string[] => c.commands.flatMap((sub) => sub.names);

const quoted = (words: string | readonly string[]): string =>
  posixWord(typeof words === 'string' ? words : words.join(' '));

function arm(patterns: string | readonly string[], action: string): string {
  const list = typeof patterns === 'string' ? [patterns] : patterns;
  return `    ${list.map((p) => (p === '' ? "''" : `'${p}'`)).join(' | ')}) ${action} ;;`;
}

const valueArms = (c: CommandSpec): string[] =>
  c.options.flatMap((o) =>
    o.value === undefined
      ? []
      : [
          arm(
            o.names.map((n) => `${c.path}:${n}`),
            kindOf(o.value),
          ),
        ],
  );

const kindOf = (value: Value): string =>
  typeof value === 'string' ? `kind=${value}` : `kind=words words=${quoted(value)}`;

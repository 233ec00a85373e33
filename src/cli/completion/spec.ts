/** What can be typed after `nettrace`, read from the definition of its commands: the same that `--help` lists. */
import type { Argument, Command, Help, Option } from 'commander';

/** What a value is: one of some words, or what its placeholder says. `none`: nothing can be suggested. */
export type Value = readonly string[] | 'trace' | 'file' | 'folder' | 'program' | 'none';

export interface OptionSpec {
  /** `-o`, `--output`. */
  names: readonly string[];
  text: string;
  /** Absent: it takes none. */
  value?: Value;
  /** Of the value: `file`. */
  placeholder: string;
  repeats: boolean;
}

export interface ArgumentSpec {
  name: string;
  value: Value;
}

export interface CommandSpec {
  /** Words that lead to it, without `nettrace`: `rules list`; empty for the command itself. */
  path: string;
  /** Its last word, and other spellings of it. */
  names: readonly string[];
  text: string;
  options: readonly OptionSpec[];
  arguments: readonly ArgumentSpec[];
  commands: readonly CommandSpec[];
  /** What follows the options is a program with its own arguments. */
  runs: boolean;
}

export function specOf(command: Command, path: readonly string[] = []): CommandSpec {
  const help = command.createHelp();
  return {
    path: path.join(' '),
    names: [command.name(), ...command.aliases()],
    text: lineOf(command.description()),
    options: help.visibleOptions(command).map((o) => optionSpec(o, help)),
    arguments: command.registeredArguments.map(argumentSpec),
    commands: help.visibleCommands(command).map((c) => specOf(c, [...path, c.name()])),
    runs: command.registeredArguments.some((a) => a.variadic && a.name() === 'command') && command.name() === 'run',
  };
}

/** The command itself and all below it. */
export const allCommands = (spec: CommandSpec): CommandSpec[] => [spec, ...spec.commands.flatMap(allCommands)];

/** The verbs of a command that takes some as its arguments (`help`). */
export const takesVerbs = ({ names }: CommandSpec): boolean => names[0] === 'help';

function optionSpec(option: Option, help: Help): OptionSpec {
  const placeholder = /[<[]([^<>[\]]+)[>\]]/.exec(option.flags)?.[1] ?? '';
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    text: lineOf(help.optionDescription(option)),
    placeholder,
    repeats: Array.isArray(option.defaultValue),
    ...(option.required || option.optional ? { value: kindOfValue(placeholder, option.argChoices) } : {}),
  };
}

const argumentSpec = (argument: Argument): ArgumentSpec => ({
  name: argument.name(),
  value: kindOfValue(argument.name(), argument.argChoices),
});

const values: Readonly<Record<string, Value>> = {
  trace: 'trace',
  in: 'trace',
  out: 'file',
  file: 'file',
  folder: 'folder',
  program: 'program',
};

const kindOfValue = (placeholder: string, choices: readonly string[] | undefined): Value =>
  choices ?? (Object.hasOwn(values, placeholder) ? (values[placeholder] as Value) : 'none');

const lineOf = (text: string): string => text.replace(/\s+/g, ' ').trim();

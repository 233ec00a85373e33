/** What all verbs of the command line have: `help`, `--defaults`, and texts of options that say what holds without them. */
import { type Command, CommanderError, InvalidArgumentError, type Option } from 'commander';

/** `--defaults` works without the verb's arguments, so it is handled as soon as it is read. */
export function verb(root: Command, name: string): Command {
  return withDefaults(root.command(name));
}

/** In place of Commander's own, which does not say that there is no such command. */
export function helpVerb(parent: Command): void {
  parent
    .helpCommand(false)
    .command('help')
    .description('display help for command')
    .argument('[command...]')
    .action((words: string[]) => {
      let command = parent;
      for (const word of words) {
        const found = command.commands.find((c) => c.name() === word || c.aliases().includes(word));
        if (!found) return command.error(`error: unknown command '${word}'`);
        command = found;
      }
      command.outputHelp();
    });
}

export function withDefaults(command: Command): Command {
  command.configureHelp({ optionDescription: optionText });
  command.option('--defaults', 'list the options with their defaults');
  return command.on('option:defaults', () => {
    const commands = command.parent ? [command] : command.commands;
    for (const verb of commands) process.stdout.write(defaultLines(verb));
    throw new CommanderError(0, 'nettrace.defaults', '');
  });
}

function defaultLines(verb: Command): string {
  const options = verb.options.filter((o) => o.long !== '--defaults' && !o.hidden);
  const line = (o: Option) => `${verb.name()} ${o.long ?? o.short}`.padEnd(27) + defaultText(o);
  return options.map((o) => `${line(o)}\n`).join('');
}

function defaultText(option: Option): string {
  if (option.negate) return 'off'; // --no-trace: off means that it traces
  if (option.long === '--description') return 'the command';
  const value: unknown = option.defaultValueDescription ?? option.defaultValue;
  if (value === undefined) return option.required ? 'none' : 'off';
  return String(value);
}

/** Commander shows only defaults that it knows as values. */
function optionText(option: Option): string {
  const text = defaultText(option);
  const { description } = option;
  const choices = option.argChoices ? ` (${option.argChoices.join(', ')})` : '';
  const isPlain = text === 'off' && !option.required;
  return `${description}${choices}${isPlain || description.includes('default:') || option.long === '--defaults' ? '' : ` (default: ${text})`}`;
}

export function positive(value: string): number {
  const n = Number(value);
  if (Number.isSafeInteger(n) && n > 0) return n;
  throw new InvalidArgumentError('Use a whole number above 0.');
}

/** `all`: no limit. */
export function countOrAll(value: string): number {
  return value === 'all' ? Number.POSITIVE_INFINITY : positive(value);
}

/** The options of `nettrace run`, made from the table of options. */
import { InvalidArgumentError, Option } from 'commander';
import { expected } from '../../model/options/expected';
import { fits } from '../../model/options/kinds';
import { cliNames } from '../../model/options/places';
import { type CliName, type OptionValues, tableOf } from '../../model/options/table';

/** What the command line says, by the names of the table. */
export type RunOptions = Pick<OptionValues, CliName> & { output: string[]; trace: string[]; otlpHeader: string[] };

/** In the order in which `--help` lists them; other spellings, which it does not list, right behind. */
export const runOptions = (): Option[] => cliNames.flatMap(optionsFor);

const conflicts: Partial<Record<CliName, CliName[]>> = {
  log: ['table'],
  table: ['log', 'json', 'quiet'],
  json: ['table', 'quiet'],
};

function optionsFor(name: CliName): Option[] {
  const { text, cli, ...kind } = tableOf[name];
  if (!cli) return [];
  const make = (flags: string): Option => {
    const option = new Option(flags, text);
    option.attributeName = () => name;
    if (kind.kind === 'choice') option.choices(kind.of);
    else if (kind.kind !== 'flag')
      option.argParser((word: string, before: unknown) => checkedValue(name, word, before));
    return option.conflicts(conflicts[name] ?? []);
  };
  const named = make(cli.flags);
  named.default(cli.repeat ? [] : undefined, defaultOf(name));
  return [named, ...(cli.aliases ?? []).map((flags) => make(flags).hideHelp())];
}

/** What holds without the option, in words; undefined: nothing. */
function defaultOf(name: CliName): string | undefined {
  const { kind, cli, default: value, without } = tableOf[name];
  if (without !== undefined) return without;
  if (kind === 'flag' || value === undefined) return undefined;
  return String(cli?.seconds ? Number(value) / 1000 : value);
}

/** `before`: what earlier uses of the option came to. Throws if it does not fit. */
function checkedValue(name: CliName, word: string, before: unknown): unknown {
  const { cli, ...kind } = tableOf[name];
  if (kind.kind === 'list' && cli?.repeat) return [...(before as string[]), word];
  const value = plainValue(kind.kind, word, cli?.seconds === true);
  const isEmptyList = Array.isArray(value) && value.length === 0;
  if (fits(kind, value) && !isEmptyList) return value;
  const wanted =
    kind.kind === 'list' ? `${kind.of?.join(', ') ?? 'names'}, with commas between` : expected(kind, cli?.seconds);
  throw new InvalidArgumentError(`Use ${wanted}.`);
}

function plainValue(kind: 'flag' | 'choice' | 'whole' | 'list' | 'text', word: string, seconds: boolean): unknown {
  if (kind === 'list') {
    const items = word.split(',').map((item) => item.trim());
    return items.filter((item) => item !== '');
  }
  if (kind !== 'whole' || word.trim() === '' || Number.isNaN(Number(word))) return word;
  return seconds ? Math.round(Number(word) * 1000) : Number(word);
}

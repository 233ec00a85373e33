/** The command line. Verbs and options are a contract with scripts: they are added to, never renamed. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { FormatError, suffixes } from '../formats';
import { messageOf } from '../model/base/text';
import { sortKeys } from '../model/options/table';
import { producer } from '../session/product';
import { deleteSecretsLeft } from '../session/spool/leftovers';
import { convert } from './convert';
import { doctor } from './doctor/doctor';
import { type CreateOptions, createRule, deleteRule, getRule, listRules, type RulesOptions, setEnabled } from './rules';
import { type RunOptions, runOptions } from './run/options';
import { list } from './run/outputs';
import { run } from './run/run';
import { columnNames, parseColumns } from './show/columns';
import { type ShowOptions, show } from './show/show';
import { toolViews } from './show/toolViews';
import { topKeys } from './show/top';
import { complain, tolerateClosedStreams, UsageError } from './terminal/say';

const traceArgument = `trace file (${list(Object.values(suffixes))}), - for the standard input, or the folder nettrace-spool-… that a killed run left`;
/** Exit code of our own failures. */
const failed = 2;

function program(): Command {
  const root = new Command('nettrace')
    .description(
      'Traces every outgoing HTTP request of a Node program: DNS, TCP, TLS, waiting, body, and the calling line.',
    )
    .version(producer.version, '-V, --version')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'nettrace: ') + forgotten(text)) })
    .showHelpAfterError('(nettrace --help lists the commands, nettrace COMMAND --help the options)');

  const runVerb = verb(root, 'run')
    .description('run a program and trace it')
    .argument('<command...>', 'the program and its arguments, after --')
    .passThroughOptions()
    .addHelpText('after', runHelp)
    .action(async (command: string[], options: RunOptions) => {
      process.exitCode = await run(command, options);
    });
  for (const option of runOptions()) runVerb.addOption(option);

  verb(root, 'show')
    .description('show a saved trace')
    .argument('<trace>', traceArgument)
    .addOption(
      new Option(
        '--view <view>',
        'table: one line per request; request: everything about each; others: the columns of that BPF tool',
      )
        .choices(['table', 'request', ...toolViews])
        .default('table'),
    )
    .addOption(new Option('--top <what>', 'requests grouped: how many, how long, how much').choices([...topKeys]))
    .option('--query <query>', 'only the requests that match, as in the panel’s filter: status:>=500 path:/api/*')
    .option('--request <id>', 'everything about one request: its id, or the end of it (`--columns id,url` lists them)')
    .option('--body', 'also print recorded bodies, with --request, --view request or --json')
    .addOption(new Option('--sort <key>', 'order of the requests').choices([...sortKeys]).default(undefined, 'time'))
    .addOption(
      new Option('--columns <list>', `a table of these columns: ${columnNames.join(',')}`).argParser(parseColumns),
    )
    .addOption(new Option('--rows <n>', 'list at most N requests').default(undefined, 'all').argParser(rows))
    .option('--json', 'machine-readable, as docs/show.schema.json describes it')
    .action((trace: string, options: ShowOptions) => show(trace, options));

  verb(root, 'convert')
    .description('write a trace in another format')
    .argument('<in>', traceArgument)
    .argument('<out>', `file to write; the suffix decides: ${list(Object.values(suffixes))}`)
    .action(convert);

  rulesVerb(root);

  verb(root, 'doctor')
    .description('check what works on this machine and what to do about the rest')
    .option('--node <program>', 'the Node executable to test the hook with', 'node')
    .action(async (options: { node: string }) => {
      process.exitCode = await doctor(options);
    });

  helpVerb(root);
  return withDefaults(root);
}

/** In place of Commander's own, which does not say that there is no such command. */
function helpVerb(parent: Command): void {
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

const runHelp = `
Examples:
  nettrace run -- node app.js
  nettrace run -o app.nettrace.json -o app.har -- npm test
  nettrace run --trace "status:>=500" --log -- node app.js
  nettrace run --table --sort duration --rows 20 -- node app.js > app.log

The exit code is the program's, 128 + N when signal N ended it, and 2 when nettrace itself failed: then the program was
not started. At most 20,000 requests are kept (--max-requests); the counts are of all. All that nettrace says goes to
stderr; FORCE_COLOR and NO_COLOR are honoured.`;

/** An option of the program's, without the -- that keeps it from us. */
function forgotten(text: string): string {
  const option = /^error: unknown option '([^']+)'/.exec(text)?.[1];
  const [verb, ...words] = process.argv.slice(2);
  if (option === undefined || verb !== 'run' || words.includes('--')) return '';
  const at = words.indexOf(option);
  const rest = at < 0 ? [option] : words.slice(at);
  return `nettrace: options of the program must follow --, such as: nettrace run ${[...words.slice(0, Math.max(0, at)), '--', 'node', ...rest].join(' ')}\n`;
}

/** Calls to sessions that run. */
function rulesVerb(root: Command): void {
  const rules = verb(root, 'rules')
    .alias('requests')
    .description('list and change trace rules of running sessions')
    .enablePositionalOptions();
  const call = (name: string) =>
    rules
      .command(name)
      .option('--session <id>', 'the session: the first characters of its id, or its process id')
      .option('--json', 'machine-readable');
  call('list')
    .description('list all rules and their states, by session')
    .action((options: RulesOptions) => listRules(options));
  call('create')
    .description('create a rule and print its id; it is not enabled')
    .argument('<condition>', 'a query; "" for every request')
    .option('--limit <n>', 'maximum requests to trace per process', positive)
    .option('--sample <n>', 'record 1 in N requests; the others, including failed ones, are only counted', positive)
    .option('--description <text>', 'description of the rule')
    .option('--enable', 'enable it immediately')
    .action((condition: string, options: CreateOptions) => createRule(condition, options));
  const one = (name: string, text: string) =>
    call(name).description(text).argument('<id>', 'the id, or its first characters');
  one('get', 'show one').action((id: string, options: RulesOptions) => getRule(id, options));
  one('enable', 'start tracing it').action((id: string, o: RulesOptions) => setEnabled(id, true, o));
  one('disable', 'stop tracing it; requests in progress are finished').action((id: string, o: RulesOptions) =>
    setEnabled(id, false, o),
  );
  one('delete', 'delete it; recorded requests stay').action((id: string, o: RulesOptions) => deleteRule(id, o));
  helpVerb(rules);
}

/** Commander shows only defaults that it knows as values. */
function optionText(option: Option): string {
  const text = defaultText(option);
  const { description } = option;
  const choices = option.argChoices ? ` (${option.argChoices.join(', ')})` : '';
  const isPlain = text === 'off' && !option.required;
  return `${description}${choices}${isPlain || description.includes('default:') || option.long === '--defaults' ? '' : ` (default: ${text})`}`;
}

/** `--defaults` works without the verb's arguments, so it is handled as soon as it is read. */
function verb(root: Command, name: string): Command {
  return withDefaults(root.command(name));
}

function withDefaults(command: Command): Command {
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

function positive(value: string): number {
  const n = Number(value);
  if (Number.isSafeInteger(n) && n > 0) return n;
  throw new InvalidArgumentError('Use a whole number above 0.');
}

function rows(value: string): number {
  return value === 'all' ? Number.POSITIVE_INFINITY : positive(value);
}

/** The shell's working directory may have been deleted; nothing can be found or started from there. */
function expectFolder(): void {
  try {
    process.cwd();
  } catch {
    throw new UsageError('The current folder no longer exists. Change to another one.');
  }
}

async function main(): Promise<void> {
  tolerateClosedStreams();
  try {
    expectFolder();
    void deleteSecretsLeft();
    await program().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help that could not be written has set it already.
      if (error.exitCode !== 0) process.exitCode = failed;
    } else {
      if (error instanceof UsageError || error instanceof FormatError) complain(error.message);
      else complain(error instanceof Error ? (error.stack ?? error.message) : messageOf(error));
      process.exitCode = failed;
    }
  }
}

void main();

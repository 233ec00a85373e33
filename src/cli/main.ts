/**
 * The command line. Verbs and options are a contract with scripts: they are added to, never renamed. Each verb declares
 * its options in src/cli/verbs, and loads what it does when it is used.
 */
import { Command, CommanderError } from 'commander';
import { FormatError } from '../formats/file/error';
import { messageOf } from '../model/base/text';
import { producer } from '../session/product';
import { deleteSecretsLeft } from '../session/spool/leftovers';
import { complain, tolerateClosedStreams, UsageError } from './terminal/say';
import { checkVerb } from './verbs/check';
import { completionVerb } from './verbs/completion';
import { diffVerb } from './verbs/diff';
import { doctorVerb } from './verbs/doctor';
import { mcpVerb } from './verbs/mcp';
import { queryVerb } from './verbs/query';
import { receiveVerb } from './verbs/receive';
import { rulesVerb } from './verbs/rules';
import { forgotten, runVerb } from './verbs/run';
import { showVerb } from './verbs/show';
import { convertVerb, shareVerb } from './verbs/trace';
import { helpVerb, withDefaults } from './verbs/verb';

/** Exit code of our own failures. */
const failed = 2;

/** In the order in which `--help` lists them. */
const verbs = [
  runVerb,
  showVerb,
  queryVerb,
  convertVerb,
  shareVerb,
  diffVerb,
  checkVerb,
  rulesVerb,
  receiveVerb,
  mcpVerb,
  doctorVerb,
  completionVerb,
];

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
  for (const add of verbs) add(root);
  helpVerb(root);
  return withDefaults(root);
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

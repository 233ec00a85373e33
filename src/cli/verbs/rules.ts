/** `nettrace rules`. */
import type { Command } from 'commander';
import type { CreateOptions, RulesOptions } from '../rules/rules';
import { helpVerb, positive, verb } from './verb';

const rules = () => import('../rules/rules');

/** Calls to sessions that run. */
export function rulesVerb(root: Command): void {
  const calls = verb(root, 'rules')
    .alias('requests')
    .description('list and change trace rules of running sessions')
    .enablePositionalOptions();
  const call = (name: string) =>
    calls
      .command(name)
      .option('--session <id>', 'the session: the first characters of its id, or its process id')
      .option('--json', 'machine-readable');
  call('list')
    .description('list all rules and their states, by session')
    .action(async (options: RulesOptions) => (await rules()).listRules(options));
  call('create')
    .description('create a rule and print its id; it is not enabled')
    .argument('<condition>', 'a query; "" for every request')
    .option('--limit <n>', 'maximum requests to trace per process', positive)
    .option('--sample <n>', 'record 1 in N requests; the others, including failed ones, are only counted', positive)
    .option('--description <text>', 'description of the rule')
    .option('--enable', 'enable it immediately')
    .action(async (condition: string, options: CreateOptions) => (await rules()).createRule(condition, options));
  const one = (name: string, text: string) =>
    call(name).description(text).argument('<id>', 'the id, or its first characters');
  one('get', 'show one').action(async (id: string, options: RulesOptions) => (await rules()).getRule(id, options));
  one('enable', 'start tracing it').action(async (id: string, o: RulesOptions) =>
    (await rules()).setEnabled(id, true, o),
  );
  one('disable', 'stop tracing it; requests in progress are finished').action(async (id: string, o: RulesOptions) =>
    (await rules()).setEnabled(id, false, o),
  );
  one('delete', 'delete it; recorded requests stay').action(async (id: string, o: RulesOptions) =>
    (await rules()).deleteRule(id, o),
  );
  helpVerb(calls);
}

/** `nettrace show`. */
import { type Command, Option } from 'commander';
import { columnNames } from '../../answers/requests/columns';
import { sortKeys } from '../../model/options/table';
import { parseColumns } from '../show/columns';
import type { ShowOptions } from '../show/show';
import { toolViews } from '../show/toolViews';
import { topKeys } from '../show/top';
import { traceArgument } from './trace';
import { countOrAll, verb } from './verb';

export function showVerb(root: Command): void {
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
    .addOption(new Option('--rows <n>', 'list at most N requests').default(undefined, 'all').argParser(countOrAll))
    .option('--json', 'machine-readable, as docs/show.schema.json describes it')
    .action(async (trace: string, options: ShowOptions) => (await import('../show/show')).show(trace, options));
}

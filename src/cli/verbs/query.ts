/** `nettrace query`. */
import { type Command, Option } from 'commander';
import type { QueryOptions } from '../query/answer';
import { queryFormats } from '../query/output';
import { traceArgument } from './trace';
import { countOrAll, positive, verb } from './verb';

export function queryVerb(root: Command): void {
  verb(root, 'query')
    .description('ask a trace in SQL')
    .argument('<trace>', traceArgument)
    .argument('[sql]', 'one SELECT over the tables of docs/sql.md; without it they are listed')
    .addOption(new Option('--format <format>', 'form of the rows').choices([...queryFormats]).default('table'))
    .addOption(new Option('--rows <n>', 'show at most N rows, or all').default(10_000).argParser(countOrAll))
    .addOption(new Option('--timeout <seconds>', 'end a query that takes longer').default(60).argParser(positive))
    .action(async (trace: string, sql: string | undefined, options: QueryOptions) => {
      process.exitCode = await (await import('../query/query')).query(trace, sql, options);
    });
}

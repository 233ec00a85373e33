/** `nettrace check`. */
import type { Command } from 'commander';
import type { CheckOptions } from '../check/check';
import { verb } from './verb';

export function checkVerb(root: Command): void {
  verb(root, 'check')
    .description('check the requests of saved traces against a rules file; exit with 1 if a rule is broken')
    .argument('<rules>', 'rules file, YAML or JSON')
    .argument('<traces...>', 'trace files, or folders of traces; each is a run by itself')
    .option('--junit <file>', 'save the results as JUnit XML')
    .option('--markdown <file>', 'save the results as Markdown, for the comment of a pull request')
    .option('--github', 'also print them as annotations of GitHub Actions')
    .option('--json', 'machine-readable, as docs/check.schema.json describes it')
    .option('--strict', 'what is not decided, or not exercised, fails too')
    .action(async (rules: string, traces: string[], options: CheckOptions) => {
      process.exitCode = await (await import('../check/check')).check(rules, traces, options);
    });
}

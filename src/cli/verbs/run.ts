/** `nettrace run`. */
import type { Command } from 'commander';
import { type RunOptions, runOptions } from '../run/options';
import { verb } from './verb';

export function runVerb(root: Command): void {
  const run = verb(root, 'run')
    .description('run a program and trace it')
    .argument('<command...>', 'the program and its arguments, after --')
    .passThroughOptions()
    .addHelpText('after', runHelp)
    .action(async (command: string[], options: RunOptions) => {
      process.exitCode = await (await import('../run/run')).run(command, options);
    });
  for (const option of runOptions()) run.addOption(option);
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
export function forgotten(text: string): string {
  const option = /^error: unknown option '([^']+)'/.exec(text)?.[1];
  const [verb, ...words] = process.argv.slice(2);
  if (option === undefined || verb !== 'run' || words.includes('--')) return '';
  const at = words.indexOf(option);
  const rest = at < 0 ? [option] : words.slice(at);
  return `nettrace: options of the program must follow --, such as: nettrace run ${[...words.slice(0, Math.max(0, at)), '--', 'node', ...rest].join(' ')}\n`;
}

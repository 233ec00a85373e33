/** `nettrace diff`. */
import { type Command, InvalidArgumentError } from 'commander';
import { type ChangeKind, changeKinds } from '../../analysis/compare/kinds';
import type { DiffOptions } from '../diff/diff';
import { verb } from './verb';

export function diffVerb(root: Command): void {
  verb(root, 'diff')
    .alias('compare')
    .description('compare the requests of two traces, or of two sets of runs')
    .argument('<before>', 'trace file, or a folder of traces that are runs of the same program')
    .argument('<after>', 'likewise')
    .option('--before <files...>', 'more runs of the first side')
    .option('--after <files...>', 'more runs of the second side')
    .option('--json', 'machine-readable, as docs/diff.schema.json describes it')
    .option('--markdown', 'for the comment of a pull request')
    .option('--fail-on <kinds>', `exit with 1 if there are such changes: ${changeKinds.join(',')}`, kindsOf)
    .action(async (before: string, after: string, options: DiffOptions) => {
      process.exitCode = await (await import('../diff/diff')).diff(before, after, options);
    });
}

function kindsOf(text: string): ChangeKind[] {
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !changeKinds.includes(word as ChangeKind));
  if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" is no kind of change.`);
  return words as ChangeKind[];
}

/** What verbs that read saved traces have, `nettrace convert` and `nettrace share`. */
import type { Command } from 'commander';
import { readSuffixes, suffixes } from '../../formats/file/sniff';
import { alternatives } from '../../model/base/text';
import { verb } from './verb';

export const traceArgument = `trace file (${alternatives(readSuffixes)}), - for the standard input, or the folder nettrace-spool-… that a killed run left`;

export function convertVerb(root: Command): void {
  verb(root, 'convert')
    .description('write a trace in another format')
    .argument('<in>', traceArgument)
    .argument('<out>', `file to write; the suffix decides: ${alternatives(Object.values(suffixes))}`)
    .option('--json', 'machine-readable')
    .action(async (from: string, to: string, options: { json?: boolean }) =>
      (await import('../trace/convert')).convert(from, to, options),
    );
}

export function shareVerb(root: Command): void {
  verb(root, 'share')
    .description('write a copy for bug reports: names, texts and addresses replaced, times, sizes and outcomes kept')
    .argument('<trace>', traceArgument)
    .argument('<out>', `file to write; the suffix decides: ${alternatives(Object.values(suffixes))}`)
    .action(async (from: string, to: string) => (await import('../trace/share')).share(from, to));
}

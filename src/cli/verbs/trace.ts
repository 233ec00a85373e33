/** What verbs that read saved traces have, and `nettrace convert`. */
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
    .action(async (from: string, to: string) => (await import('../trace/convert')).convert(from, to));
}

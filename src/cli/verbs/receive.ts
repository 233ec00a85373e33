/** `nettrace receive`. */
import type { Command } from 'commander';
import type { ReceiveOptions } from '../sinks/receive';
import { positive, verb } from './verb';

export function receiveVerb(root: Command): void {
  verb(root, 'receive')
    .description('show the records and metrics that run --stream and --statsd send, and count those that were lost')
    .option('--port <n>', 'UDP port to receive at; 0: any free port', '9125')
    .option('--host <address>', 'address to receive at', '127.0.0.1')
    .option('--count <n>', 'end after this many records', positive)
    .option('--quiet', 'do not print the records, only the counts at the end')
    .action(async (options: ReceiveOptions) => {
      await (await import('../sinks/receive')).receive(options);
    });
}

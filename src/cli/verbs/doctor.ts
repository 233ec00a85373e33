/** `nettrace doctor`. */
import type { Command } from 'commander';
import { verb } from './verb';

export function doctorVerb(root: Command): void {
  verb(root, 'doctor')
    .description('check what works on this machine and what to do about the rest')
    .option('--node <program>', 'the Node executable to test the hook with', 'node')
    .option('--json', 'machine-readable')
    .action(async (options: { node: string; json?: boolean }) => {
      process.exitCode = await (await import('../doctor/doctor')).doctor(options);
    });
}

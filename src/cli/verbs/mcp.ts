/** `nettrace mcp`. */
import type { Command } from 'commander';
import type { McpOptions } from '../mcp/mcp';
import { verb } from './verb';

export function mcpVerb(root: Command): void {
  verb(root, 'mcp')
    .description(
      'serve a trace, or the running sessions, to AI assistants (MCP on standard input and output, read-only)',
    )
    .argument('[trace]', 'saved trace; without it: the sessions that run')
    .option('--session <id>', 'one running session: the first characters of its id, or its process id')
    .option('--baseline <trace>', 'an earlier trace that the assistant may compare with')
    .action(async (trace: string | undefined, options: McpOptions) => {
      process.exitCode = await (await import('../mcp/mcp')).serve(trace, options);
    });
}

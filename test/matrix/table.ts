import type { NodeVersion } from '../support/programs/nodes';
import { type Client, clients, packageOf, planOf } from './plan';

/** The matrix as Markdown. `passed`: true, false, or undefined where the client does not support that Node. */
export function table(
  nodes: readonly NodeVersion[],
  passed: (client: Client, major: number) => boolean | undefined,
): string {
  const cell = (client: Client, major: number) => {
    const result = passed(client, major);
    return result === undefined ? '–' : result ? 'yes' : 'FAILS';
  };
  const rows = clients.map((client) => {
    const found = packageOf(client);
    const version = found ? `${found.version} (Node ${found.engines.replaceAll('|', '\\|')})` : 'built in';
    const cells = nodes.map((n) => cell(client, n.major));
    return `| ${client.title} | ${version} | ${planOf(client).length} | ${client.site} | ${cells.join(' | ')} |`;
  });
  return `# Clients and Node versions

Written by the run of matrix.test.ts (\`vitest run --project matrix -u\`); do not edit.

Each fixture makes two requests one after the other, a POST, a redirect, a 503 and two requests at once. "yes": every
request is recorded once, with method, URL, status, API, call site, connection, ordinal and bytes as planned and as the
server counted them; a redirect's second hop is linked to its first; output and exit code are those without the hook.
"–": the client does not support that Node (its own limit is after its version). Call site "later": got calls Node
from a bare microtask, no frame of the program is on the stack. The first request has the library's line, marked so; the others
have the program's, from the promise whose job they are made in.

| client | version | requests | call site | ${nodes.map((n) => `Node ${n.major}`).join(' | ')} |
|---|---|---|---|${nodes.map(() => '---|').join('')}
${rows.join('\n')}
`;
}

/** Runs a client's program with the hook, in a terminal or under a debugger, and judges the place of each request. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Request } from '../../src/model/records';
import { placeOf } from '../../src/model/rows/row';
import type { NodeVersion } from '../support/programs/nodes';
import type { RunOptions } from '../support/programs/program';
import { runTraced, type TracedRun } from '../support/programs/run';
import { type CoveredClient, programOf, type Style, styles } from './clients';
import { attachDebugger } from './debugger';
import { serve } from './server';

export const folder = join(import.meta.dirname, 'clients');

export const modes = ['terminal', 'stacks', 'debugger'] as const;
export type Mode = (typeof modes)[number];

/**
 * `line`: that of the call. `awaited`: the user's line that awaits it. `other x`: another of the user's. `via x`: a
 * package's, labelled so. `–`: the client has no such style.
 */
export type Cell = 'line' | 'awaited' | `other ${string}` | `via ${string}` | 'none' | 'no request' | '–';
export type Cells = Record<Style, Cell>;

const optionsOf: Record<Mode, RunOptions> = {
  terminal: {},
  stacks: { conf: { stacks: true } },
  debugger: {
    execArgv: ['--inspect=127.0.0.1:0'],
    stdin: true,
    started: (child) => attachDebugger(child, () => void child.stdin?.end('go\n')),
  },
};

/** `packages`: where the client's package is installed; the program is written beside it. */
export async function runClient(
  client: CoveredClient,
  node: NodeVersion,
  mode: Mode,
  packages = folder,
  env: Record<string, string> = {},
): Promise<{ cells: Cells; run: TracedRun }> {
  const program = join(packages, '.cache', `${client.title.replace(/\W+/g, '-')}-${mode}.mjs`);
  mkdirSync(join(packages, '.cache'), { recursive: true });
  writeFileSync(program, programOf(client));
  const servers = await serve(client.http2 === true);
  try {
    const args = [JSON.stringify(servers.bases), mode];
    const run = await runTraced(node, program, { ...optionsOf[mode], args, env, timeoutMs: 60_000 });
    const requests = [...run.store.requests.values()];
    const cell = (style: Style): Cell => {
      if (style === 'callback' && client.callback === undefined) return '–';
      const { port } = new URL(servers.bases[style]);
      const cells = requests.filter((r) => r.url?.includes(`:${port}`)).map((r) => judge(r, program, style));
      // One request in a library is enough to lead its reader astray.
      return cells.find((c) => c !== 'line') ?? cells[0] ?? 'no request';
    };
    return { cells: Object.fromEntries(styles.map((s) => [s, cell(s)])) as Cells, run };
  } finally {
    servers.close();
  }
}

function judge(r: Request, program: string, style: Style): Cell {
  if (r.callSite === undefined) return 'none';
  const at = placeOf(r.callSite);
  if (at.package !== undefined) return `via ${at.package}`;
  if (at.file !== program && at.file !== pathToFileURL(program).href) return `other ${at.text}`;
  const line = readFileSync(program, 'utf8').split('\n')[(at.line ?? 0) - 1] ?? '';
  if (line.includes(`// @${style}`) || line.includes('// @helper')) return 'line';
  return line.includes('// @awaits') ? 'awaited' : `other ${at.text}`;
}

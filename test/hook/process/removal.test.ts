/**
 * Every patch can be taken back: what can be reached in the program is then what it was, object by object, and what was
 * under way goes on as without the hook.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type NodeVersion, nodes } from '../../support/programs/nodes';
import { cleanEnvironment, commandOf, runCommand } from '../../support/programs/program';
import { hookEnvironment, hookFile } from '../../support/programs/run';
import { Upstream } from '../../support/servers/upstream';

const program = (name: string) => join(import.meta.dirname, '../programs', name);
let upstream: Upstream;
beforeAll(async () => {
  upstream = await Upstream.start();
});
afterAll(() => upstream.close());

/** What a program prints that loads the hook by itself, or with `bare` does not. */
async function run(node: NodeVersion, name: string, bare: boolean): Promise<unknown> {
  const spool = mkdtempSync(join(tmpdir(), 'nettrace-spool-'));
  try {
    const { NETTRACE_SPOOL = '', NETTRACE_CONF = '' } = hookEnvironment(spool, {
      conf: { sockets: true, incoming: true, stacks: true, bodies: 1000 },
    });
    const hook = { NETTRACE_SPOOL, NETTRACE_CONF };
    const env = {
      ...cleanEnvironment(),
      ...upstream.environment,
      HOOK: hookFile,
      AGAIN: JSON.stringify(hook),
      ...hook,
    };
    const options = { args: bare ? ['bare'] : [], timeoutMs: 60_000 };
    const ending = await runCommand(commandOf(node, program(name), options), options, env);
    expect(ending.stderr).toBe('');
    return JSON.parse(ending.stdout);
  } finally {
    rmSync(spool, { recursive: true, force: true });
  }
}

describe.each(nodes)('Node $major', (node) => {
  test('three times there and gone: every property and prototype is as before', async () => {
    const [bare, hooked] = (await Promise.all([run(node, 'removal.cjs', true), run(node, 'removal.cjs', false)])) as {
      objects: number;
      during: number;
      rounds: string[][];
    }[];
    expect(hooked?.objects).toBeGreaterThan(3000);
    // It does see what is patched.
    expect(hooked?.during).toBeGreaterThan(60);
    expect(hooked?.rounds).toEqual(bare?.rounds);
  });

  test('requests under way end as without it: the same events in the same order, the same listeners', async () => {
    const [bare, hooked] = await Promise.all([run(node, 'cut.cjs', true), run(node, 'cut.cjs', false)]);
    expect(hooked).toEqual(bare);
  });
});

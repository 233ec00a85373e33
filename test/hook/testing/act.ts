/** One act of a program that has many, each by its name. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { problemsOf } from '../../support/check';
import { Observed } from '../../support/observe';
import { type NodeVersion, repository } from '../../support/programs/nodes';
import type { RunOptions } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';
import type { Upstream } from '../../support/servers/upstream';

/** What a program requires the clients of the matrix from. */
export const CLIENTS = join(repository, 'test/matrix/clients/package.json');

/** Runs it with the hook: it writes no error, and its records hold together. */
export async function runAct(
  node: NodeVersion,
  program: string,
  name: string,
  upstream: Upstream,
  options: RunOptions = {},
): Promise<Observed & { stdout: string }> {
  const env = { ...upstream.environment, CLIENTS, ...options.env };
  const run = await runTraced(node, program, { ...options, args: [name], env });
  expect(run.stderr).toBe('');
  expect(problemsOf(run)).toEqual([]);
  return Object.assign(new Observed(run), { stdout: run.stdout });
}

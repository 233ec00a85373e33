import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A Node of the test installation (test/node), or one named in NETTRACE_TEST_NODES. */
export interface NodeVersion {
  readonly major: number;
  /** Without `v`: `24.21.0`. */
  readonly version: string;
  readonly binary: string;
}

export const repository = join(import.meta.dirname, '../../..');

function installed(major: number): NodeVersion | undefined {
  const binary = join(repository, `test/node/node_modules/node${major}/bin/node`);
  if (!existsSync(binary)) return undefined;
  return { major, version: execFileSync(binary, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim(), binary };
}

const asked = process.env.NETTRACE_TEST_NODES?.split(',').map(Number);

/** The versions that tests run on; `NETTRACE_TEST_NODES=20,24` takes a part of them. */
export const nodes: readonly NodeVersion[] = (asked ?? [18, 20, 22, 24, 26]).map((major) => {
  const node = installed(major);
  if (!node) throw new Error(`Node ${major} is not installed: npm ci --prefix test/node`);
  return node;
});

/** New folders for a test file, gone after it. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const made: string[] = [];
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new empty folder, in which other users may read. */
export function scratch(name = 'test'): string {
  const folder = mkdtempSync(join(tmpdir(), `nettrace-${name}-`));
  chmodSync(folder, 0o755);
  made.push(folder);
  return folder;
}

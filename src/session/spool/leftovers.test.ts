import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { deleteSecretsLeft } from './leftovers';

const temporary = mkdtempSync(join(tmpdir(), 'nettrace-left-'));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true });
});

test('says how many files with TLS secrets a dead host had left; its events stay', async () => {
  vi.stubEnv('TMPDIR', temporary);
  vi.stubEnv('XDG_CACHE_HOME', temporary);
  const spool = join(temporary, 'nettrace-spool-999999999-Abc123');
  mkdirSync(spool);
  for (const name of ['12-0-1.keys', '13-0-1.keys', '12-0-1.jsonl']) writeFileSync(join(spool, name), 'x');
  expect(await deleteSecretsLeft()).toBe(2);
  expect(await deleteSecretsLeft()).toBe(0);
  expect(existsSync(join(spool, '12-0-1.jsonl'))).toBe(true);
});

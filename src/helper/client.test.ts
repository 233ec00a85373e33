import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { HelperClient } from './client';

const folder = mkdtempSync(join(tmpdir(), 'nettrace-client-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(process.platform === 'win32')(
  'a helper that refuses: its reason is heard, though it comes after the exit',
  async () => {
    const file = join(folder, 'helper');
    // What it wrote may be read only after its end was seen; here it is even written then.
    const text = 'nettrace-helper: this user runs 32 helpers already; end one of them';
    writeFileSync(file, `#!/bin/sh\n( sleep 0.2; echo "${text}" >&2 ) &\nexit 6\n`);
    chmodSync(file, 0o755);
    await expect(HelperClient.spawn(file).hello(60_000)).rejects.toThrow(
      'ended with code 6: this user runs 32 helpers already; end one of them',
    );
  },
);

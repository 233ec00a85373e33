/** What is left when the host is killed, and where the hook goes when its folder is another user's. */
import { chownSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratch } from '../../src/session/testing/scratch';
import { Nettrace } from './testing/nettrace';

const nettrace = new Nettrace();
const node = process.execPath;

/** A spool of a host that does not live any more. */
function left(folder: string): string[] {
  mkdirSync(folder, { mode: 0o700 });
  const keys = join(folder, '1-0-1.keys');
  const lines = join(folder, '1-0-1.1.jsonl');
  for (const file of [keys, lines]) writeFileSync(file, 'x\n', { mode: 0o600 });
  return [keys, lines];
}

test('after a SIGKILL of the host the program deletes the TLS secrets, and goes on', async () => {
  const program = `
    const fs = require('fs'), spool = process.env.NETTRACE_SPOOL;
    const keys = () => fs.readdirSync(spool).filter((n) => n.endsWith('.keys')).length;
    const packets = fs.readdirSync(spool).filter((n) => n.startsWith('packets')).length;
    console.log('ready', keys(), packets);
    setInterval(() => { if (keys() === 0) { console.log('gone'); process.exit(); } }, 50);`;
  const { stdout, signal } = await nettrace.run(
    ['run', '--capture', '--keys', '-o', 'x.pcapng', '--', node, '-e', program],
    { cwd: scratch(), on: ['ready', (child) => child.kill('SIGKILL')] },
  );
  expect({ stdout, signal }).toEqual({ stdout: 'ready 1 0\ngone\n', signal: 'SIGKILL' });
});

test('the next start of anything deletes TLS secrets that are left, also in another temporary folder; doctor says so', async () => {
  const name = 'nettrace-spool-999999999-Abc123';
  const elsewhere = join(scratch(), name);
  const registry = join(nettrace.home, 'cache/nettrace/spools');
  mkdirSync(registry, { recursive: true, mode: 0o700 });
  writeFileSync(join(registry, name), elsewhere, { mode: 0o600 });
  const here = join(nettrace.home, 'nettrace-spool-999999998-Abc123');
  const [keys, lines] = left(here) as [string, string];
  const [otherKeys, otherLines] = left(elsewhere) as [string, string];
  await nettrace.run(['show', 'no-such-file']);
  expect([keys, otherKeys, lines, otherLines].map((f) => existsSync(f))).toEqual([false, false, true, true]);
  writeFileSync(keys, 'x\n');
  const { stdout } = await nettrace.run(['doctor']);
  expect(stdout).toContain(`left ${here}, with TLS secrets, which are deleted now`);
  expect(stdout).toMatch(new RegExp(`left ${elsewhere}\\n`));
  expect([keys, lines].map((f) => existsSync(f))).toEqual([false, true]);
});

const root = process.getuid?.() === 0;
if (!root) console.log('a foreign folder for the hook: needs root, to make one');
test.skipIf(!root)(
  'a folder of another user where the hook would go: another is made, is said, and is used again',
  async () => {
    const folder = join(nettrace.home, 'nettrace-0');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    chownSync(folder, 65534, 65534);
    for (const run of [1, 2]) {
      const { code, stdout, stderr } = await nettrace.run(['run', '--', node, '-p', '"ran"']);
      expect({ run, code, stdout }).toEqual({ run, code: 0, stdout: 'ran\n' });
      expect(stderr).toMatch(/nettrace-0 belongs to another user; the hook is placed in .*nettrace-home-\w{6} instead/);
    }
    expect(readdirSync(nettrace.home).filter((n) => n.startsWith('nettrace-home-'))).toHaveLength(1);
    expect(readdirSync(folder)).toEqual([]);
  },
);

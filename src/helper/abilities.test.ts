import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { abilitiesHere } from './abilities';
import { installText } from './permission';

const scratch = mkdtempSync(join(tmpdir(), 'nettrace-abilities-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const places = { platform: 'linux', arch: 'x64', installed: join(scratch, 'none') };

/** A folder of bundles whose helper is this shell script. */
function folderOf(script: string): string {
  const folder = mkdtempSync(join(scratch, 'dist-'));
  const at = join(folder, 'native', 'linux-x64');
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, 'nettrace-helper'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return folder;
}
const says = (answer: unknown, code = 0) => folderOf(`echo '${JSON.stringify(answer)}'\nexit ${code}`);
const there = (name: string, tier: number) => ({ name, tier, state: 'available' });
const lacks = (name: string, tier: number, errno: number, reason: string) => ({
  name,
  tier,
  state: 'unavailable',
  errno,
  reason,
});

test('abilities distinguish what works, what needs permission, and what this kernel lacks', async () => {
  const features = [
    there('inetDiag', 0),
    lacks('counters', 0, 2, 'no /proc'),
    lacks('states', 3, 1, 'needs cap_bpf'),
    lacks('drops', 3, 1, 'needs cap_bpf'),
    lacks('conntrack', 2, 38, 'notLoaded: no nf_conntrack'),
    there('capture', 1),
    lacks('icmp', 1, 1, 'needs cap_net_raw'),
  ];
  // It ends with 1 where something does not work.
  expect(await abilitiesHere(says({ features, advice: 'Install it.' }, 1), places)).toMatchObject({
    installed: false,
    advice: 'Install it.',
    figures: { state: 'available', why: 'counters: no /proc' },
    events: { state: 'needsPermission', why: 'needs cap_bpf' },
    conntrack: { state: 'unavailable', why: 'notLoaded: no nf_conntrack' },
    packets: { state: 'available' },
  });
});

test('an older helper that does not know of something', async () => {
  const here = await abilitiesHere(says({ features: [there('inetDiag', 0)] }), places);
  expect(here).toMatchObject({ packets: { state: 'unavailable', why: 'this helper does not support it' } });
});

test('none here, and why; one that is broken is an error, not an answer', async () => {
  expect(await abilitiesHere(scratch, places)).toMatchObject({ missing: 'noHelper' });
  expect(await abilitiesHere(scratch, { platform: 'win32' })).toMatchObject({ missing: 'platform' });
  await expect(abilitiesHere(folderOf('exit 3'), places)).rejects.toThrow();
  await expect(abilitiesHere(says({ features: [{ name: 1 }] }), places)).rejects.toThrow('report is invalid');
  await expect(abilitiesHere(folderOf('echo "{"'), places)).rejects.toThrow();
});

test('the text shown before installing is the helper’s own', async () => {
  const folder = folderOf('[ "$1 $2" = "install --dry-run" ] && echo "Copies this program to /usr/local"');
  const file = join(folder, 'native/linux-x64/nettrace-helper');
  expect(await installText(file)).toBe('Copies this program to /usr/local');
});

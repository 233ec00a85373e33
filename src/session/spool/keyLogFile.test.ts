import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratch } from '../testing/scratch';
import { KeyLogFile } from './keyLogFile';

const key = (n: number) => `CLIENT_RANDOM ${String(n).repeat(64)} ${String(n).repeat(96)}\n`;

function made() {
  const [spool, path] = [scratch(), join(scratch(), 'keys.log')];
  const hooks = (name: string) => join(spool, `1-0-${name}.keys`);
  return { path, hooks, log: new KeyLogFile(spool, path) };
}

test('the key log has each secret once, as it arrives, and nothing of other files', () => {
  const { path, hooks, log } = made();
  log.follow();
  expect(readFileSync(path, 'utf8')).toBe('');
  writeFileSync(hooks('1'), key(1));
  log.update();
  log.update();
  appendFileSync(hooks('1'), `no secret\n${key(2)}`);
  writeFileSync(hooks('0'), key(3));
  log.update();
  expect(readFileSync(path, 'utf8')).toBe(`${key(1)}${key(3)}${key(2)}`);
  log.delete();
  expect(existsSync(path)).toBe(false);
});

test('secrets that were in the file before stay, also when ours are deleted', () => {
  const { path, hooks, log } = made();
  writeFileSync(path, key(7), { mode: 0o644 });
  log.prove();
  log.follow();
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  writeFileSync(hooks('1'), key(1));
  log.update();
  expect(readFileSync(path, 'utf8')).toBe(`${key(7)}${key(1)}`);
  log.delete();
  expect(readFileSync(path, 'utf8')).toBe(key(7));
});

test('proving leaves nothing; one that was only proved is not deleted', () => {
  const { path, log } = made();
  log.prove();
  expect(existsSync(path)).toBe(false);
  writeFileSync(path, key(7));
  log.prove();
  log.delete();
  expect(readFileSync(path, 'utf8')).toBe(key(7));
});

test.skipIf(process.platform === 'win32')('a pipe is refused, and holds nothing up', () => {
  const { path, log } = made();
  execFileSync('mkfifo', [path]);
  expect(() => log.prove()).toThrow(/ENXIO|not a regular file/);
  expect(existsSync(path)).toBe(true);
});

test('a folder that vanished, a full disk: no matter of the trace; it is tried again', () => {
  const spool = scratch();
  const log = new KeyLogFile(spool, join(spool, 'gone', 'keys.log'));
  log.follow();
  writeFileSync(join(spool, '1-0-1.keys'), key(1));
  expect(() => log.update()).not.toThrow();
  expect(() => log.delete()).not.toThrow();
});

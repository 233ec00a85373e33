/**
 * Debian's Prometheus for the tests of `--metrics`: its package is downloaded and unpacked below .cache, not installed, as
 * installing it starts a service. 19 MB to download, 90 MB unpacked; needs no root.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = join(dirname(fileURLToPath(import.meta.url)), '../.cache');
/** Has `prometheus` and `promtool`, once they are there. */
const folder = join(cache, 'prometheus');

/** Throws an Error that says why there is none. */
export function installPrometheus({ log = () => {} } = {}) {
  if (existsSync(join(folder, 'promtool'))) return;
  log('Downloading Prometheus (apt-get download) …');
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'prometheus-'));
  const run = (command, ...args) => execFileSync(command, args, { cwd: work, stdio: 'pipe' });
  try {
    run('apt-get', 'download', 'prometheus');
    const [deb] = readdirSync(work).filter((name) => name.endsWith('.deb'));
    run('dpkg-deb', '-x', deb, 'unpacked');
    renameSync(join(work, 'unpacked/usr/bin'), folder);
  } catch (error) {
    const [why] = String(error.stderr || error.message).split('\n');
    throw new Error(`Prometheus is not there: ${why}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Debian's packages that some tests and tools need: installed when root (or by sudo without a question), else the one
 * command to run is said.
 */
import { execFileSync } from 'node:child_process';

/** Those of `packages` that dpkg does not know as installed; all of them where there is no dpkg. */
export function missingPackages(packages) {
  return packages.filter((name) => {
    try {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own format
      const status = execFileSync('dpkg-query', ['-W', '-f', '${Status}', name], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      return !status.toString().endsWith(' installed');
    } catch {
      return true;
    }
  });
}

/**
 * Installs what is missing. Throws an Error whose message names the command to run when that is not possible; the
 * caller decides whether the work can go on without.
 */
export function installDebian(packages, { log = () => {} } = {}) {
  const missing = missingPackages(packages);
  if (missing.length === 0) return;
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = (...args) => {
    const [command, ...rest] = [...prefix, 'apt-get', ...args];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
    untilUnlocked(() => execFileSync(command, rest, { stdio: 'pipe', env }));
  };
  log(`Installing ${missing.join(', ')} (apt-get install) …`);
  try {
    apt('update', '-qq');
    apt('install', '-y', '-qq', '--no-install-recommends', ...missing);
  } catch (error) {
    const [why] = String(error.message).split('\n');
    throw new Error(`Not installed: ${missing.join(', ')} (${why}). Run: sudo apt-get install ${missing.join(' ')}`);
  }
}

/** Another apt may be at work (updates of the system, another clone of this repository). */
function untilUnlocked(act) {
  for (const end = Date.now() + 300_000; ; ) {
    try {
      return act();
    } catch (error) {
      if (!/could not get lock/i.test(String(error.stderr)) || Date.now() > end) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000);
    }
  }
}

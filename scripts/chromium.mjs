// Chromium for tests of the page and of VS Code: the one installed, else Debian's package.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** Path of a Chromium; installs Debian's as root (or by sudo without a question) when there is none. */
export function chromiumPath({ log = () => {} } = {}) {
  const found = () => [process.env.CHROMIUM, ...places].find((path) => path && existsSync(path));
  const there = found();
  if (there) return there;
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = (...args) => {
    const [command, ...rest] = [...prefix, 'apt-get', ...args];
    execFileSync(command, rest, { stdio: 'pipe', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  };
  log('Installing Chromium (apt-get install chromium) …');
  try {
    apt('update', '-qq');
    apt('install', '-y', '-qq', '--no-install-recommends', 'chromium');
  } catch (error) {
    throw new Error(
      `No Chromium found, and installing it failed (${error.message}). Install it, or set CHROMIUM to its path.`,
    );
  }
  const now = found();
  if (!now) throw new Error('No Chromium found after installing the package. Set CHROMIUM to its path.');
  return now;
}

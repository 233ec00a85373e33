/** Chromium for tests of the page and of VS Code: the one installed, else Debian's package. */
import { existsSync } from 'node:fs';
import { installDebian } from './debian.mjs';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** How the tests start it. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Path of a Chromium; installs Debian's as root (or by sudo without a question) when there is none. */
export function chromiumPath({ log = () => {} } = {}) {
  const found = () => [process.env.CHROMIUM, ...places].find((path) => path && existsSync(path));
  const there = found();
  if (there) return there;
  try {
    installDebian(['chromium'], { log });
  } catch (error) {
    throw new Error(`${error.message}, or set CHROMIUM to the path of one.`);
  }
  const now = found();
  if (!now) throw new Error('No Chromium found after installing the package. Set CHROMIUM to its path.');
  return now;
}

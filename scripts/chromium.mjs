/** Chromium for tests of the page and of VS Code: Debian's package, else a browser that is installed. */
import { existsSync } from 'node:fs';
import { installDebian } from './debian.mjs';

const shell = 'chromium-headless-shell';
const browsers = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** How the tests start it. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Path of a Chromium. Its variant without a window takes two thirds of the processor time of the whole browser: it is
 * installed as root (or by sudo without a question); where that cannot be, a browser that is there does.
 */
export function chromiumPath({ log = () => {} } = {}) {
  const there = pathOf(process.env.CHROMIUM, shell);
  if (there) return there;
  let problem = `No ${shell} found after installing the package.`;
  try {
    installDebian([shell], { log });
  } catch (error) {
    problem = error.message;
  }
  const now = pathOf(undefined, shell, ...browsers);
  if (!now) throw new Error(`${problem.replace(/\.?$/, '')}, or set CHROMIUM to the path of one.`);
  return now;
}

function pathOf(chosen, ...names) {
  return [chosen, ...names.map((name) => `/usr/bin/${name}`)].find((path) => path && existsSync(path));
}

/**
 * Preload hook of Net Trace: `node --require hook.cjs`, put into NODE_OPTIONS by the session, so that children and
 * workers load it too. It writes what goes over the network to a spool file and must not be noticed by the program
 * otherwise. Without NETTRACE_SPOOL it does nothing at all.
 */
import { readEnvironment } from './environment';
import type { Loader } from './later';

const face = Symbol.for('nettrace.hook');

try {
  const settings = (globalThis as Record<symbol, unknown>)[face] ? undefined : readEnvironment(process.env);
  if (settings && Number.parseInt(process.versions.node, 10) >= 18) {
    const api = { thread: '', flush(): void {}, control(): void {}, uninstall(): void {} };
    Object.defineProperty(globalThis, face, { value: api, configurable: true });
    const { hook } = require as { hook?: Loader };
    // A program that counts or clears the cache of modules shall not meet us; nobody asks for this file a second time.
    delete require.cache[__filename];
    // Nor our loader, which is next to this file (src/session/program/hookCopy.ts); `module.parent` would cause a
    // warning.
    delete require.cache[`${__filename.slice(0, __dirname.length + 1)}hook.cjs`];
    (require('./install') as typeof import('./install')).install(settings, api, hook);
  }
} catch {
  // The program runs untraced; the host sees that no `proc` line came.
}

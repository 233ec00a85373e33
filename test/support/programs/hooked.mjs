/** Environment of a program that a build of the hook traces, without a session: the spool's folder is added by who starts it. */
import { randomUUID } from 'node:crypto';

/**
 * @param {string} file hook.cjs, with its requests.cjs beside it
 * @param {object} [more] of the hook's configuration
 */
export const hooked = (file, more = {}) => ({
  NODE_OPTIONS: `--require ${file}`,
  NETTRACE_CONF: JSON.stringify({
    v: 1,
    trace: randomUUID(),
    enabled: [randomUUID()],
    callSites: 'all',
    headers: 'off',
    ...more,
  }),
});

/** Retries of clients that make them in a promise: the stack where the promise was made shows that it is a retry. */
import { framesOf } from '../sites/prepareStackTrace';
import type { Made } from '../sites/promiseParents';
import { nameOf } from '../sites/stack';

/** Promises of one try, from its request up. */
const maxJobs = 8;

const packages = /[\\/]node_modules[\\/]/;
const stripeSender = /[\\/]stripe[\\/](esm|cjs)[\\/]RequestSender\.js$/;
const gotPromise = /[\\/]got[^\\/]*[\\/]dist[\\/]source[\\/]as-promise[\\/]index\.js$/;

/**
 * Whether a package makes the request as only a next try is made. `frames`: of the request itself. A frame of the program's
 * on the way ends it, as the program calls again, too.
 */
export function isRetryIn(frames: readonly NodeJS.CallSite[], job: Made | undefined): boolean {
  let found = retryIn(frames);
  let one = job;
  for (let i = 0; found === undefined && one !== undefined && i < maxJobs; i++, one = one.by)
    if (one.stack !== undefined) found = retryIn(framesOf(one.stack));
  return found === true;
}

/** False: the program's own; undefined: it does not say. */
function retryIn(frames: readonly NodeJS.CallSite[]): boolean | undefined {
  for (const [i, frame] of frames.entries()) {
    const file = nameOf(frame);
    if (file === '' || file === __filename || file.startsWith('node:')) continue;
    if (!packages.test(file)) return false;
    if (frame.getFunctionName() === 'makeRequest' && isNextTry(file, frame, frames[i + 1])) return true;
  }
  return undefined;
}

/** Called by the timer of the package (Stripe), or by its own event `retry` (got 12). */
function isNextTry(file: string, frame: NodeJS.CallSite, caller: NodeJS.CallSite | undefined): boolean {
  if (caller === undefined) return false;
  if (stripeSender.test(file)) return frame.getTypeName() === 'Timeout' && caller.getFunctionName() === 'listOnTimeout';
  return gotPromise.test(file) && nameOf(caller) === file && caller.getTypeName() === 'Request';
}

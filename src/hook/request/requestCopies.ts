/**
 * Copies of a Request: ky copies the request of each try before it fetches it, and fetches the copy when it tries again.
 */

import type { RequestRecord } from '../records/request';
import { apply } from '../runtime/builtins';
import { guarded, parts } from '../runtime/guard';
import { link, linked } from '../runtime/links';
import { isFetchLoaded } from '../runtime/nodeModules';
import { frameGone, roomForFrame } from '../runtime/stackLimit';
import { wrap } from '../runtime/wrap';

const part = parts.retries;

/** What a Request and its copies share: the request that was made of it. */
class Shared {
  made: RequestRecord | undefined = undefined;
  /** That of what it was copied from. */
  origin: Shared | undefined = undefined;
}

/** A Request was copied at least once. */
let seen = false;

const sharedOf = (request: object): Shared => {
  const known = linked<Shared>(request);
  if (known instanceof Shared) return known;
  const shared = new Shared();
  link(request, shared);
  return shared;
};

const onClone = guarded(part, 'retries.clone', (request: object, copy: object) => {
  seen = true;
  sharedOf(copy).origin = sharedOf(request);
});

/** A request is made of what fetch was called with. */
export function fetched(input: unknown, r: RequestRecord): void {
  if (seen && typeof input === 'object' && input !== null) note(input, r);
}

const note = guarded(part, 'retries.fetched', (input: object, r: RequestRecord) => {
  const shared = linked<unknown>(input);
  if (!(shared instanceof Shared)) return;
  shared.made = r;
  // Longer chains are of no use, and would keep all requests before.
  if (shared.origin !== undefined) shared.origin.origin = undefined;
});

/** The request that was made of what this was copied from. */
export function originOfClone(input: unknown): RequestRecord | undefined {
  if (!seen || typeof input !== 'object' || input === null) return undefined;
  const shared = linked<unknown>(input);
  return shared instanceof Shared ? shared.origin?.made : undefined;
}

let watches = false;

/**
 * Called while a signal gets a listener, as the constructor of Request gives one to its signal. To ask for the class before it
 * is loaded would load fetch into a program that may never use it.
 */
export function watchRequestCopies(): void {
  if (watches || !isFetchLoaded()) return;
  watches = true;
  watch(globalThis.Request);
}

const watch = guarded(part, 'retries.request', (loaded: unknown) => {
  if (typeof loaded !== 'function') return;
  wrap(
    loaded.prototype as object,
    'clone',
    (original) =>
      ({
        clone(this: object, ...args: unknown[]): unknown {
          const room = roomForFrame();
          try {
            const copy: unknown = apply(original, this, args);
            onClone(this, copy as object);
            return copy;
          } finally {
            if (room !== 0) frameGone(room);
          }
        },
      }).clone,
  );
});

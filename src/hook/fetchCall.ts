/**
 * The global `fetch`: the program may take it before it makes a request, so the hook's function is in its place from the
 * start, and the first call loads what follows requests.
 */
import { apply } from './runtime/builtins';
import { arePatchesOn } from './runtime/patches';
import { frameGone, roomForFrame } from './runtime/stackLimit';
import { type AnyFunction, wrap } from './runtime/wrap';

/** How a call is followed; set by the part for requests. */
export const fetchCalls = { follow: undefined as ((original: AnyFunction) => AnyFunction) | undefined };

export function installFetch(need: () => void): void {
  wrap(globalThis, 'fetch', (original) => {
    let run: AnyFunction | undefined;
    const first = (): AnyFunction => {
      if (!arePatchesOn()) return original;
      need();
      run = fetchCalls.follow?.(original) ?? original;
      return run;
    };
    return {
      // A method, as it has no `prototype`.
      fetch(this: unknown, ...args: unknown[]): unknown {
        const call = run ?? first();
        const room = roomForFrame();
        try {
          return apply(call, this, args);
        } finally {
          if (room !== 0) frameGone(room);
        }
      },
    }.fetch;
  });
}

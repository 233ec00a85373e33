/**
 * Keeps the spool's descriptor ours. A program that closes all descriptors it can find (a daemoniser, a double close)
 * would else free our number for its next file, and our lines would land there. To such a call the descriptor does not
 * exist, as it would not without us: EBADF. Native code that closes it is noticed by the spool's own check.
 */
import { apply, fs } from './runtime/builtins';
import { wrap } from './runtime/wrap';

/** A number that no open file has: the system's own answer to it is the error wanted. */
const closed = 0x7fffffff;

export function guardDescriptor(isOurs: (fd: unknown) => boolean): void {
  for (const name of ['close', 'closeSync']) {
    wrap(
      fs,
      name,
      (original) =>
        function (this: unknown, ...args: unknown[]) {
          if (isOurs(args[0])) args[0] = closed;
          return apply(original, this, args);
        },
    );
  }
}

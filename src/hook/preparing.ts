/** What stands at `Error.prepareStackTrace` for the program; see `ownFrames.ts`. */
import { ErrorClass } from './builtins';

/** Ours is an accessor, which costs a stack to read where it has to know who reads; and what it has. */
export const preparing = { get: undefined as (() => unknown) | undefined, set: undefined as unknown };

/** For the hook, which puts it back when it has read a stack by a function of its own. */
export function programsPrepare(): typeof Error.prepareStackTrace {
  const own = Object.getOwnPropertyDescriptor(ErrorClass, 'prepareStackTrace');
  const isOurs = own?.get !== undefined && own.get === preparing.get;
  return (isOurs ? preparing.set : ErrorClass.prepareStackTrace) as typeof Error.prepareStackTrace;
}

/**
 * The hook's frames in the stacks of the program's errors. V8 cannot leave a function out of a stack, so they are taken out
 * where a stack becomes text: Node calls `Error.prepareStackTrace`, the program's if it has set one, else since Node 20
 * Node's own, which applies source maps. Either gets the frames without the hook's. As `stackTraceLimit` counts these
 * too, each call of the hook raises it by one, and frames beyond the program's limit are cut off here.
 *
 * The property is an accessor, so that the program reads what it has set, and Node, recognised by the stack, what cleans.
 * Nothing of this is done before a stack is read.
 */
import { apply, ErrorClass } from '../runtime/builtins';
import { patchProperty } from '../runtime/patches';
import { programsLimit, room } from '../runtime/stackLimit';
import { type AnyFunction, likeOriginal } from '../runtime/wrap';
import { preparing, raw } from './prepareStackTrace';

type Prepare = (this: unknown, error: Error, frames: NodeJS.CallSite[]) => unknown;
const ownFile = __filename;
const name = 'prepareStackTrace';

/** The same frames if none is ours, and none is there only because of the room for ours. */
function withoutOurs(frames: NodeJS.CallSite[]): NodeJS.CallSite[] {
  const { length } = frames;
  let kept = 0;
  for (let i = 0; i < length; i++) {
    const frame = frames[i] as NodeJS.CallSite;
    if (frame.getFileName() !== ownFile) frames[kept++] = frame;
  }
  const limit = programsLimit();
  frames.length = kept > limit && length <= limit + room.max ? limit : kept;
  return frames;
}

/** A function for Node that gives `programs` the frames without ours. */
function cleaning(programs: Prepare): Prepare {
  const holder = {
    prepare(this: unknown, error: Error, frames: NodeJS.CallSite[]): unknown {
      if (Array.isArray(frames)) {
        try {
          withoutOurs(frames);
        } catch {
          // Frames of somebody else's making: as they are.
        }
      }
      return apply(programs as AnyFunction, this, [error, frames]);
    },
  };
  return holder.prepare;
}

/** What Node does by itself before version 20, which has no function for it. */
function asNode18(error: Error, frames: NodeJS.CallSite[]): string {
  const isNodes = Object.getOwnPropertySymbols(error).some((s) => s.description === 'kIsNodeError');
  const { name: kind, code, message } = error as Error & { code?: unknown };
  const head = isNodes ? `${kind} [${code}]: ${message}` : (apply(errorText, error, []) as string);
  return frames.length === 0 ? head : `${head}\n    at ${apply(joined, frames, ['\n    at '])}`;
}
const errorText = Error.prototype.toString as AnyFunction;
const joined = Array.prototype.join as AnyFunction;

/** Whether the getter that asks this was called by Node, to render a stack. */
function isAskedByNode(): boolean {
  const { stackTraceLimit } = ErrorClass;
  asking = true;
  try {
    // This function, the getter, and who reads.
    ErrorClass.stackTraceLimit = 3;
    const stack = new ErrorClass().stack as unknown;
    // While it renders one stack, V8 makes plain text of another.
    if (typeof stack === 'string') return (stack.split('\n', 4)[3] ?? '').includes('(node:internal/errors:');
    return (stack as NodeJS.CallSite[])[2]?.getFileName() === 'node:internal/errors';
  } catch {
    return false;
  } finally {
    asking = false;
    try {
      ErrorClass.stackTraceLimit = stackTraceLimit;
    } catch {
      // Frozen: it was not set either.
    }
  }
}
let asking = false;

/** What Node has there by itself; absent before Node 20. */
let standard: Prepare | undefined;
/** What cleans for Node's own; looks like it, as it is what the program finds there. */
let cleans: Prepare = cleaning(asNode18 as Prepare);
/** What cleans for what the program has set. */
let setCleans: Prepare | undefined;

const accessor = {
  get(): unknown {
    if (preparing.set === raw || asking) return raw;
    if (preparing.set !== undefined && preparing.set === standard) return cleans;
    if (!isAskedByNode()) return preparing.set;
    if (typeof preparing.set === 'function') {
      setCleans ??= cleaning(preparing.set as Prepare);
      return setCleans;
    }
    // Without a function, Node 18 applies source maps itself, which a replacement could not do.
    return standard === undefined && process.sourceMapsEnabled ? undefined : cleans;
  },
  set(this: object, value: unknown) {
    if (this !== ErrorClass) {
      Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
    } else if (!Object.isFrozen(this)) {
      setCleans = undefined;
      preparing.set = value === cleans ? standard : value;
    }
  },
};

export function keepOursOut(): void {
  preparing.get = accessor.get;
  let before: PropertyDescriptor | undefined;
  patchProperty(
    ErrorClass,
    name,
    (present) => {
      // Somebody has an accessor there: his.
      if (present !== undefined && !('value' in present)) return undefined;
      before = present;
      preparing.set = present?.value;
      if (standard === undefined && typeof preparing.set === 'function') {
        standard = preparing.set as Prepare;
        cleans = likeOriginal(cleaning(standard) as AnyFunction, standard as AnyFunction) as Prepare;
      }
      return { ...accessor, configurable: true, enumerable: present?.enumerable ?? false };
    },
    () =>
      preparing.set === before?.value
        ? before
        : { value: preparing.set, writable: true, configurable: true, enumerable: before?.enumerable ?? true },
  );
}

/**
 * The user's line where a library has broken the chain of awaits, without a debugger: who made the promise whose job runs
 * now. V8 reports each promise as it is made; its stack is kept unread, with that of the promise in whose job it was made.
 * A request without a frame of the user's on its stack has that of the nearest of these stacks that shows one. Where any
 * other callback runs (a timer, a socket), nothing is known, and the package's line is kept: a wrong line would be
 * worse.
 *
 * Each promise's stack takes 5 to 20 µs with what is kept of it. So nothing listens before a request was seen that needs it,
 * which keeps the package's line, and then for so many promises only.
 */

import { ErrorClass, nodeModule } from '../runtime/builtins';
import { fault, parts } from '../runtime/guard';
import { whilePatched } from '../runtime/patches';
import { isDebugged } from './asyncParents';
import { framesOf } from './prepareStackTrace';
import { userFrame } from './stack';

/** Frames of one stack: what is deeper is not known. */
const depth = 40;
/** Promises made in each other's jobs, after which one stack is chosen of theirs. */
const longest = 32;
/** Stacks when the first request needs them, and at most at a time later. */
const atOnce = 4000;
/** Stacks a second after that: one to two percent of a processor's time. */
const aSecond = 1000;
/** Requests of a program whose stacks are read in place, so that the second can have its line. */
const early = 8;

export class Made {
  constructor(
    /** Undefined: it shows no frame of the user's. */
    public stack: Error | undefined,
    public by: Made | undefined,
    public length: number,
    /** For the first request alone: a callback may start the calls of others, too. */
    readonly once = false,
  ) {}
}

/** The promise whose job runs now. */
export const running = { job: undefined as Made | undefined };

/**
 * What runs now answers who asked with this stack, which was kept anyway: a request made in it, without a frame of the
 * user's on its own stack, has that of this one: the first, as others in it may have asked somebody else. Returns what
 * ran before, to be put back.
 */
export function beginJobOf(stack: Error): Made | undefined {
  const outer = running.job;
  running.job = new Made(stack, outer, 0, true);
  return outer;
}

export const endJobOf = (outer: Made | undefined): void => {
  running.job = outer;
};

let made = new WeakMap<object, Made>();
let stop: (() => void) | undefined;
let left = atOnce;
let emptyAt = 0;
let needed = false;
let checked = 0;
/** While patches are on, and nobody debugs. */
let wanted = false;

function init(promise: object): void {
  if (--left < 0) return rest();
  try {
    const { stackTraceLimit } = ErrorClass;
    let stack: Error;
    try {
      ErrorClass.stackTraceLimit = depth;
      stack = new ErrorClass();
    } finally {
      // Also where the stack has no room left.
      ErrorClass.stackTraceLimit = stackTraceLimit;
    }
    const by = running.job;
    const own = new Made(stack, by, by === undefined ? 0 : by.length + 1);
    if (own.length === longest) shorten(own);
    made.set(promise, own);
  } catch {
    // Frozen, or no room on the stack.
    rest();
  }
}
const before = (promise: object): void => {
  running.job = made.get(promise);
};
const after = (): void => {
  running.job = undefined;
};

/** Not in a debug session: stepping would enter these functions, and the debugger has its own async parents. */
export function installPromiseParents(): void {
  whilePatched({
    putOn() {
      wanted = true;
    },
    takeBack() {
      wanted = false;
      rest();
    },
  });
}

function listen(): void {
  if (stop !== undefined) return;
  try {
    const { promiseHooks } = nodeModule('node:v8') as typeof import('node:v8');
    stop = promiseHooks.createHook({ init, before, after, settled: undefined as never }) as unknown as () => void;
  } catch (e) {
    wanted = false;
    fault(parts.callSites, e);
  }
}

/** Stops listening. Promises made from now on are unknown, so the known ones are forgotten too. */
function rest(): void {
  stop?.();
  stop = undefined;
  running.job = undefined;
  made = new WeakMap();
}

/** Asked now and then while requests are made. */
export function tendPromises(t: number): void {
  if (wanted && isDebugged()) {
    wanted = false;
    rest();
  }
  if (stop !== undefined || !wanted || !needed) return;
  if (emptyAt === 0) emptyAt = t;
  const more = ((t - emptyAt) / 1000) * aSecond;
  if (more < aSecond) return;
  left = Math.min(more, atOnce);
  emptyAt = 0;
  listen();
}

/** A request's stack shows no frame of the user's. */
export function needPromises(): void {
  if (needed || !wanted) return;
  needed = true;
  listen();
}

/** The first requests of a program are looked at while they are made. */
export function checkEarly(stack: Error): void {
  if (!wanted || needed || checked === early) return;
  checked++;
  const { frame, user } = userFrame(framesOf(stack));
  if (frame && !user) needPromises();
}

/** Frames of the nearest stack that shows one of the user's, from that frame on. */
export function framesAbove(job: Made): NodeJS.CallSite[] | undefined {
  for (let m: Made | undefined = job; m !== undefined; m = m.by) {
    if (m.stack === undefined) continue;
    const frames = framesOf(m.stack);
    const at = userFrame(frames);
    if (at.user) return frames.slice(at.depth - 1);
    // The user's may be further down.
    if (frames.length >= depth) return undefined;
    m.stack = undefined;
  }
  return undefined;
}

/** Loops of promises would grow without end. */
function shorten(own: Made): void {
  for (let m: Made | undefined = own; m !== undefined; m = m.by) {
    if (m.stack === undefined) continue;
    const frames = framesOf(m.stack);
    const isUsers = userFrame(frames).user;
    if (!isUsers && frames.length < depth) {
      m.stack = undefined;
      continue;
    }
    own.stack = isUsers ? m.stack : undefined;
    break;
  }
  own.by = undefined;
  own.length = 0;
}

/** The stack of a request, with the promise whose job made it. */
export type Seen = Error & { job?: Made };

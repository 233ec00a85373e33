/**
 * Ends of the process: nothing may stay in memory. `process.reallyExit` is the last JavaScript of `process.exit`, the
 * `exit` event that of a natural or uncaught end and of a worker; a process that kills or aborts itself passes by too.
 *
 * An uncaught error's stack is cleaned of our own frames before Node prints it, so that it reads as without the hook.
 */

import { ends } from './ends';
import { flush, flushAfter, push } from './output/queue';
import { apply, inWorker, pid } from './runtime/builtins';
import { now, us } from './runtime/clock';
import { isFetchLoaded, isLoaded } from './runtime/nodeModules';
import { costText } from './runtime/ownCost';
import { hasLeft } from './runtime/patches';
import { watchEmit, wrap } from './runtime/wrap';

let said = false;

function exit(code: unknown): void {
  if (hasLeft()) return;
  try {
    ends.begin();
    flushAfter(ends.leave);
    if (said) return;
    said = true;
    const text = typeof code === 'number' && Number.isInteger(code) ? `,"code":${code}` : '';
    flushAfter(() => push(`{"k":"exit","at":${us(now())}${text},"cost":${costText()}}\n`));
    if (requestsMade()) keepCode?.();
  } catch {
    // The program ends as it would without us.
  }
}

/** The functions for requests are compiled, in both bundles. */
const requestsMade = (): boolean => !inWorker && (isLoaded('http') || isFetchLoaded());

let keepCode: (() => void) | undefined;

/** `keep`: keeps what V8 has compiled for the processes to come, where that is not done yet. */
export function installEnds(keep?: () => void): void {
  keepCode = keep;
  const before = (name: string, act: (args: unknown[]) => void): void =>
    wrap(
      process,
      name,
      (original) =>
        function (this: unknown, ...args: unknown[]) {
          act(args);
          return apply(original, this, args);
        },
    );
  before('reallyExit', (args) => exit(args[0]));
  before('abort', () => flush());
  before('execve', () => flush());
  before('kill', (args) => {
    if (args[0] === pid && args[1] !== 0) flush();
  });
  before('_fatalException', (args) => clean(args[0]));
  // `exit` listeners first: they may still make or end requests.
  watchExit(Object.getPrototypeOf(process) as object);
}

function watchExit(prototype: object): void {
  const above = Object.getPrototypeOf(prototype) as { emit: (...args: unknown[]) => unknown };
  watchEmit(
    prototype,
    // Always: what replaces `process.emit` takes the function it finds now, and keeps it.
    ((p: object) => p === process) as never,
    (() => {}) as never,
    (self, args) => {
      try {
        return apply(above.emit as never, self, args) as unknown;
      } finally {
        if (args[0] === 'exit') exit(process.exitCode ?? args[1]);
      }
    },
  );
}

interface Printed {
  stack?: unknown;
  cause?: unknown;
  errors?: unknown;
}

/** Takes the hook's own lines out of an error's stack, and of those of its causes. */
function clean(error: unknown, depth = 0): void {
  try {
    if (typeof error !== 'object' || error === null || depth > 8) return;
    const e = error as Printed;
    if (typeof e.stack === 'string' && e.stack.includes(__filename)) e.stack = withoutOurs(e.stack);
    cleanAddition(e);
    if (e.cause !== undefined) clean(e.cause, depth + 1);
    if (Array.isArray(e.errors)) for (const one of e.errors) clean(one, depth + 1);
  } catch {
    // An error that does not let itself be changed is printed as it is.
  }
}

const isFrame = /^\s+at /;

/** Room was made for our frames: more than the limit are there only while ours are among them. */
function withoutOurs(stack: string): string {
  const limit = Error.stackTraceLimit;
  let frames = 0;
  return stack
    .split('\n')
    .filter((one) => !isFrame.test(one) || (!one.includes(__filename) && ++frames <= limit))
    .join('\n');
}

/** What Node adds when it prints: "Emitted 'error' event at", taken where no one listened. */
function cleanAddition(e: object): void {
  for (const key of Object.getOwnPropertySymbols(e)) {
    if (key.description !== 'kEnhanceStackBeforeInspector') continue;
    const own = Object.getOwnPropertyDescriptor(e, key);
    const make: unknown = own?.value;
    if (typeof make !== 'function') return;
    const value = (): unknown => {
      const text: unknown = apply(make as () => unknown, e, []);
      if (typeof text !== 'string') return text;
      const lines = text.split('\n');
      return lines.filter((one) => !(isFrame.test(one) && one.includes(__filename))).join('\n');
    };
    Object.defineProperty(e, key, { ...own, value });
  }
}

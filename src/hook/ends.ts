/**
 * Ends of the process: nothing may stay in memory. `process.reallyExit` is the last JavaScript of `process.exit`, the
 * `exit` event that of a natural or uncaught end and of a worker; a process that kills or aborts itself passes by too.
 *
 * An uncaught error's stack is cleaned of our own frames before Node prints it, so that it reads as without the hook.
 */
import { apply, pid } from './builtins';
import { now, us } from './clock';
import { flush, push } from './queue';
import { watchEmit, wrap } from './wrap';

let said = false;

function exit(code: unknown): void {
  try {
    flush();
    if (!said) {
      said = true;
      const text = typeof code === 'number' && Number.isInteger(code) ? `,"code":${code}` : '';
      push(`{"k":"exit","at":${us(now())}${text}}\n`);
      flush();
    }
  } catch {
    // The program ends as it would without us.
  }
}

export function installEnds(): void {
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

/** Takes the hook's own lines out of an error's stack. */
function clean(error: unknown): void {
  try {
    const e = error as { stack?: unknown };
    if (typeof error !== 'object' || error === null || typeof e.stack !== 'string' || !e.stack.includes(__filename))
      return;
    e.stack = e.stack
      .split('\n')
      .filter((one) => !(one.includes(__filename) && /^\s+at /.test(one)))
      .join('\n');
  } catch {
    // An error that does not let itself be changed is printed as it is.
  }
}

/** Bindings of Node's that `process.binding` still gives, without a warning to the program. */
import { apply } from './builtins';
import type { AnyFunction } from './wrap';

const warns = '--pending-deprecation';

/** Undefined where Node refuses it (permission model), no longer has it, or would warn of its use. */
export function bindingOf(name: string): object | undefined {
  const { env, execArgv } = process;
  if (env.NODE_PENDING_DEPRECATION === '1' || execArgv.includes(warns) || env.NODE_OPTIONS?.includes(warns)) return;
  try {
    return (process as unknown as { binding(name: string): object }).binding(name);
  } catch {
    return undefined;
  }
}

type Functions = Record<string, unknown>;

/**
 * Loads a module of Node's that keeps functions of a binding from its first moment: earlier than without the hook, so that what
 * a program puts into the binding later would not reach it. What it keeps looks into the binding at each call. No frame of
 * ours is on the stack while the binding is as it was: a trap that is not there.
 */
export function loadedLate<T>(binding: string, names: readonly string[], load: () => T): T {
  const held = bindingOf(binding) as Functions | undefined;
  const natives = names.map((name) => held?.[name]);
  try {
    names.forEach((name, i) => {
      const native = natives[i];
      if (held === undefined || typeof native !== 'function') return;
      const present = (_: unknown, self: unknown, args: unknown[]): unknown =>
        apply(held[name] as AnyFunction, self, args);
      held[name] = new Proxy(
        native as AnyFunction,
        {
          get apply() {
            return held[name] === native ? undefined : present;
          },
        } as ProxyHandler<AnyFunction>,
      );
    });
    return load();
  } finally {
    names.forEach((name, i) => {
      if (held !== undefined && typeof natives[i] === 'function') held[name] = natives[i];
    });
  }
}

/**
 * Code that the program compiles itself: a loader hands it to `vm.compileFunction` (jest), to `vm.Script`, or to the
 * constructor of async functions (Vite's module runner). It differs from the text of the file that it is named after,
 * and its source map exists only inside it.
 */
import { apply, nodeModule } from '../runtime/builtins';
import { fault, parts } from '../runtime/guard';
import { insertAbove, patchProperty, whenRemoved } from '../runtime/patches';
import { withRoom } from '../runtime/stackLimit';
import { type AnyFunction, wrap } from '../runtime/wrap';
import { dropTexts, keepText } from './handedTexts';

/** Runs a compile call. A syntax error has four frames of the hook on its stack. */
const compile = <T>(make: () => T): T => withRoom(4, make);

/** Between the class and Node's own above it, which `super` calls: so `vm.Script` itself is unchanged. */
function watchScripts({ Script }: { Script?: object }): void {
  const above: unknown = Script && Object.getPrototypeOf(Script);
  if (Script === undefined || typeof above !== 'function' || above === Function.prototype) return;
  const shim = function (this: unknown, ...args: unknown[]): object {
    const target = new.target ?? Script;
    note(args[1], args[0]);
    return compile(() => Reflect.construct(above, args, target as never) as object);
  };
  copyFace(shim, above);
  insertAbove(Script, shim);
}

function watchFunctions(vm: object): void {
  wrap(vm, 'compileFunction', (original) => {
    const holder = {
      compileFunction(this: unknown, ...args: unknown[]): unknown {
        // Node reads the name once more: what is computed is left alone.
        const options = args[2] as object | undefined;
        note(options && Object.getOwnPropertyDescriptor(options, 'filename')?.value, args[0]);
        return compile(() => apply(original, this, args));
      },
    };
    return holder.compileFunction;
  });
}

/** The text that V8 compiles, if the code gives itself a name. What is no string could have a `toString` of the program's. */
function noteFunction(args: unknown[]): void {
  const body = args.at(-1);
  if (typeof body !== 'string' || !args.every((arg) => typeof arg === 'string')) return;
  const at = body.lastIndexOf('//# sourceURL=');
  if (at < 0) return;
  const name = /^\S*/.exec(body.slice(at + 14, at + 2048))?.[0];
  note(name, `(async function anonymous(${args.slice(0, -1).join()}\n) {\n${body}\n})`);
}

function note(name: unknown, code: unknown): void {
  if (!parts.callSites.on) return;
  try {
    if (name !== __filename) keepText(name, code);
  } catch (e) {
    fault(parts.callSites, e);
  }
}

function watchAsyncFunctions(): void {
  const prototype = Object.getPrototypeOf(async () => {}) as object;
  patchProperty(prototype, 'constructor', (own) => {
    if (typeof own?.value !== 'function') return undefined;
    const original = own.value as AnyFunction;
    const value = function (this: unknown, ...args: unknown[]): object {
      noteFunction(args);
      const target = new.target === value ? original : (new.target as AnyFunction | undefined);
      if (target === undefined) return compile(() => apply(original, this, args) as object);
      return compile(() => Reflect.construct(original, args, target) as object);
    };
    copyFace(value, original);
    Object.setPrototypeOf(value, Object.getPrototypeOf(original) as object);
    Object.defineProperty(value, 'toString', { value: () => String(original), writable: true, configurable: true });
    return { ...own, value };
  });
}

/** What can be seen of a constructor. */
function copyFace(to: object, from: object): void {
  for (const key of ['name', 'length', 'prototype'])
    Object.defineProperty(to, key, Object.getOwnPropertyDescriptor(from, key) ?? {});
}

export function installHandedIn(): void {
  const vm = nodeModule('node:vm') as { Script?: object };
  watchScripts(vm);
  watchFunctions(vm);
  watchAsyncFunctions();
  whenRemoved(dropTexts);
}

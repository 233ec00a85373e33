/**
 * What a request is made for: the label that the program gave (`docs/labels.md`) and the request that it is answering.
 *
 * Both follow the program's asynchronous calls, for which Node has AsyncLocalStorage. One is made at the first label, or
 * at the start when incoming requests are asked for; a program that does neither pays a test of a flag a request. With
 * it, Node before 24 turns on its promise hooks: a few percent of a program that does little but await. From Node 24 on
 * the cost of an entered store was measured at 2 % of a keep-alive request.
 */

import { maskedText } from '../output/json';
import { apply, nodeModule } from '../runtime/builtins';
import { guarded, parts } from '../runtime/guard';

const part = parts.labels;

interface Context {
  label: string;
  /** Id of the incoming request; 0: none. */
  cause: number;
}

/** A record that takes over what its call is made for. */
interface Labelled {
  label: string;
  cause: number;
}

interface Storage {
  getStore(): Context | undefined;
  run<T>(store: Context, body: () => T): T;
  enterWith(store: Context): void;
  disable(): void;
}

let storage: Storage | undefined;
/** Something is stored at all. */
export const context = { on: false };
const max = 128;

function start(): Storage {
  if (storage === undefined) {
    const { AsyncLocalStorage } = nodeModule('node:async_hooks') as typeof import('node:async_hooks');
    storage = new AsyncLocalStorage<Context>();
    context.on = true;
  }
  return storage;
}

/** The context of the running call. */
export const presentContext = guarded(part, 'labels.context', (): unknown => storage?.getStore());

export function takeContext(r: Labelled, c: unknown): void {
  const found = c as Context | undefined;
  if (found === undefined) return;
  r.label = found.label;
  r.cause = found.cause;
}

/** All that is done from here on is done for this incoming request. */
export function causedBy(id: number): void {
  start().enterWith({ label: '', cause: id });
}

const inside = guarded(part, 'labels.label', (name: unknown): [Storage, Context] => {
  const s = start();
  return [s, { label: maskedText(String(name), max), cause: s.getStore()?.cause ?? 0 }];
});

/** Runs `body`, and whatever it starts, under a label. Its result is returned and its errors pass. */
function label(name: unknown, body: unknown, ...args: unknown[]): unknown {
  const run = () => apply(body as (...a: unknown[]) => unknown, undefined, args) as unknown;
  const entered = inside(name);
  return entered === undefined ? run() : entered[0].run(entered[1], run);
}

export function installLabels(): void {
  Object.defineProperty(globalThis, Symbol.for('nettrace.label'), { value: label, configurable: true, writable: true });
}

/** Node's own hooks for it end with it. */
export function leaveContext(): void {
  context.on = false;
  storage?.disable();
  storage = undefined;
}

/** Before the first request: stores are entered from the start. */
export const installContext = (): void => void start();

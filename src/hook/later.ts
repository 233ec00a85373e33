/**
 * The part of the hook that only requests need (`requests.ts`): a bundle of its own, run when the first of Node's modules
 * for the network is loaded, or `fetch` is called. It is read at the start, as a program may have mocked or forbidden files
 * by then, and gets the modules that are here already through one door.
 */
import { shared } from './door';
import type * as Requests from './requests';
import { apply, nodeModule, readFileSync } from './runtime/builtins';
import { fault, parts } from './runtime/guard';
import { starting } from './runtime/ownCost';
import type { Settings } from './runtime/settings';

type Run = (exports: object, require: unknown, module: object, file: string, folder: string, shared: object) => void;

/** What our loader does for the hook (src/session/program/hookLoader.ts); absent where it was loaded by hand. */
export interface Loader {
  /** Compiles the part. */
  requests(): Run;
  /** Keeps what V8 has compiled so far for the processes to come. */
  keepCode(): void;
  /** What `process.hrtime()` gave when it began. */
  begin?: [number, number];
}

let load: (() => void) | undefined;

/** `name`: that of the spool's files. */
export function prepareRequests(loader: Loader | undefined, settings: Settings, name: string): void {
  const compile = loader?.requests ?? compilerByHand();
  load = () => {
    const made = { exports: {} as typeof Requests };
    apply(compile(), undefined, [made.exports, requireOf, made, __filename, __dirname, shared()]);
    made.exports.installRequests(settings, name);
  };
}

/** Node's own modules, past what the program put in front of `require`; and the resolver. */
const requireOf = Object.assign(
  (id: string): unknown => (id.startsWith('node:') ? nodeModule(id as 'node:fs') : require(id)),
  { cache: require.cache },
);

function compilerByHand(): () => Run {
  const text = readFileSync(`${__dirname}/requests.cjs`, 'latin1');
  const { Script } = nodeModule('node:vm') as typeof import('node:vm');
  const { runInThisContext } = Script.prototype;
  const head = '(function (exports, require, module, __filename, __dirname, shared) {';
  // One name for both files: what is ours is known by it.
  return () => apply(runInThisContext, new Script(`${head}${text}\n})`, { filename: __filename }), []) as Run;
}

/** Loads it, once. */
export function needRequests(): void {
  const first = load;
  if (first === undefined) return;
  load = undefined;
  starting(() => {
    try {
      first();
    } catch (e) {
      fault(parts.loading, e);
    }
  });
}

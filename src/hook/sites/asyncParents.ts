/**
 * The user's line where a library has broken the chain of awaits: V8's inspector keeps the asynchronous parents of a stack
 * while a debugger asks for them, as VS Code's does in every session. They are read through a session inside the process,
 * which enables nothing: the stack of an error just made, by its handle. No script is compiled, nothing pauses or is
 * printed, and the debugger is not notified. One question takes 0.1 to 0.5 ms, so it is asked only where the stack has no
 * frame of the user's, and at a limited rate; beyond that the library's frame is reported, marked as the library's.
 */
import type inspector from 'node:inspector';
import { ErrorClass, inWorker, moduleCache, nodeModule } from '../runtime/builtins';
import { bindingOf } from '../runtime/nodeModules';
import { framesOf } from './prepareStackTrace';
import { userFrame } from './stack';

/** Questions a second at most: a tenth of one processor's time. */
const maxPerSecond = 200;
/** Questions in a row without any parent, after which it is asked once a second only. */
const maxWithout = 20;

interface RemoteFrame {
  functionName: string;
  url: string;
  lineNumber: number;
  columnNumber: number;
}
interface RemoteStack {
  callFrames: RemoteFrame[];
  parent?: RemoteStack;
}

/** Whether a debugger is there, who may have asked for parents; looked at while requests are made. */
export const parents = { kept: false };

let tool: typeof inspector | null | undefined;
let url: typeof inspector.url | undefined;
let session: inspector.Session | undefined;
/** What the question is about, where the session finds it. */
let held: { error: Error | undefined } | undefined;
let heldId: string | undefined;
let asked = 0;
let secondAt = 0;
let without = 0;
/** With the whole chain asked for, this process keeps parents without a debugger, too. */
let own: inspector.Session | undefined;

/** Looks for a debugger: 0.2 µs, each 100 ms at most. */
export function detectDebugger(): void {
  if (tool === null) return;
  try {
    // The module takes 3 ms to load, its binding none.
    url ??= ((bindingOf('inspector') as typeof tool) ?? (nodeModule('node:inspector') as typeof inspector)).url;
    // A worker has no inspector port.
    parents.kept =
      own !== undefined || url() !== undefined || (inWorker && process.env.VSCODE_INSPECTOR_OPTIONS !== undefined);
  } catch {
    // Node without inspector, or a program that may not use it.
    tool = null;
    parents.kept = false;
  }
}

/** A debugger is there. Its variable says nothing: VS Code sets it in every terminal, for programs that it does not debug too. */
export const isDebugged = (): boolean => parents.kept && own === undefined;

/** With V8's debugger in them, such a program aborts when a worker has ended with an error. */
function abortsOnUncaught(): boolean {
  const { execArgv, env } = process;
  return /--abort[-_]on[-_]uncaught[-_]exception/.test(`${execArgv.join(' ')} ${env.NODE_OPTIONS ?? ''}`);
}

/** Keeps parents in this process. They cost every promise of the program, so only on request. */
export function keepParents(): void {
  try {
    if (abortsOnUncaught()) return;
    tool ??= nodeModule('node:inspector') as typeof inspector;
    own = new tool.Session();
    own.connect();
    // V8 keeps no stacks at all for a session that has not this one enabled.
    own.post('Runtime.enable');
    own.post('Debugger.enable');
    own.post('Debugger.setSkipAllPauses', { skip: true });
    own.post('Debugger.setAsyncCallStackDepth', { maxDepth: 32 });
    parents.kept = true;
  } catch {
    own = undefined;
  }
}

/** The stack itself where it shows a frame of the user's; else one of its parents that does; else itself. */
export function withParents(stack: Error, t: number, chains: boolean): Error {
  try {
    const frames = framesOf(stack);
    if (userFrame(frames).user || !mayAsk(t)) return stack;
    const above = parentsNow();
    const found = userFrame(above);
    if (!found.user) return stack;
    // The calls around it go with it, as its file may be a bundle.
    return { stack: chains ? [...frames, ...above] : above.slice(found.depth - 1) } as unknown as Error;
  } catch {
    tool = null;
    parents.kept = false;
    return stack;
  }
}

function mayAsk(t: number): boolean {
  if (t - secondAt > 1000) {
    secondAt = t;
    asked = 0;
  }
  return ++asked <= (without < maxWithout ? maxPerSecond : 1);
}

/** Frames of the asynchronous parents, nearest first. */
function parentsNow(): NodeJS.CallSite[] {
  if (session === undefined) connect();
  const { stackTraceLimit } = ErrorClass;
  ErrorClass.stackTraceLimit = 1;
  const error = new ErrorClass();
  ErrorClass.stackTraceLimit = stackTraceLimit;
  if (held === undefined) return [];
  held.error = error;
  const properties = ask<{ result: { name: string; value?: { objectId?: string } }[] }>('Runtime.getProperties', {
    objectId: heldId,
    ownProperties: true,
  });
  held.error = undefined;
  const errorObjectId = properties?.result.find((p) => p.name === 'error')?.value?.objectId;
  const details = ask<{ exceptionDetails?: { stackTrace?: RemoteStack; exception?: { objectId?: string } } }>(
    'Runtime.getExceptionDetails',
    { errorObjectId },
  )?.exceptionDetails;
  for (const objectId of [errorObjectId, details?.exception?.objectId])
    if (objectId !== undefined) ask('Runtime.releaseObject', { objectId });
  const frames: NodeJS.CallSite[] = [];
  for (let s = details?.stackTrace?.parent; s !== undefined; s = s.parent)
    for (const f of s.callFrames) frames.push(new ParentFrame(f) as unknown as NodeJS.CallSite);
  without = frames.length > 0 ? 0 : without + 1;
  return frames;
}

const place = Symbol.for('nettrace.parents');

function connect(): void {
  tool ??= nodeModule('node:inspector') as typeof inspector;
  session = new tool.Session();
  session.connect();
  held = Object.assign(Object.create(null), { error: undefined }) as { error: Error | undefined };
  // By the global object for a moment: a session reaches nothing else.
  Object.defineProperty(globalThis, place, { value: held, configurable: true });
  try {
    const expression = 'globalThis[Symbol.for("nettrace.parents")]';
    heldId = ask<{ result?: { objectId?: string } }>('Runtime.evaluate', { expression, silent: true })?.result
      ?.objectId;
  } finally {
    Reflect.deleteProperty(globalThis, place);
  }
}

/** Answered before `post` returns. */
function ask<T>(method: string, parameters: object): T | undefined {
  let value: T | undefined;
  (session as inspector.Session).post(method, parameters, (error: Error | null, result?: object) => {
    if (error === null) value = result as T;
  });
  return value;
}

/** A frame as the inspector reports it, with what is asked of V8's own. */
class ParentFrame {
  readonly #file: string;
  constructor(private readonly frame: RemoteFrame) {
    this.#file = asNamed(frame.url);
  }
  getFileName = (): string => this.#file;
  getScriptNameOrSourceURL = (): string => this.#file;
  getLineNumber = (): number => this.frame.lineNumber + 1;
  getColumnNumber = (): number => this.frame.columnNumber + 1;
  getFunctionName = (): string => this.frame.functionName;
  /** No position in the file is reported: line and column in one, below all that are. */
  getPosition = (): number => -(this.frame.lineNumber * 4294967296 + this.frame.columnNumber + 1);
  getEvalOrigin = (): undefined => undefined;
  isNative = (): boolean => false;
  isEval = (): boolean => false;
  isAsync = (): boolean => true;
}

/** V8 names CommonJS files by their path, the inspector every file by its URL. */
function asNamed(url: string): string {
  if (!url.startsWith('file:')) return url;
  try {
    const path = (nodeModule('node:url') as typeof import('node:url')).fileURLToPath(url);
    return path === __filename || (moduleCache !== undefined && Object.hasOwn(moduleCache, path)) ? path : url;
  } catch {
    return url;
  }
}

/**
 * Call sites: the dearest thing the hook does, so an `Error` is made at the entry of a wrapped function, where the
 * stack is short, and left unread; stacks are read in batches, as lines `src` (an entry of the isolate's table) and
 * `site` (which record has which entry). SIGKILL loses those not yet read: at most 31, or those of the last 50 ms.
 *
 * Up to 20 captures in 100 ms, and the first 256, take 60 frames. A hot loop takes as many as were needed lately. When a short stack then
 * shows no user frame, that request keeps the library's frame, marked so, and the next 16 take 60 again.
 *
 * `--frozen-intrinsics` freezes Error after the preload has run: the part goes off at the first attempt, all else works.
 */
import { apply, ErrorClass, stringify } from './builtins';
import { now } from './clock';
import { context, presentContext } from './context';
import { fault, parts } from './faults';
import { originalOf } from './original';
import type { AnyFunction } from './wrap';

const part = parts.callSites;
const deep = 60;
const ownFile = __filename;

let budget = Number.POSITIVE_INFINITY;

interface Located {
  id: number;
  /** Number in the table of `src` entries; 0 while unread or unknown. */
  site: number;
}

/** Unread stacks, or the earlier hop whose call site the record inherits. */
let held: (Error | Located)[] = [];
let owners: Located[] = [];
const whole: boolean[] = [];
let count = 0;

interface Place {
  /** Place in the source as written, where only this process has the map. */
  source: [string, number, number] | undefined;
  file: string;
  line: number;
  column: number;
  fn: string;
}
/** What is known of a source file: whose it is, and its entries by position. Asked for each frame, so by one look-up. */
interface SourceFile {
  /** Node's, or the hook's. */
  skipped: boolean;
  library: boolean;
  numbers: Map<number, number>;
}
const files = new Map<string, SourceFile>();
/** Entries of hops that have the call site of an earlier one, by its entry. */
const inheritedNumbers = new Map<number, number>();
const places = new Map<number, Place>();
let lastNumber = 0;

/** The whole chain of calls is told, too: each stack is taken whole then. */
let chains = false;

export function setUpCallSites(level: 'all' | 'off' | number, stacks = false): void {
  chains = stacks;
  budget = typeof level === 'number' ? level : Number.POSITIVE_INFINITY;
  if (level === 'off') part.on = false;
  try {
    const limit = ErrorClass.stackTraceLimit;
    ErrorClass.stackTraceLimit = 2;
    ErrorClass.stackTraceLimit = limit;
  } catch {
    part.on = false;
  }
}

let frames = 2;
/** At the start nothing has been read, and many requests may be made in one tick. */
let learning = 256;
let windowAt = 0;
let inWindow = 0;
let secondAt = 0;
let inSecond = 0;

/** How many frames the next capture takes; 0: none, over the budget. */
function limit(t: number): number {
  if (t - windowAt > 100) {
    windowAt = t;
    inWindow = 0;
    if (t - secondAt > 1000) {
      secondAt = t;
      inSecond = 0;
    }
  }
  inWindow++;
  if (++inSecond > budget && (inSecond & 7) !== 0) return 0;
  if (chains) return deep;
  if (inWindow <= 20 || learning > 0) {
    if (learning > 0) learning--;
    return deep;
  }
  return frames;
}

/** What a running entry saw; taken by the first record made inside. */
export class Entered {
  error: Error | undefined = undefined;
  /** The error has as many frames as there are. */
  deep = false;
  /** Over the budget: no call site. */
  spent = true;
  /** What fetch was called with: its signal says why it was given up, where undici does not. */
  args: unknown[] | undefined = undefined;
  /** The pool of undici that it was given to last. */
  pool: unknown = undefined;
  /** What it is done for, if anything says so. */
  context: unknown = undefined;
  /** The first record made inside. */
  made: Located | undefined = undefined;
  constructor(
    readonly at: number,
    readonly fetch: boolean,
  ) {}
}

/** The entry that is running now. */
export const entered = { by: undefined as Entered | undefined };

/**
 * A wrapped entry (`http.request`, `fetch`). One function object each: the frame above it is the caller's. Capturing
 * stands in place, a helper would be one more frame. What is noted is valid for the synchronous call only.
 */
export function entry(
  original: AnyFunction,
  isFetch: boolean,
  onReturn?: (result: unknown) => void,
  onThrow?: (made: Located) => void,
  /** Frames of ours between it and its caller. */
  between = 0,
): AnyFunction {
  const entry = {
    // A method, as it has no `prototype`: fetch has none either.
    call(this: unknown, ...args: unknown[]): unknown {
      const outer = entered.by;
      const t = now();
      const own = new Entered(t, isFetch);
      entered.by = own;
      if (isFetch) own.args = args;
      if (context.on) own.context = presentContext();
      if (part.on) {
        try {
          const n = limit(t);
          if (n > 0) {
            const before = ErrorClass.stackTraceLimit;
            ErrorClass.stackTraceLimit = n + between;
            own.error = new ErrorClass();
            ErrorClass.stackTraceLimit = before;
            own.deep = n === deep;
            own.spent = false;
          }
        } catch (e) {
          fault(part, e);
        }
      }
      // An error made inside has our frame too: room for it, so that none of the program's is cut off.
      const room = roomForFrame();
      let returned = false;
      try {
        const result: unknown = apply(original, this, args);
        returned = true;
        onReturn?.(result);
        return result;
      } finally {
        entered.by = outer;
        if (room !== 0) frameGone(room);
        // Not caught: thrown again, it would point here.
        if (!returned && own.made !== undefined) onThrow?.(own.made);
      }
    },
  };
  return entry.call;
}

/** Makes room for one frame in the stacks of errors made from now on; the limit set, 0: none was. */
export function roomForFrame(): number {
  if (!part.on) return 0;
  const { stackTraceLimit } = ErrorClass;
  // Off (0), or no number of the program's: not ours to touch.
  if (typeof stackTraceLimit !== 'number' || !(stackTraceLimit > 0)) return 0;
  try {
    ErrorClass.stackTraceLimit = stackTraceLimit + 1;
    return stackTraceLimit + 1;
  } catch {
    return 0;
  }
}

/** Takes the room back, unless the program has set a limit of its own meanwhile. */
export function frameGone(room: number): void {
  try {
    if (ErrorClass.stackTraceLimit === room) ErrorClass.stackTraceLimit = room - 1;
  } catch {
    // Frozen meanwhile.
  }
}

/** The record will not be: its call site is not told. */
export function dropSite(owner: Located): void {
  if (count > 0 && owners[count - 1] === owner) count--;
}

/** Notes the call site of a record just made; called once for each. */
export function takeSite(owner: Located): void {
  const { by } = entered;
  if (by?.error !== undefined) {
    hold(by.error, owner, by.deep);
    by.error = undefined;
  } else if (by?.spent) by.spent = false;
  else if (limit(now()) > 0) {
    // Not through a wrapped entry (npm undici, own ClientRequest): taken here, deeper.
    const before = ErrorClass.stackTraceLimit;
    ErrorClass.stackTraceLimit = deep;
    const e = new ErrorClass();
    ErrorClass.stackTraceLimit = before;
    hold(e, owner, true);
  }
}

/** A later hop of a redirect is made by the runtime: it has the call site of the first. */
export function inheritSite(owner: Located, first: Located): void {
  if (entered.by) entered.by.error = undefined;
  hold(first, owner, true);
}

/** The stack at this call, unread, for a record that may never be told. Undefined: off, or over the budget. */
export function captureSite(): Error | undefined {
  if (!part.on || limit(now()) === 0) return undefined;
  const before = ErrorClass.stackTraceLimit;
  ErrorClass.stackTraceLimit = deep;
  const e = new ErrorClass();
  ErrorClass.stackTraceLimit = before;
  return e;
}

/** Now it is told. */
export const tellSite = (e: Error, owner: Located): void => hold(e, owner, true);

function hold(e: Error | Located, owner: Located, isDeep: boolean): void {
  held[count] = e;
  owners[count] = owner;
  whole[count++] = isDeep;
}

export const unreadSites = (): number => count;

const raw = (_: Error, frames: NodeJS.CallSite[]): NodeJS.CallSite[] => frames;

/** Reads the stacks held and returns their lines. Called between ticks, never while a request is being made. */
export function readSites(): string {
  const n = count;
  const errors = held;
  const records = owners;
  const before = ErrorClass.prepareStackTrace;
  let definitions = '';
  let pairs = '';
  let stacks = '';
  let needed = 2;
  held = [];
  owners = [];
  count = 0;
  try {
    ErrorClass.prepareStackTrace = raw;
    for (let i = 0; i < n; i++) {
      const e = errors[i] as Error | Located;
      const owner = records[i] as Located;
      const inherited = (e as Located).site;
      let table = inheritedNumbers;
      let key = inherited;
      let frame: NodeJS.CallSite | undefined;
      let kind = 'inherited';
      if (inherited === undefined) {
        const stack = (e as Error).stack as unknown as NodeJS.CallSite[];
        const found = userFrame(stack);
        if (chains) {
          const chain = chainOf(stack, before);
          definitions += chain.definitions;
          stacks += chain.frames === '' ? '' : `{"k":"stack","id":${owner.id},"f":[${chain.frames}]}\n`;
        }
        if (found.user && found.depth > needed) needed = found.depth;
        if (!found.user && !whole[i]) learning = 16;
        frame = found.frame;
        if (!frame) continue;
        kind = found.user ? 'user' : 'library';
        table = fileOf(frame.getFileName() ?? '').numbers;
        // The position, not line and column: those cost a table of the file's line ends.
        key = frame.getPosition();
      }
      let number = table.get(key);
      if (number === undefined) {
        const place = frame ? placeOf(frame, before) : places.get(inherited as number);
        if (!place) continue;
        number = ++lastNumber;
        definitions += define(table, key, number, place, kind);
      }
      owner.site = number;
      pairs += `${pairs === '' ? '' : ','}${owner.id},${number}`;
    }
    if (needed > frames) frames = needed;
  } catch (e) {
    fault(part, e);
  } finally {
    try {
      ErrorClass.prepareStackTrace = before;
    } catch {
      // Frozen meanwhile: then it was not set either.
    }
  }
  return pairs === '' ? '' : `${definitions}${stacks}{"k":"site","s":[${pairs}]}\n`;
}

function define(table: Map<number, number>, key: number, number: number, place: Place, kind: string): string {
  // Code made by eval could fill the tables without end; numbers are never used twice.
  if (places.size > 5000) {
    files.clear();
    inheritedNumbers.clear();
    places.clear();
  }
  table.set(key, number);
  places.set(number, place);
  const at = [place.file.slice(0, 1024), place.line, place.column, place.fn.slice(0, 256), kind];
  const source = place.source ? `,"source":${stringify(place.source)}` : '';
  return `{"k":"src","n":${number},"at":${stringify(at)}${source}}\n`;
}

function fileOf(name: string): SourceFile {
  let file = files.get(name);
  if (file === undefined) {
    const skipped = name === '' || name === ownFile || name.startsWith('node:') || name.startsWith('wasm:');
    if (files.size > 5000) files.clear();
    file = { skipped, library: name.includes('/node_modules/'), numbers: new Map() };
    files.set(name, file);
  }
  return file;
}

/** Frames outside Node and this file, as entries of the table; below 0: reached by an await, not by a call. */
function chainOf(
  stack: NodeJS.CallSite[],
  programs: typeof Error.prepareStackTrace,
): { definitions: string; frames: string } {
  let definitions = '';
  const list: number[] = [];
  for (const frame of Array.isArray(stack) ? stack : []) {
    const { skipped, library, numbers } = fileOf(frame.getFileName() ?? '');
    if (skipped) continue;
    const key = frame.getPosition();
    let number = numbers.get(key);
    if (number === undefined) {
      number = ++lastNumber;
      definitions += define(numbers, key, number, placeOf(frame, programs), library ? 'library' : 'user');
    }
    list.push((frame as { isAsync?: () => boolean }).isAsync?.() === true ? -number : number);
    if (list.length === deep) break;
  }
  return { definitions, frames: list.join() };
}

/** The program's frame of a stack that no record holds. */
export function placeOfError(e: Error): { file: string; line: number; column: number; function?: string } | undefined {
  const { prepareStackTrace } = ErrorClass;
  try {
    ErrorClass.prepareStackTrace = raw;
    const { frame } = userFrame(e.stack as unknown as NodeJS.CallSite[]);
    if (frame === undefined) return undefined;
    const { file, line, column, fn } = placeOf(frame, prepareStackTrace);
    return fn === '' ? { file, line, column } : { file, line, column, function: fn };
  } catch {
    return undefined;
  } finally {
    try {
      ErrorClass.prepareStackTrace = prepareStackTrace;
    } catch {
      // Frozen: it was not set either.
    }
  }
}

const placeOf = (f: NodeJS.CallSite, programs: typeof Error.prepareStackTrace): Place => ({
  source: originalOf(f, programs),
  file: f.getFileName() ?? '',
  line: f.getLineNumber() ?? 1,
  column: f.getColumnNumber() ?? 1,
  fn: f.getFunctionName() ?? '',
});

/** First frame outside Node, this file and node_modules; else the first outside Node and this file. */
function userFrame(stack: NodeJS.CallSite[]): { frame?: NodeJS.CallSite; user: boolean; depth: number } {
  let library: NodeJS.CallSite | undefined;
  if (!Array.isArray(stack)) return { user: false, depth: 0 };
  for (let i = 0; i < stack.length; i++) {
    const frame = stack[i] as NodeJS.CallSite;
    const file = fileOf(frame.getFileName() ?? '');
    if (file.skipped) continue;
    if (!file.library) return { frame, user: true, depth: i + 1 };
    library ??= frame;
  }
  return library ? { frame: library, user: false, depth: 0 } : { user: false, depth: 0 };
}

/** Whether a function of this name is among the ten that lead here; for rare questions that nothing else answers. */
export const calledBy = (name: string): boolean => leadsHere(11, (f) => f.getFunctionName() === name);

/** Whether a method of such a class is on the stack: who made a CONNECT of undici. Asked once a connection. */
export const calledByClass = (name: RegExp): boolean => leadsHere(81, (f) => name.test(f.getTypeName() ?? ''));

/** `frames` counts this function itself. */
function leadsHere(frames: number, wanted: (frame: NodeJS.CallSite) => boolean): boolean {
  const { stackTraceLimit, prepareStackTrace } = ErrorClass;
  try {
    ErrorClass.stackTraceLimit = frames;
    ErrorClass.prepareStackTrace = raw;
    const stack = new ErrorClass().stack as unknown as NodeJS.CallSite[];
    return Array.isArray(stack) && stack.some(wanted);
  } catch {
    return false;
  } finally {
    try {
      ErrorClass.prepareStackTrace = prepareStackTrace;
      ErrorClass.stackTraceLimit = stackTraceLimit;
    } catch {
      // Frozen: neither was set.
    }
  }
}

/** Stacks as V8 gives them, read into the entries of the isolate's table (`src` lines): whose frame, at which place. */
import { statSync, stringify } from '../runtime/builtins';
import { isBundle } from './bundles';
import { handedHash, isHandedIn } from './compiledTexts';
import { originalOf } from './sourceMap';
import { pathOf } from './sourcePlace';

/** Frames of a capture at most: operators of observables are stacked more than 100 deep in well-known clients. */
export const maxFrames = 200;
const ownFile = __filename;
/** Windows names CommonJS files with its own separator. */
const packageFolder = /[\\/]node_modules[\\/]/;
type Prepare = typeof Error.prepareStackTrace;

interface Place {
  /** Place in the source as written, where only this process has the map. */
  source: [string, number, number] | undefined;
  /** SHA-256 of the code that ran. Absent: not known, or there is no file to compare it with. */
  hash: string | undefined;
  /** Made by `eval` or a constructor of functions: no file has this text. */
  evaluated: boolean;
  /** Entries of the calls around it, where its file is a bundle; else empty. */
  around: string;
  file: string;
  line: number;
  column: number;
  fn: string;
}
/** What is known of a source file: whose it is, and its entries by position. Asked for each frame, so by one lookup. */
interface SourceFile {
  /** Node's, or the hook's. */
  skipped: boolean;
  library: boolean;
  numbers: Map<number, number>;
  /** Entries by the script's hash, where several scripts may have the name. */
  scripts: Map<string, Map<number, number>> | undefined;
  /** Undefined: not looked yet. */
  bundle: boolean | undefined;
  /** There is a file to compare with, and V8 hashes code of its size in some ms. Undefined: not looked yet. */
  hashed: boolean | undefined;
}
/** A hash costs V8 10 ms a megabyte, once a script. */
const maxHashed = 1024 * 1024;

/** A frame of evaluated code has the name that the code gives itself, if it does. */
export const nameOf = (frame: NodeJS.CallSite): string =>
  frame.getFileName() ??
  (frame.isEval() ? (frame as { getScriptNameOrSourceURL?(): string }).getScriptNameOrSourceURL?.() : '') ??
  '';

export const scriptHash = (frame: NodeJS.CallSite): string | undefined =>
  (frame as { getScriptHash?(): string }).getScriptHash?.();

/** For a file name that now means other code. */
export const forgetFile = (name: string): void => void files.delete(name);
const files = new Map<string, SourceFile>();
/** Entries of hops that have the call site of an earlier one, by its entry. */
const inheritedNumbers = new Map<number, number>();
/** Those that are a package's. */
const libraryNumbers = new Set<number>();
const places = new Map<number, Place>();
let lastNumber = 0;

/** Entries made since they were last taken, as `src` lines. */
let definitions = '';

export function takeDefinitions(): string {
  const taken = definitions;
  definitions = '';
  return taken;
}

/** Number of a frame's entry; made when it is new. `programs`: what the program has set to prepare stacks. */
export function entryOf(frame: NodeJS.CallSite, kind: 'user' | 'library', programs: Prepare): number {
  return entryIn(fileOf(nameOf(frame)), frame, kind, programs);
}

function entryIn(file: SourceFile, frame: NodeJS.CallSite, kind: 'user' | 'library', programs: Prepare): number {
  const numbers = file.scripts === undefined ? file.numbers : numbersOf(file.scripts, scriptHash(frame) ?? '');
  // The position, not line and column: those cost a table of the file's line ends.
  const key = frame.getPosition();
  return numbers.get(key) ?? define(numbers, key, placeOf(frame, programs), kind);
}

function numbersOf(scripts: Map<string, Map<number, number>>, hash: string): Map<number, number> {
  let numbers = scripts.get(hash);
  if (numbers === undefined) {
    if (scripts.size > 100) scripts.clear();
    numbers = new Map();
    scripts.set(hash, numbers);
  }
  return numbers;
}

/** Calls around the first one that are kept of a bundle. */
const maxAround = 12;
/** Entries of a call with those around it, by their entries. */
const chainNumbers = new Map<string, number>();

/**
 * The entry of the program's frame at `from`, and the depth it took. Where its file is a bundle, the calls around it go
 * with it, up to one that surely is the program's: the session knows the map, and chooses.
 */
export function userEntry(stack: NodeJS.CallSite[], from: number, programs: Prepare): { entry: number; depth: number } {
  const frame = stack[from] as NodeJS.CallSite;
  const name = nameOf(frame);
  const file = fileOf(name);
  const entry = entryIn(file, frame, 'user', programs);
  if (!isOfBundle(file, name)) return { entry, depth: from + 1 };
  const around: number[] = [];
  let i = from + 1;
  for (; i < stack.length && around.length < maxAround; i++) {
    const next = stack[i] as NodeJS.CallSite;
    const called = nameOf(next);
    const caller = fileOf(called);
    if (caller.skipped || caller.library) continue;
    around.push(entryIn(caller, next, 'user', programs));
    if (!isOfBundle(caller, called)) break;
  }
  if (around.length === 0) return { entry, depth: i };
  const key = `${entry},${around.join()}`;
  const place = places.get(entry);
  const known = chainNumbers.get(key);
  if (known !== undefined || place === undefined) return { entry: known ?? entry, depth: i };
  const number = defineNew({ ...place, around: around.join() }, 'user');
  chainNumbers.set(key, number);
  return { entry: number, depth: i };
}

function isOfBundle(file: SourceFile, name: string): boolean {
  // What a loader hands in is one module.
  file.bundle ??= file.scripts === undefined && isBundle(name);
  return file.bundle;
}

/** It is known still, and no package's. */
export const isUsersEntry = (n: number): boolean => places.has(n) && !libraryNumbers.has(n);

/** Number for a later hop with the place of another's entry; undefined: that is not known any more. */
export function inheritedEntry(first: number): number | undefined {
  const number = inheritedNumbers.get(first);
  if (number !== undefined) return number;
  const place = places.get(first);
  const inherited = place && define(inheritedNumbers, first, place, 'inherited');
  if (inherited !== undefined && libraryNumbers.has(first)) libraryNumbers.add(inherited);
  return inherited;
}

function define(table: Map<number, number>, key: number, place: Place, kind: string): number {
  const number = defineNew(place, kind);
  table.set(key, number);
  return number;
}

function defineNew(place: Place, kind: string): number {
  // Code made by eval could fill the tables without end; numbers are never used twice.
  if (places.size > 5000) {
    files.clear();
    inheritedNumbers.clear();
    chainNumbers.clear();
    libraryNumbers.clear();
    places.clear();
  }
  const number = ++lastNumber;
  places.set(number, place);
  if (kind === 'library') libraryNumbers.add(number);
  const at = [place.file.slice(0, 1024), place.line, place.column, place.fn.slice(0, 256), kind];
  let more = place.source ? `,"source":${stringify(place.source)}` : '';
  if (place.evaluated) more += ',"evaluated":true';
  if (place.around !== '') more += `,"around":[${place.around}]`;
  if (place.hash !== undefined) more += `,"hash":"${place.hash}"`;
  definitions += `{"k":"src","n":${number},"at":${stringify(at)}${more}}\n`;
  return number;
}

function fileOf(name: string): SourceFile {
  let file = files.get(name);
  if (file === undefined) {
    const skipped = name === '' || name === ownFile || name.startsWith('node:') || name.startsWith('wasm:');
    if (files.size > 5000) files.clear();
    const library = packageFolder.test(name);
    const scripts = isHandedIn(name) ? new Map<string, Map<number, number>>() : undefined;
    file = { skipped, library, numbers: new Map(), scripts, hashed: undefined, bundle: undefined };
    files.set(name, file);
  }
  return file;
}

/** Frames outside Node and this file, as entries of the table; below 0: reached by an await, not by a call. */
export function chainOf(stack: NodeJS.CallSite[], programs: Prepare): string {
  const list: number[] = [];
  for (const frame of Array.isArray(stack) ? stack : []) {
    const { skipped, library } = fileOf(nameOf(frame));
    if (skipped) continue;
    const number = entryOf(frame, library ? 'library' : 'user', programs);
    list.push((frame as { isAsync?: () => boolean }).isAsync?.() === true ? -number : number);
    if (list.length === maxFrames) break;
  }
  return list.join();
}

export const placeOf = (f: NodeJS.CallSite, programs: Prepare): Place => ({
  source: originalOf(f, nameOf(f), scriptHash(f), programs),
  hash: hashOf(f),
  evaluated: f.isEval(),
  around: '',
  file: nameOf(f),
  line: f.getLineNumber() ?? 1,
  column: f.getColumnNumber() ?? 1,
  fn: functionOf(f),
});

/** The code itself, outside of its functions, is called `eval` by V8 where it was evaluated. */
function functionOf(f: NodeJS.CallSite): string {
  const name = f.getFunctionName() ?? '';
  return name === 'eval' && f.isEval() ? '' : name;
}

function hashOf(f: NodeJS.CallSite): string | undefined {
  if (f.isEval()) return undefined;
  const name = nameOf(f);
  const file = fileOf(name);
  try {
    file.hashed ??= statSync(pathOf(name)).size <= maxHashed;
  } catch {
    file.hashed = false;
  }
  return file.hashed ? (scriptHash(f) ?? handedHash(name)) : undefined;
}

/** Frames outside Node, this file and node_modules, innermost first: as many as are kept of a bundle. */
export const usersFrames = (stack: NodeJS.CallSite[]): NodeJS.CallSite[] =>
  (Array.isArray(stack) ? stack : [])
    .filter((frame) => {
      const { skipped, library } = fileOf(nameOf(frame));
      return !skipped && !library;
    })
    .slice(0, 1 + maxAround);

/** First frame outside Node, this file and node_modules; else the first outside Node and this file. */
export function userFrame(stack: NodeJS.CallSite[]): { frame?: NodeJS.CallSite; user: boolean; depth: number } {
  let library: NodeJS.CallSite | undefined;
  if (!Array.isArray(stack)) return { user: false, depth: 0 };
  for (let i = 0; i < stack.length; i++) {
    const frame = stack[i] as NodeJS.CallSite;
    const file = fileOf(nameOf(frame));
    if (file.skipped) continue;
    if (!file.library) return { frame, user: true, depth: i + 1 };
    library ??= frame;
  }
  return library ? { frame: library, user: false, depth: 0 } : { user: false, depth: 0 };
}

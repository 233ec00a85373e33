/** Stacks as V8 gives them, read into the entries of the isolate's table (`src` lines): whose frame, at which place. */
import { stringify } from './builtins';
import { originalOf } from './original';

/** Frames of a capture at most. */
export const deep = 60;
const ownFile = __filename;
/** Windows names CommonJS files with its own separator. */
const packageFolder = /[\\/]node_modules[\\/]/;
type Prepare = typeof Error.prepareStackTrace;

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

/** A stack as it is: for `Error.prepareStackTrace`, put back at once. */
export const raw = (_: Error, frames: NodeJS.CallSite[]): NodeJS.CallSite[] => frames;

/** Entries made since they were last taken, as `src` lines. */
let definitions = '';

export function takeDefinitions(): string {
  const taken = definitions;
  definitions = '';
  return taken;
}

/** Number of a frame's entry; made when it is new. `programs`: what the program has set to prepare stacks. */
export function entryOf(frame: NodeJS.CallSite, kind: 'user' | 'library', programs: Prepare): number {
  const { numbers } = fileOf(frame.getFileName() ?? '');
  // The position, not line and column: those cost a table of the file's line ends.
  const key = frame.getPosition();
  return numbers.get(key) ?? define(numbers, key, placeOf(frame, programs), kind);
}

/** Number for a later hop with the place of another's entry; undefined: that is not known any more. */
export function inheritedEntry(first: number): number | undefined {
  const number = inheritedNumbers.get(first);
  if (number !== undefined) return number;
  const place = places.get(first);
  return place && define(inheritedNumbers, first, place, 'inherited');
}

function define(table: Map<number, number>, key: number, place: Place, kind: string): number {
  // Code made by eval could fill the tables without end; numbers are never used twice.
  if (places.size > 5000) {
    files.clear();
    inheritedNumbers.clear();
    places.clear();
  }
  const number = ++lastNumber;
  table.set(key, number);
  places.set(number, place);
  const at = [place.file.slice(0, 1024), place.line, place.column, place.fn.slice(0, 256), kind];
  const source = place.source ? `,"source":${stringify(place.source)}` : '';
  definitions += `{"k":"src","n":${number},"at":${stringify(at)}${source}}\n`;
  return number;
}

function fileOf(name: string): SourceFile {
  let file = files.get(name);
  if (file === undefined) {
    const skipped = name === '' || name === ownFile || name.startsWith('node:') || name.startsWith('wasm:');
    if (files.size > 5000) files.clear();
    file = { skipped, library: packageFolder.test(name), numbers: new Map() };
    files.set(name, file);
  }
  return file;
}

/** Frames outside Node and this file, as entries of the table; below 0: reached by an await, not by a call. */
export function chainOf(stack: NodeJS.CallSite[], programs: Prepare): string {
  const list: number[] = [];
  for (const frame of Array.isArray(stack) ? stack : []) {
    const { skipped, library } = fileOf(frame.getFileName() ?? '');
    if (skipped) continue;
    const number = entryOf(frame, library ? 'library' : 'user', programs);
    list.push((frame as { isAsync?: () => boolean }).isAsync?.() === true ? -number : number);
    if (list.length === deep) break;
  }
  return list.join();
}

export const placeOf = (f: NodeJS.CallSite, programs: Prepare): Place => ({
  source: originalOf(f, programs),
  file: f.getFileName() ?? '',
  line: f.getLineNumber() ?? 1,
  column: f.getColumnNumber() ?? 1,
  fn: f.getFunctionName() ?? '',
});

/** First frame outside Node, this file and node_modules; else the first outside Node and this file. */
export function userFrame(stack: NodeJS.CallSite[]): { frame?: NodeJS.CallSite; user: boolean; depth: number } {
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

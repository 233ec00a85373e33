/** Texts of code that the program compiles itself, by the name that it gives them: references to strings that V8 has anyway. */
import { nodeModule, readFileSync } from '../runtime/builtins';
import { type Loaded, loadedFrom, pathOf } from './sourcePlace';

/** Characters kept together, and of one text. */
const maxKept = 16 * 1024 * 1024;
const maxText = 4 * 1024 * 1024;
/** Different texts of one name: a module runner compiles a file again after each change. */
const maxOfName = 4;

interface Text {
  code: string;
  /** SHA-256 of it, as V8 has it; made when it is asked for. */
  hash?: string;
  map?: Loaded | 'none';
}
const texts = new Map<string, Text[]>();
let kept = 0;

export function keepText(name: unknown, code: unknown, onNewName: (name: string) => void): void {
  if (typeof name !== 'string' || typeof code !== 'string' || code.length > maxText) return;
  if (name === '' || name.startsWith('evalmachine.') || name.startsWith('node:')) return;
  const known = texts.get(name);
  if (known?.some((text) => text.code === code)) return;
  if (known === undefined) {
    texts.set(name, [{ code }]);
    onNewName(name);
  } else {
    known.push({ code });
    if (known.length > maxOfName) kept -= known.shift()?.code.length ?? 0;
  }
  kept += code.length;
  for (const [oldest, list] of texts) {
    if (kept <= maxKept) break;
    texts.delete(oldest);
    for (const text of list) kept -= text.code.length;
  }
}

export function dropTexts(): void {
  texts.clear();
  kept = 0;
}

export const isHandedIn = (name: string): boolean => texts.has(name);

/** The text with this hash. Before Node 20 a script has none: then the only one of its name. */
function textOf(name: string, hash: string | undefined): Text | undefined {
  const list = texts.get(name);
  if (list === undefined) return undefined;
  if (hash === undefined) return list.length === 1 ? list[0] : undefined;
  return list.find((text) => hashOf(text) === hash);
}

function hashOf(text: Text): string {
  const { createHash } = nodeModule('node:crypto') as typeof import('node:crypto');
  text.hash ??= createHash('sha256').update(text.code).digest('hex');
  return text.hash;
}

/** What V8 would call the hash of the script, where this Node does not say it. */
export function handedHash(name: string): string | undefined {
  const text = textOf(name, undefined);
  return text && hashOf(text);
}

/** Whether it is the file's own text, perhaps with a head in front of its first line: then it has the file's lines. */
export function isOnDisk(name: string, hash: string | undefined): boolean {
  const text = textOf(name, hash);
  try {
    const at = text?.code.indexOf(readFileSync(pathOf(name), 'utf8')) ?? -1;
    return at >= 0 && !text?.code.slice(0, at).includes('\n');
  } catch {
    return false;
  }
}

/** The inline source map of the text. */
export function handedMap(name: string, hash: string | undefined): Loaded | undefined {
  const text = textOf(name, hash);
  if (text === undefined) return undefined;
  text.map ??= loadedFrom(text.code, pathOf(name)) ?? 'none';
  return text.map === 'none' ? undefined : text.map;
}

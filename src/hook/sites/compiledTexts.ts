/** What is read of code that the program compiled itself: its hash, its source map, whether its file has the same text. */
import { nodeModule, readFileSync } from '../runtime/builtins';
import { type HandedText, handedTexts } from './handedTexts';
import { type Loaded, loadedFrom, pathOf } from './sourcePlace';

export const isHandedIn = (name: string): boolean => handedTexts.has(name);

/** The text with this hash. Before Node 20 a script has none: then the only one of its name. */
function textOf(name: string, hash: string | undefined): HandedText | undefined {
  const list = handedTexts.get(name);
  if (list === undefined) return undefined;
  if (hash === undefined) return list.length === 1 ? list[0] : undefined;
  return list.find((text) => hashOf(text) === hash);
}

function hashOf(text: HandedText): string {
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

/** Texts of code that the program compiles itself, by the name that it gives them: references to strings that V8 has anyway. */
import type { Loaded } from './sourcePlace';

/** Characters kept together, and of one text. */
const maxKept = 16 * 1024 * 1024;
const maxText = 4 * 1024 * 1024;
/** Different texts of one name: a module runner compiles a file again after each change. */
const maxOfName = 4;

export interface HandedText {
  code: string;
  /** SHA-256 of it, as V8 has it; made when it is asked for. */
  hash?: string;
  map?: Loaded | 'none';
}
export const handedTexts = new Map<string, HandedText[]>();
let kept = 0;

/** A name that has other code from now on. */
export const newName = { seen(_name: string): void {} };

export function keepText(name: unknown, code: unknown): void {
  if (typeof name !== 'string' || typeof code !== 'string' || code.length > maxText) return;
  if (name === '' || name.startsWith('evalmachine.') || name.startsWith('node:')) return;
  const known = handedTexts.get(name);
  if (known?.some((text) => text.code === code)) return;
  if (known === undefined) {
    handedTexts.set(name, [{ code }]);
    newName.seen(name);
  } else {
    known.push({ code });
    if (known.length > maxOfName) kept -= known.shift()?.code.length ?? 0;
  }
  kept += code.length;
  for (const [oldest, list] of handedTexts) {
    if (kept <= maxKept) break;
    handedTexts.delete(oldest);
    for (const text of list) kept -= text.code.length;
  }
}

export function dropTexts(): void {
  handedTexts.clear();
  kept = 0;
}

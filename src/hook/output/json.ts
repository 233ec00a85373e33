/** JSON texts of lines: fast for what needs no escape, and bounded, as no line may reach 4,096 bytes. */
import { maskArguments } from '../../model/secrets/arguments';
import { maskBeginning, maskHeader, maskText, maskUrl } from '../../model/secrets/mask';
import { byteLength, parse, stringify } from '../runtime/builtins';

const special = /[^ !#-[\]-~]/;
/** A JSON string. */
export const quoted = (s: string): string => (special.test(s) ? stringify(s) : `"${s}"`);

let extra: readonly string[] | undefined;
export function setUpMasks(parameters: readonly string[]): void {
  extra = parameters.length > 0 ? parameters : undefined;
}

export const maskedArguments = (argv: readonly string[]): string[] => maskArguments(argv, extra);

/** Of a longer one the line would not take more either. */
const longestUrl = 4096;
export const maskedUrl = (url: string): string =>
  url.length <= longestUrl
    ? maskUrl(url, extra)
    : `${maskBeginning(url, longestUrl, (text, isCut) => maskUrl(text, extra, isCut))}…`;

/** At most `max` bytes of a text, masked. Texts are cut before, so that a long one costs no more, and again when they are masked. */
export const maskedText = (text: string, max: number): string =>
  cutText(
    maskBeginning(text, max, (some, isCut) => maskText(some, extra, isCut)),
    max,
  );

export const maskedHeader = (name: string, value: string, max: number): string =>
  cutText(
    maskBeginning(value, max, (some, isCut) => maskHeader(name, some, extra, isCut)),
    max,
  );

/** Names of secrets that the user added. */
export const addedNames = (): readonly string[] | undefined => extra;

/** At most `max` bytes of UTF-8, cut at a code point; the same text when it fits. */
export function cutText(text: string, max: number): string {
  if (text.length * 3 <= max || byteLength(text) <= max) return text;
  const bytes = Buffer.from(text);
  let end = max;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}

const limit = 4096;
const textLimits: Record<string, number> = { url: 1024, target: 1024, message: 512, path: 512, reason: 512 };

/** A whole line (with newline) of legal length: most are far below it, and come back as they are. */
export function bounded(line: string): string {
  if (line.length * 3 < limit || byteLength(line) < limit) return line;
  return shortened(parse(line) as Record<string, unknown>);
}

/** Rare: texts go first, then lists, last everything but ids, times and outcome. */
function shortened(line: Record<string, unknown>): string {
  const cut = new Set<string>();
  const out = (): string => `${stringify({ ...line, cut: [...cut].sort() })}\n`;
  const tooLong = (): boolean => byteLength(out()) >= limit;
  cutTexts(line, textLimits, 4096, cut);
  if (!tooLong()) return out();
  for (const [list, length] of [
    ['causes', 3],
    ['attempts', 16],
    ['addresses', 16],
    ['subjectAltNames', 24],
    ['argv', 16],
  ] as const) {
    cutLists(line, list, length, cut);
  }
  if (!tooLong()) return out();
  for (const max of [256, 64, 16]) {
    cutTexts(line, {}, max, cut);
    if (!tooLong()) return out();
  }
  for (const key of Object.keys(line)) {
    if (typeof line[key] !== 'object' || key === 't' || key === 'b') continue;
    cut.add(key);
    if (key === 'headers' || key === 'attempts') line[key] = [];
    else delete line[key];
    if (!tooLong()) return out();
  }
  return out();
}

function cutTexts(value: object, limits: Record<string, number>, max: number, cut: Set<string>): void {
  const object = value as Record<string, unknown>;
  for (const key of Object.keys(object)) {
    const v = object[key];
    if (typeof v === 'object' && v !== null) cutTexts(v, limits, max, cut);
    else if (typeof v === 'string' && key !== 'k' && key !== 'outcome') {
      const short = cutText(v, limits[key] ?? max);
      if (short !== v) cut.add(Number.isNaN(Number(key)) ? key : 'list');
      object[key] = short;
    }
  }
}

function cutLists(value: object, name: string, length: number, cut: Set<string>): void {
  const object = value as Record<string, unknown>;
  for (const key of Object.keys(object)) {
    const v = object[key];
    if (typeof v !== 'object' || v === null) continue;
    if (key === name && Array.isArray(v) && v.length > length) {
      v.length = length;
      cut.add(name);
    }
    cutLists(v, name, length, cut);
  }
}

/** A line of a rare kind: absent fields fall out, the length is bounded. */
export const line = (fields: object): string => bounded(`${stringify(fields)}\n`);

/**
 * The place in the original source, by the source map of the file on disk. The host does this for the records; here it
 * is for network breakpoints only, which need it while the program is paused.
 */
import module from 'node:module';
import { ErrorClass, nodeModule, parse, readFileSync, statSync } from '../runtime/builtins';

interface Entry {
  generatedLine?: number;
  originalSource?: string;
  originalLine?: number;
  originalColumn?: number;
}
interface SourceMap {
  findEntry(line: number, column: number): Entry;
}
export interface Loaded {
  map: SourceMap;
  /** What the map's sources are relative to. */
  folder: string;
  root: string;
}

const { SourceMap: SourceMapClass } = module as unknown as { SourceMap?: new (payload: object) => SourceMap };
const maxBytes = 64 * 1024 * 1024;
const loaded = new Map<string, Loaded | undefined>();

/** A path, also of what is named by a `file:` URL. */
export function pathOf(file: string): string {
  if (!file.startsWith('file:')) return file;
  try {
    return (nodeModule('node:url') as typeof import('node:url')).fileURLToPath(file);
  } catch {
    return file;
  }
}

/** Undefined: there is no map, or it does not say. */
export function sourcePlace(
  file: string,
  line: number,
  column: number,
): { file: string; line: number; column: number } | undefined {
  const path = pathOf(file);
  if (!loaded.has(path)) {
    if (loaded.size > 500) loaded.clear();
    loaded.set(path, load(path));
  }
  const found = loaded.get(path);
  return found && placeBy(found, line, column);
}

/** The place in the source by this map; undefined: it does not say. */
export function placeBy(
  found: Loaded,
  line: number,
  column: number,
): { file: string; line: number; column: number } | undefined {
  const entry = found.map.findEntry(line - 1, column - 1);
  if (!entry.originalSource || !Number.isInteger(entry.originalLine)) return undefined;
  // The nearest before it, also of a line above: then the map says nothing of this one.
  if (entry.generatedLine !== line - 1) return undefined;
  const source = resolveSource(found, entry.originalSource);
  if (source === undefined) return undefined;
  return { file: source, line: (entry.originalLine as number) + 1, column: (entry.originalColumn ?? 0) + 1 };
}

function resolveSource({ folder, root }: Loaded, source: string): string | undefined {
  const { resolve } = nodeModule('node:path') as typeof import('node:path');
  const whole = /^[a-z][\w+.-]+:/i.test(source) ? source : `${root}${source}`;
  if (whole.startsWith('file:')) return pathOf(whole);
  // `webpack://…`: no file that could be opened.
  return /^[a-z][\w+.-]+:\/\//i.test(whole) ? undefined : resolve(folder, whole);
}

function load(path: string): Loaded | undefined {
  try {
    return loadedFrom(textOf(path), path, true);
  } catch {
    return undefined; // no such file
  }
}

/** The map that the text names: one inside of it, or with `beside` also a file. */
export function loadedFrom(text: string, path: string, beside = false): Loaded | undefined {
  try {
    const { dirname, resolve } = nodeModule('node:path') as typeof import('node:path');
    if (SourceMapClass === undefined) return undefined;
    const last = text.lastIndexOf('//# sourceMappingURL=');
    if (last < 0) return undefined;
    const url = (/^\S+/.exec(text.slice(last + 21)) ?? [''])[0];
    const inline = /^data:application\/json[^,]*,/.exec(url);
    if (!inline && !beside) return undefined;
    const from = resolve(dirname(path), inline ? '.' : decodeURIComponent(url));
    const payload: unknown = parse(inline ? inlined(url, inline[0]) : textOf(from));
    const { sourceRoot } = payload as { sourceRoot?: unknown };
    const root = typeof sourceRoot === 'string' && sourceRoot !== '' ? sourceRoot.replace(/\/?$/, '/') : '';
    return { map: new SourceMapClass(payload as object), folder: inline ? dirname(path) : dirname(from), root };
  } catch {
    // Nothing that could be a map.
    return undefined;
  }
}

/** Throws for what is no regular file, or too long: code may call itself by any name. */
function textOf(path: string): string {
  const stat = statSync(path);
  if (!stat.isFile() || stat.size > maxBytes) throw new ErrorClass(path);
  return readFileSync(path, 'utf8');
}

const inlined = (url: string, head: string): string =>
  head.includes(';base64')
    ? Buffer.from(url.slice(head.length), 'base64').toString('utf8')
    : decodeURIComponent(url.slice(head.length));

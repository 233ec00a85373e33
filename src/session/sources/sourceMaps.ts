/**
 * From the position that ran to the position that was written. Maps are read here, in the host, never in the traced
 * program: inline `data:` maps, files named by the sourceMappingURL comment, and `<file>.map` beside. Maps that a loader
 * made in memory (tsx, ts-node) only the program has: for those the hook sends the original position itself.
 * A position that cannot be mapped stays unmapped: no line is better than a wrong one.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { AnyMap, originalPositionFor, type TraceMap } from '@jridgewell/trace-mapping';
import { packageOf } from '../../model/base/package';
import type { Frame } from '../../model/records';
import { isRemote, readRegularFile } from './sourceFiles';

const maxFileBytes = 64 * 1024 * 1024;
/** Maps kept, by their text's size: they are far larger decoded. */
const maxCachedBytes = 48 * 1024 * 1024;

const typeScript = /\.[cm]?tsx?$/i;
/** Where V8 says a call is: at the name that is called, or at `new`. */
const call = /^(?:new\s|[\w$#]+\s*(?:\?\.)?[(<`])/;

/** What Node puts in front of a CommonJS module where its loader was changed, and a cache of compiled code always. */
const wrapper = '(function (exports, require, module, __filename, __dirname) { ';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

interface CachedMap {
  /** Absent: the file has none that can be read. */
  map?: TraceMap;
  bytes: number;
  /** Time and size of the generated file when it was read. */
  stamp: string;
}

/** A local path of what the runtime calls a file; undefined for what is none (`node:`, `evalmachine.<anonymous>`, http). */
export function localPath(file: string): string | undefined {
  if (/^file:/i.test(file)) {
    try {
      return fileURLToPath(file.replace(/[?#].*$/, ''));
    } catch {
      return undefined;
    }
  }
  return file.startsWith('/') || /^[a-z]:[\\/]/i.test(file) || file.startsWith('\\\\') ? file : undefined;
}

/**
 * Code of a package, or of the bundler itself: `webpack://app/webpack/runtime/x`, `turbopack:///[turbopack]/x`,
 * `webpack://app/external node-commonjs "x"`.
 */
export const isLibrary = (source: string): boolean =>
  packageOf(source) !== undefined ||
  /^webpack(?:-internal)?:\/\/[^/]*\/(?:webpack\/|external )/.test(source) ||
  /^turbopack:\/\/[^/]*\/\[(?!project\])[^\]]*\]/.test(source);

export interface Located {
  /** Absent: the source is no file that is here. */
  frame?: Frame;
  library: boolean;
  /** The package it belongs to. */
  package?: string;
}

/** A path that may be looked at: on this computer, or beside a program that was started from a share itself. */
const isNear = (path: string): boolean =>
  !isRemote(path) || (isRemote(process.cwd()) && path.startsWith(process.cwd()));

export class SourceMaps {
  readonly #cache = new Map<string, Promise<CachedMap>>();
  #cachedBytes = 0;

  /** Where the map leads from a generated position (all 1-based); undefined: nowhere. Never rejects. */
  async locate(file: string, line: number, column: number): Promise<Located | undefined> {
    const path = localPath(file);
    if (path === undefined || !isNear(path)) return undefined;
    try {
      const { map } = await this.#mapOf(path);
      if (map === undefined) return undefined;
      const at = originalPositionFor(map, { line, column: Math.max(0, column - 1) });
      if (at.source === null) return undefined;
      const name = packageOf(decoded(at.source));
      const whose = { library: isLibrary(decoded(at.source)), ...(name === undefined ? {} : { package: name }) };
      const source = await existingSource(at.source, path);
      if (source === undefined) return whose;
      const named = at.name ? { function: at.name } : {};
      return { frame: { file: source, line: at.line, column: at.column + 1, ...named }, ...whose };
    } catch {
      return undefined; // a broken map
    }
  }

  /**
   * False if the position cannot be one of the file on disk: something changed the code while it was loaded
   * and kept the map to itself. TypeScript that was not mapped ran as written only if Node took the types out in place;
   * then a call is exactly there. `isOther`: the code that ran is known to be another text.
   */
  async canBe(file: string, line: number, column: number, isOther = false): Promise<boolean> {
    const path = localPath(file);
    if (path === undefined || !isNear(path)) return true; // `[eval]`: no file to be wrong about
    if (isOther && !typeScript.test(path)) return false;
    const code = await readRegularFile(path, maxFileBytes);
    if (code === undefined) return true; // not there to compare with
    const text = code.split('\n', line)[line - 1];
    if (text === undefined || column > text.length + 1) return false;
    return !typeScript.test(path) || call.test(text.slice(column - 1));
  }

  /**
   * Whether the file's text is what ran, by the hash that V8 has of that, and if so how many columns stood in front of
   * its first line; undefined: there is no such file here.
   */
  async headOf(file: string, hash: string): Promise<number | 'other' | undefined> {
    const path = localPath(file);
    const code = path === undefined || !isNear(path) ? undefined : await readRegularFile(path, maxFileBytes);
    if (code === undefined) return undefined;
    const text = code.replace(/^\uFEFF/, ''); // Node takes a byte order mark off
    if (sha256(text) === hash) return 0;
    return sha256(`${wrapper}${text}\n});`) === hash ? wrapper.length : 'other';
  }

  async #mapOf(path: string): Promise<CachedMap> {
    const stat = await fs.stat(path);
    const stamp = `${stat.mtimeMs}:${stat.size}`;
    const known = this.#cache.get(path);
    if (known !== undefined) {
      const cached = await known;
      if (cached.stamp === stamp) return cached;
      if (this.#cache.get(path) === known) this.#forget(path, cached);
    }
    const again = this.#cache.get(path);
    if (again !== undefined) return again;
    const loading = loadMap(path)
      .catch((): Omit<CachedMap, 'stamp'> => ({ bytes: 0 }))
      .then((loaded) => ({ ...loaded, stamp }));
    this.#cache.set(path, loading);
    const loaded = await loading;
    this.#cachedBytes += loaded.bytes;
    await this.#shrink(path);
    return loaded;
  }

  #forget(path: string, cached: CachedMap): void {
    this.#cache.delete(path);
    this.#cachedBytes -= cached.bytes;
  }

  /** Oldest first, but never the one in use. */
  async #shrink(inUse: string): Promise<void> {
    for (const [path, entry] of this.#cache) {
      if (this.#cachedBytes <= maxCachedBytes && this.#cache.size <= 4096) return;
      if (path === inUse) continue;
      const cached = await entry;
      if (this.#cache.get(path) === entry) this.#forget(path, cached);
    }
  }
}

async function loadMap(path: string): Promise<Omit<CachedMap, 'stamp'>> {
  const code = await readRegularFile(path, maxFileBytes);
  const named = code === undefined ? undefined : mapUrlOf(code);
  const inline = named === undefined ? undefined : inlineMap(named);
  if (inline !== undefined) return { map: new AnyMap(inline, pathToFileURL(path).href), bytes: inline.length };
  // Only files: a map is never fetched over the network.
  const file = named === undefined ? `${path}.map` : localPath(new URL(named, pathToFileURL(path)).href);
  const text = file === undefined || !isNear(file) ? undefined : await readRegularFile(file, maxFileBytes);
  if (file === undefined || text === undefined) return { bytes: 0 };
  return { map: new AnyMap(text.replace(/^\)\]\}'[^\n]*\n/, ''), pathToFileURL(file).href), bytes: text.length };
}

/** What the last sourceMappingURL comment names. */
function mapUrlOf(code: string): string | undefined {
  for (let at = code.lastIndexOf('sourceMappingURL='); at >= 0; at = code.lastIndexOf('sourceMappingURL=', at - 1)) {
    if (/(?:\/\/|\/\*)[#@]\s*$/.test(code.slice(Math.max(0, at - 8), at))) {
      return /^\S*/.exec(code.slice(at + 17))?.[0].replace(/\*\/$/, '');
    }
    if (at === 0) break;
  }
  return undefined;
}

function inlineMap(url: string): string | undefined {
  const m = /^data:(?:application|text)\/json[^,]*?(;base64)?,/i.exec(url);
  if (!m) return undefined;
  const data = url.slice(m[0].length);
  return m[1] ? Buffer.from(data, 'base64').toString('utf8') : decodeURIComponent(data);
}

/**
 * The source as a path that exists. Bundlers name sources by schemes of their own (`webpack://app/./src/a.ts?1f2e`): the
 * path behind is looked for in the folders above the bundle.
 */
async function existingSource(source: string, generated: string): Promise<string | undefined> {
  const path = localPath(source);
  if (path !== undefined) return (await exists(path)) ? path : undefined;
  const foreign = /^[a-z][a-z0-9+.-]*:\/\/[^/]*\/(.+?)(?:\?.*)?$/i
    .exec(decoded(source))?.[1]
    // `[project]/` of Turbopack, `(rsc)/` of Next.js, then `./` or `../`.
    ?.replace(/^(?:\[project\]\/|\([\w-]+\)\/)?(?:\.{1,2}\/)*/, '');
  if (foreign === undefined) return undefined;
  for (let folder = dirname(generated); ; folder = dirname(folder)) {
    const candidate = join(folder, foreign);
    if (await exists(candidate)) return candidate;
    if (folder === parse(folder).root) return undefined;
  }
}

/** Names are made URLs while a map is read. */
function decoded(source: string): string {
  try {
    return decodeURI(source);
  } catch {
    return source;
  }
}

const exists = async (path: string): Promise<boolean> =>
  isNear(path) &&
  (await fs.stat(path).then(
    (stat) => stat.isFile(),
    () => false,
  ));

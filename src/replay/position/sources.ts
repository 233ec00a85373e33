/**
 * Where the source files of a trace are on this machine. A trace from elsewhere names paths of that machine: an explicit
 * map is used first, then the unchanged path, then the given folders, in which the file is looked for by the end of
 * its path. One folder of the other machine answers to one here: the one under which most of the files are found.
 */
import { fileURLToPath } from 'node:url';

export interface SourceOptions {
  /** Beginning of a recorded path → folder here. The longest beginning that fits wins. */
  pathMap?: Readonly<Record<string, string>>;
  /** Folders in which sources of another machine are looked for. */
  roots: readonly string[];
  exists(path: string): boolean;
}

/** Of a recorded file: where it is, or why it is not to be found. */
export type Located = { path: string } | { reason: string };

export class Sources {
  readonly #located = new Map<string, Located>();
  /** Folder of the other machine → folder here; found when the first file is looked for. */
  #learnt: { from: string; to: string } | undefined;
  #hasLearnt = false;

  /** All files that the trace names, as recorded. */
  readonly #recorded: readonly string[];
  readonly #options: SourceOptions;

  constructor(recorded: readonly string[], options: SourceOptions) {
    this.#recorded = recorded;
    this.#options = options;
  }

  locate(file: string): Located {
    const known = this.#located.get(file);
    if (known) return known;
    const found = this.#find(file);
    this.#located.set(file, found);
    return found;
  }

  #find(file: string): Located {
    const path = recordedPath(file);
    if (path === undefined) return { reason: 'it is no file of the file system' };
    const mapped = this.#mapped(path);
    if (mapped !== undefined)
      return this.#options.exists(mapped)
        ? { path: mapped }
        : { reason: `pathMap leads to ${mapped}, which is not there` };
    // A share of the network is not asked for because a file names it: that alone would reveal this user to its server.
    if (!path.startsWith('//') && this.#options.exists(path)) return { path };
    const rule = this.#learn();
    if (rule && isBelow(path, rule.from)) {
      const candidate = join(rule.to, path.slice(rule.from.length));
      if (this.#options.exists(candidate)) return { path: candidate };
    }
    // Elsewhere in the folders: by two parts of the path at least, as index.js is everywhere.
    const bySuffix = this.#bySuffix(path);
    return bySuffix === undefined ? { reason: 'it is not on this machine' } : { path: bySuffix };
  }

  #mapped(path: string): string | undefined {
    const rules = Object.entries(this.#options.pathMap ?? {}).sort((a, b) => b[0].length - a[0].length);
    for (const [from, to] of rules) {
      const begin = slashed(from).replace(/(?<!\/)\/+$/, '');
      if (isBelow(path, begin)) return join(to, path.slice(begin.length));
    }
    return undefined;
  }

  #bySuffix(path: string): string | undefined {
    const parts = path.split('/').filter((p) => p !== '');
    for (let i = 0; i <= parts.length - 2; i++)
      for (const root of this.#options.roots) {
        const candidate = join(root, parts.slice(i).join('/'));
        if (this.#options.exists(candidate)) return candidate;
      }
    return undefined;
  }

  /** The folder under which most of the recorded files are found in a local one; among equals, the longest path. */
  #learn(): { from: string; to: string } | undefined {
    if (this.#hasLearnt) return this.#learnt;
    this.#hasLearnt = true;
    const paths = this.#recorded.flatMap((f) => recordedPath(f) ?? []).filter((p) => !p.includes('/node_modules/'));
    let max = 0;
    for (const from of foldersOf(paths))
      for (const to of this.#options.roots) {
        const found = paths.filter(
          (p) => isBelow(p, from) && this.#options.exists(join(to, p.slice(from.length))),
        ).length;
        if (found > max) {
          max = found;
          this.#learnt = { from, to };
        }
      }
    return this.#learnt;
  }
}

/** Path with slashes of a recorded name; undefined: it names no file (`node:internal/…`, `evalmachine.<anonymous>`). */
export function recordedPath(file: string): string | undefined {
  if (file.startsWith('file:')) {
    try {
      // A path of Windows stays one here: the machine that recorded decides, not this one.
      const url = new URL(file);
      return /^\/[A-Za-z]:\//.test(url.pathname) ? decodeURIComponent(url.pathname.slice(1)) : fileURLToPath(url);
    } catch {
      return undefined;
    }
  }
  return /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(file) ? slashed(file) : undefined;
}

/** Every folder above the files, the shortest first: so that the longest match of a path wins. */
function foldersOf(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const p of paths.slice(0, maxLearntFrom)) {
    for (let end = p.lastIndexOf('/'); end >= 0; end = p.lastIndexOf('/', end - 1)) {
      folders.add(p.slice(0, end));
      if (end === 0) break;
    }
  }
  return [...folders].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}
/** Files whose folders are tried: each is one question to the file system for each file. */
const maxLearntFrom = 50;

const isBelow = (path: string, folder: string): boolean => path.startsWith(`${folder}/`);
const slashed = (path: string): string => path.replaceAll('\\', '/');
const join = (folder: string, rest: string): string =>
  `${folder.replace(/(?<![/\\])[/\\]+$/, '')}/${rest.replace(/^\/+/, '')}`;

/** Imports between the files of src, read from their statements. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

export interface Import {
  from: string;
  typeOnly: boolean;
}

/** `import { type A, type B }` is as much a type's import as `import type`. */
const allTypes = (names: string): boolean => {
  const list =
    /^\s*\{([^}]*)\}\s*$/
      .exec(names)?.[1]
      ?.split(',')
      .filter((n) => n.trim() !== '') ?? [];
  return list.length > 0 && list.every((n) => /^\s*type\s/.test(n));
};

export function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const found: Import[] = [];
  for (const m of text.matchAll(/^\s*(?:import|export)\s+(type\s+)?([^;'"`]*?)\bfrom\s*['"]([^'"]+)['"]/gm)) {
    found.push({ from: m[3] as string, typeOnly: m[1] !== undefined || allTypes(m[2] as string) });
  }
  for (const m of text.matchAll(/^\s*import\s*['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/gm)) {
    found.push({ from: (m[1] ?? m[2]) as string, typeOnly: false });
  }
  return found;
}

/** Files that no product code may import: tests, and what only they use. */
export const isForTests = (path: string): boolean =>
  /(^|\/)testing\//.test(path) || /\.(test|testing)(\.tsx?)?$/.test(path);

/** Source files of a folder, without tests. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && /\.tsx?$/.test(e.name) && !/\.test\.tsx?$/.test(e.name))
    .map((e) => join(e.parentPath, e.name));
}

/** File → files that it imports, by path from `root`. */
export function graphOf(root: string, folders: readonly string[], withTypes: boolean): Map<string, string[]> {
  const graph = new Map<string, string[]>();
  const name = (file: string) => relative(root, file).split(sep).join('/');
  for (const file of folders.flatMap((f) => filesOf(join(root, f)))) {
    const targets = importsOf(file)
      .filter((i) => i.from.startsWith('.') && (withTypes || !i.typeOnly))
      .flatMap(({ from }) => {
        const at = resolve(dirname(file), from);
        const target = [`${at}.ts`, `${at}.tsx`, join(at, 'index.ts')].find(existsSync);
        if (target === undefined && !existsSync(at)) throw new Error(`${name(file)}: ${from} is not there`);
        return target ?? [];
      });
    graph.set(name(file), targets.map(name));
  }
  return graph;
}

/** Files that reach each other: groups of two or more (Tarjan). */
export function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (v: string): void => {
    index.set(v, index.size);
    low.set(v, index.get(v) as number);
    stack.push(v);
    for (const w of graph.get(v) ?? []) {
      if (!index.has(w)) visit(w);
      if (stack.includes(w)) low.set(v, Math.min(low.get(v) as number, low.get(w) as number));
    }
    if (low.get(v) !== index.get(v)) return;
    const group = stack.splice(stack.indexOf(v));
    if (group.length > 1) cycles.push(group.sort());
  };
  for (const v of graph.keys()) if (!index.has(v)) visit(v);
  return cycles;
}

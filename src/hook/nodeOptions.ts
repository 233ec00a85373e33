/**
 * NODE_OPTIONS without the option that loads the hook from this folder. The rest is kept unchanged: it is the
 * program's, or a debugger's.
 */
export function withoutPreload(options: string, folder: string): string {
  return options
    .replace(preloads, (whole: string, path: string) => (isIn(folder, path) ? '' : whole))
    .replace(/^ +/, '');
}

/** The option that loads the hook from this folder, as written there. */
export function preloadIn(options: string, folder: string): string | undefined {
  for (const [whole, path] of options.matchAll(preloads)) if (isIn(folder, path as string)) return whole.trim();
  return undefined;
}

/** As Node reads it: a word may be quoted, and a backslash escapes inside quotes only. */
const preloads = /(?:^|(?<! ) +)(?:--require|-r)(?:=| +)("(?:[^"\\]|\\.)*"|[^ "]+)/g;

function isIn(folder: string, path: string): boolean {
  const plain = path.startsWith('"') ? path.slice(1, -1).replace(/\\(.)/g, '$1') : path;
  return slashes(plain).startsWith(`${slashes(folder)}/`);
}

const slashes = (path: string): string => path.replaceAll('\\', '/');

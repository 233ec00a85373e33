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

/** Several preloads joined to one path, as Next.js writes the options that it has parsed: the hook's stands apart again. */
export function separated(options: string, preload: string): string {
  const path = preload.replace(preloads, (_, one: string) => plainPath(one));
  return options
    .replace(preloads, (whole: string, one: string) => {
      let rest = ` ${plainPath(one)} `;
      if (rest.trim() === path || !rest.includes(` ${path} `)) return whole;
      while (rest.includes(` ${path} `)) rest = rest.replace(` ${path} `, () => ' ');
      rest = rest.trim();
      return ` ${preload}${rest === '' ? '' : ` --require "${rest.replace(/[\\"]/g, '\\$&')}"`}`;
    })
    .replace(/^ +/, '');
}

/** As Node reads it: a word may be quoted, and a backslash escapes inside quotes only. */
const preloads = /(?:^|(?<! ) +)(?:--require|-r)(?:=| +)("(?:[^"\\]|\\.)*"|[^ "]+)/g;

const isIn = (folder: string, path: string): boolean => slashes(plainPath(path)).startsWith(`${slashes(folder)}/`);

const plainPath = (path: string): string => (path.startsWith('"') ? path.slice(1, -1).replace(/\\(.)/g, '$1') : path);

const slashes = (path: string): string => path.replaceAll('\\', '/');

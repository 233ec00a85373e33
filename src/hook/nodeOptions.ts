/**
 * NODE_OPTIONS without the option that loads the hook from this folder. What else stands there stays letter by letter:
 * it is the program's, or a debugger's.
 */
export function withoutPreload(options: string, folder: string): string {
  // As Node reads it: a word may be quoted, and a backslash escapes inside quotes only.
  const preload = /(?:^|(?<! ) +)(?:--require|-r)(?:=| +)("(?:[^"\\]|\\.)*"|[^ "]+)/g;
  const home = slashes(folder);
  return options
    .replace(preload, (whole: string, path: string) => {
      const plain = path.startsWith('"') ? path.slice(1, -1).replace(/\\(.)/g, '$1') : path;
      return slashes(plain).startsWith(`${home}/`) ? '' : whole;
    })
    .replace(/^ +/, '');
}

const slashes = (path: string): string => path.replaceAll('\\', '/');

/** Which package a file belongs to, by its path. Pure, and bundled by the hook. */

/**
 * The last folder `node_modules` counts: pnpm keeps packages as `node_modules/.pnpm/got@14.6.6/node_modules/got`, Yarn's
 * Plug'n'Play as `.yarn/cache/got-npm-14.6.6-….zip/node_modules/got`. Bundlers write it into the sources of their maps.
 */
const inPackage = /^.*[\\/]node_modules[\\/]((?:@|%40)[^\\/]+[\\/][^\\/?]+|[^@.\\/?][^\\/?]*)[\\/]/;

/** `stripe`, `@aws-sdk/client-s3`; undefined: the file is of no package. `file`: path or URL, of any system. */
export function packageOf(file: string): string | undefined {
  const name = inPackage.exec(file)?.[1];
  if (name === undefined) return undefined;
  return (file.startsWith('file:') ? decoded(name) : name).replace('\\', '/');
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

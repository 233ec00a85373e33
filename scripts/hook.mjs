/**
 * The hook's two bundles. What the first reaches from `src/hook/index.ts` is in it alone; `src/hook/requests.ts` and what only
 * that needs is in the second, which takes the modules of the first through `src/hook/door.ts`: their exports, as they are when
 * the second is run. So no module of the first may export what it changes later (`export let`): that ends the build.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const entry = 'src/hook/index.ts';
const door = 'src/hook/door.ts';
const plain = { absWorkingDir: root, platform: 'node', write: false, logLevel: 'error', outdir: 'dist' };

/** Of each module in the first bundle, the names that it exports, by its file without suffix. */
async function sharedModules() {
  const { metafile } = await esbuild.build({
    ...plain,
    entryPoints: [entry],
    bundle: true,
    format: 'cjs',
    metafile: true,
  });
  const files = Object.keys(metafile.inputs).filter((file) => file !== entry && file !== door);
  for (const file of files)
    if (/^export (?:let|var)\b/m.test(readFileSync(join(root, file), 'utf8')))
      throw new Error(`${file} is shared by both bundles of the hook: export an object with what changes.`);
  const read = await esbuild.build({ ...plain, entryPoints: files, format: 'esm', metafile: true, outbase: '.' });
  const exported = Object.values(read.metafile.outputs).map((output) => [output.entryPoint, output.exports]);
  return new Map(
    exported.filter(([, names]) => names.length > 0).map(([file, names]) => [file.replace(/\.ts$/, ''), names]),
  );
}

/** The loader reads them as one byte a character, which is faster: a regular expression is the one place that esbuild leaves. */
function onlyAscii(build) {
  build.onEnd(({ errors }) => {
    const { outfile } = build.initialOptions;
    if (errors.length > 0 || !/[\u0080-\uffff]/.test(readFileSync(resolve(root, outfile), 'utf8'))) return undefined;
    return { errors: [{ text: `${outfile} has a character that is not ASCII: write it as \\u....` }] };
  });
}

/** As src/hook/runtime/links.ts writes them out, minified. */
const stamp = /\bextends \w+\{#(\w+);constructor\(\w+,\w+\)\{super\(.*?\}\}/g;
const stamps = 3;

/** A debugger shows the private field of a link on the program's own objects: there it has a name that says whose it is. */
function namedLinks(build) {
  build.onEnd(({ errors }) => {
    if (errors.length > 0) return undefined;
    const outfile = resolve(root, build.initialOptions.outfile);
    const text = readFileSync(outfile, 'utf8');
    const found = text.match(stamp)?.length ?? 0;
    if (found !== stamps)
      return { errors: [{ text: `${outfile}: ${found} of ${stamps} links were found, to name their field` }] };
    writeFileSync(
      outfile,
      text.replace(stamp, (body, name) => body.replace(new RegExp(`#${name}\\b`, 'g'), '#nettrace')),
    );
    return undefined;
  });
}

const isDoor = /[\\/]src[\\/]hook[\\/]door\.ts$/;

/** The first bundle: gives what it has. */
export const doorOut = {
  name: 'door out',
  setup(build) {
    onlyAscii(build);
    build.onLoad({ filter: isDoor }, async () => {
      // By name: whole modules would be objects of accessors, made at each start.
      const modules = [...(await sharedModules())];
      const as = (names, i, word) => names.map((name) => `${name}${word}${name}_${i}`).join(', ');
      const imports = modules.map(([file, names], i) => `import { ${as(names, i, ' as ')} } from './${file}';`);
      const entries = modules.map(([file, names], i) => `${JSON.stringify(file)}: { ${as(names, i, ': ')} },`);
      const contents = [...imports, 'export const shared = () => ({', ...entries, '});'].join('\n');
      return { contents, loader: 'js', resolveDir: root };
    });
  },
};

/** The second: takes it from there. */
export const doorIn = {
  name: 'door in',
  setup(build) {
    onlyAscii(build);
    namedLinks(build);
    let modules;
    build.onStart(async () => {
      modules = await sharedModules();
    });
    build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const file = relative(root, resolve(resolveDir, path)).replaceAll('\\', '/');
      return modules.has(file) ? { path: file, namespace: 'door' } : undefined;
    });
    build.onLoad({ filter: /./, namespace: 'door' }, ({ path }) => ({
      contents: `export const { ${modules.get(path).join(', ')} } = shared[${JSON.stringify(path)}];`,
      loader: 'js',
    }));
  },
};

/** The code that checks values against schemas (src/model/base/checks.ts), made when the product is built. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The tables of schemas, by the prefix of their names, and single schemas, by their name. */
const sources = {
  'line.': ['lineSchemas', './src/model/lines/lines'],
  'message.': ['messageSchemas', './src/helper/protocol'],
  'kernel.': ['kernelSchemas', './src/helper/kernelMessages'],
  trace: ['trace', './src/model/records'],
  har: ['harInput', './src/formats/har/input'],
  eve: ['eveInput', './src/formats/eve/input'],
  rules: ['rulesFile', './src/analysis/check/rulesFile'],
};

/** For esbuild: src/model/base/builtChecks.ts with its table filled. */
export const builtChecks = {
  name: 'checks made from schemas',
  setup(build) {
    build.onLoad({ filter: /[\\/]model[\\/]base[\\/]builtChecks\.ts$/ }, async () => ({
      contents: await moduleOfChecks(),
      loader: 'js',
      resolveDir: root,
    }));
  },
};

/** Names by schema, and the function that makes code of one; from the sources, which nothing has built yet. */
async function loadSchemas() {
  const imports = Object.values(sources).map(([name, file]) => `export { ${name} } from '${file}';`);
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    stdin: { contents: [...imports, "export { Build } from 'typebox/schema';"].join('\n'), resolveDir: root },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  const exported = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
  );
  const names = new Map();
  // The first of several names, as checksOf does.
  for (const [prefix, [name]] of Object.entries(sources))
    for (const [key, schema] of prefix.endsWith('.') ? Object.entries(exported[name]) : [['', exported[name]]])
      if (!names.has(schema)) names.set(schema, prefix + key);
  return { names, Build: exported.Build };
}

/** The text of an ES module that exports `builtChecks`. */
export async function moduleOfChecks() {
  const { names, Build } = await loadSchemas();
  return [
    `import { Guard } from 'typebox/guard';`,
    `import { Hashing } from 'typebox/system';`,
    'export const builtChecks = {',
    ...[...names].map(([schema, name]) => `${JSON.stringify(name)}: () => {\n${codeOf(Build({}, schema), name)}\n},`),
    '};',
  ].join('\n');
}

function codeOf(build, name) {
  const { identifier, variables } = build.External();
  const other = variables.find((variable) => !(variable instanceof RegExp));
  if (other !== undefined || build.UseUnevaluated()) throw new Error(`no code can be made from the schema ${name}`);
  return [
    `const ${identifier} = [${variables.join(', ')}];`,
    ...build.Functions().map((text) => `${text};`),
    `return (value) => ${build.Entry()};`,
  ].join('\n');
}

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
    ...[...names].map(([schema, name]) => `${JSON.stringify(name)}: () => {\n${codeOf(schema, name, Build)}\n},`),
    '};',
  ].join('\n');
}

function codeOf(schema, name, Build) {
  const { definitions, root: rest } = withReferences(schema);
  const build = Build(definitions, rest);
  const { identifier, variables } = build.External();
  const other = variables.find((variable) => !(variable instanceof RegExp));
  if (other !== undefined || build.UseUnevaluated()) throw new Error(`no code can be made from the schema ${name}`);
  return [
    `const ${identifier} = [${variables.join(', ')}];`,
    ...build.Functions().map((text) => `${simplified(text)};`),
    `return (value) => ${build.Entry()};`,
  ].join('\n');
}

/**
 * Without what the test before it says already: that a value which is not undefined is there, and that an integer is a
 * number. It is a third of the text.
 */
function simplified(text) {
  return text
    .replace(/(([\w.]+)\.(\w+) === undefined \|\| \()!\("\3" in \2\) \|\| /g, '$1')
    .replace(
      /(Number\.isInteger\(([\w.]+)\) && )\(!\(\(Number\.isFinite\(\2\) \|\| typeof \2 === "bigint"\)\) \|\| (\2 [<>]= \d+)\)/g,
      '$1$3',
    );
}

/** Characters of a schema below which a function of its own is not worth it. */
const minShared = 120;

/** A schema in which each larger part that occurs again is a reference: one function checks all of its places. */
function withReferences(schema) {
  const times = new Map();
  count(JSON.parse(JSON.stringify(schema)));
  const definitions = {};
  const ids = new Map();
  return { root: replaced(JSON.parse(JSON.stringify(schema)), true), definitions };

  function count(node) {
    if (!isObject(node)) return;
    const text = JSON.stringify(node);
    const seen = times.get(text) ?? 0;
    times.set(text, seen + 1);
    // What is in a part that occurs again is counted once.
    if (seen === 0 || !isShared(node, text)) for (const child of Object.values(node)) count(child);
  }

  function isShared(node, text) {
    return isSchema(node) && text.length >= minShared && times.get(text) > 1;
  }

  function replaced(node, isRoot = false) {
    if (!isObject(node)) return node;
    const text = JSON.stringify(node);
    if (isRoot || !isShared(node, text)) return mapped(node, replaced);
    if (!ids.has(text)) {
      ids.set(text, `part${ids.size}`);
      definitions[ids.get(text)] = mapped(node, replaced);
    }
    return { $ref: ids.get(text) };
  }
}

const isObject = (value) => typeof value === 'object' && value !== null;

/** Not the table of an object's properties, of which one may be named `type`. */
const isSchema = ({ type, anyOf, allOf }) => typeof type === 'string' || Array.isArray(anyOf) || Array.isArray(allOf);

function mapped(node, change) {
  if (Array.isArray(node)) return node.map((child) => change(child));
  return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, change(child)]));
}

/**
 * The extension as .vsix files, made by VS Code's own tool: one for every system, without the native helper, and one for
 * each Linux processor that has a helper.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { root, SetupError } from '../setup.mjs';
import { packageText } from './readme.mjs';
import { extensionBundles, fixedTime, manifest, Stage, sum } from './stage.mjs';

/** Of the file, which the marketplace sends. */
const maxBytes = 4_000_000;

const styles = 'webview.css';
const icons = ['codicon.css', 'codicon.ttf'];
const pages = ['README.md', 'CHANGELOG.md'];
const docs = [
  'licences.md',
  'nettrace.schema.json',
  'rules.schema.json',
  'api.md',
  'net-trace-api.d.ts',
  'findings.md',
];
const taken = ['LICENSE', ...docs.map((name) => `docs/${name}`)];
const codicons = codiconsPackage();
/** What media/icon.png is made from. */
const iconSource = 'icon.svg';
const tool = join(root, 'scripts/package/vsce.mjs');

/** `undefined`: the one for every system. */
export function vsixTargets(helpers) {
  return [undefined, ...helpers.map(({ arch }) => `linux-${arch}`)];
}

export function makeVsix({ work, out, bundles, helpers, target }) {
  const included = helpers.filter(({ arch }) => target === `linux-${arch}`);
  const stage = new Stage(join(work, `vsix-${target ?? 'universal'}`));
  fill(stage, bundles, included);

  const name = [manifest.name, target, `${manifest.version}.vsix`].filter((part) => part !== undefined).join('-');
  const file = join(out, name);
  runTool(stage.folder, file, target);
  const files = stage.files();
  const packedBytes = statSync(file).size;
  return {
    name,
    file,
    files: files.length,
    bytes: sum(files.map((one) => one.bytes)),
    packedBytes,
    measured: packedBytes,
    maxBytes,
    npmPackages: [
      ...extensionBundles.flatMap((bundle) => bundles.packages[bundle]),
      `@vscode/codicons@${codicons.version}`,
    ],
    helpers: included,
  };
}

function fill(stage, bundles, helpers) {
  for (const name of [...extensionBundles, styles]) stage.copy(join(bundles.folder, name), `dist/${name}`);
  for (const name of icons) stage.copy(join(codicons.folder, 'dist', name), `dist/codicons/${name}`);
  for (const helper of helpers) stage.addHelper(helper);
  for (const path of taken) stage.take(path);
  for (const file of readdirSync(join(root, 'media'), { recursive: true, withFileTypes: true })) {
    if (file.isFile() && file.name !== iconSource) stage.take(relative(root, join(file.parentPath, file.name)));
  }
  for (const path of pages) stage.write(path, packageText(path, []));
  // Everything it needs is in its bundles.
  const { scripts: _, dependencies: __, devDependencies: ___, bin: ____, private: _____, ...rest } = manifest;
  stage.write('package.json', `${JSON.stringify(rest, undefined, 2)}\n`);
}

/**
 * In a process of its own, as it takes the time of the files, their zone and their order from its environment. What it
 * warns of is an error.
 */
function runTool(folder, file, target) {
  const fixed = { TZ: 'UTC', LC_ALL: 'C', SOURCE_DATE_EPOCH: String(fixedTime.getTime() / 1000), NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool, folder, file, ...(target ? [target] : [])], {
    env: { ...process.env, ...fixed },
    encoding: 'utf8',
  });
  const said = `${stdout}${stderr}`.trim();
  if (status !== 0 || /warn/i.test(said)) throw new SetupError(`vsce, for ${target ?? 'every system'}:\n${said}`);
}

function codiconsPackage() {
  const file = createRequire(import.meta.url).resolve('@vscode/codicons/package.json');
  return { folder: dirname(file), version: JSON.parse(readFileSync(file, 'utf8')).version };
}

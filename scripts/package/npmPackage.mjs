/** The npm package `nettrace`: the command line without the extension, and nothing to install beside it. */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { packageText } from './readme.mjs';
import { commandBundles, manifest, Stage, sum } from './stage.mjs';

/** Installed, as it comes into each project. */
const maxBytes = 3_000_000;

const others = ['LICENSE', 'docs/licences.md'];

export function makeNpmPackage({ work, out, bundles, helpers }) {
  const stage = new Stage(join(work, 'npm'));
  for (const name of commandBundles)
    stage.copy(join(bundles.folder, name), `dist/${name}`, name === 'nettrace.cjs' ? 0o755 : 0o644);
  for (const helper of helpers) stage.addHelper(helper);
  for (const path of others) stage.take(path);
  stage.write('README.md', packageText('README.md', others));
  stage.write('package.json', `${JSON.stringify(packageJson(), undefined, 2)}\n`);

  // npm sorts the entries, gives all the same time and leaves out who built them.
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', out], {
    cwd: stage.folder,
    shell: process.platform === 'win32',
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const name = `${manifest.name}-${manifest.version}.tgz`;
  const files = stage.files();
  const bytes = sum(files.map((file) => file.bytes));
  return {
    name,
    file: join(out, name),
    files: files.length,
    bytes,
    packedBytes: statSync(join(out, name)).size,
    measured: bytes,
    maxBytes,
    npmPackages: commandBundles.flatMap((bundle) => bundles.packages[bundle]),
    helpers,
  };
}

/** Not the extension's manifest: without its contributions, scripts and dependencies, all of which are bundled. */
function packageJson() {
  const { name, version, license, engines, bin, repository, bugs, homepage } = manifest;
  return {
    name,
    version,
    description:
      'Trace every outgoing HTTP request of a Node program from the terminal: DNS, TCP, TLS, waiting, body, and the line of code that made it.',
    keywords: [...manifest.keywords, 'cli', 'pcapng'],
    license,
    repository,
    bugs,
    homepage,
    bin: Object.fromEntries(Object.entries(bin).map(([command, path]) => [command, path.replace(/^\.\//, '')])),
    engines: { node: engines.node },
  };
}

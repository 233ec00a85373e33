/**
 * npm run package: what people install, in dist/packages: the npm package of the command line, the extension as .vsix
 * files, for each a list of what is in it (SBOM), and SHA256SUMS. docs/packages.md describes them.
 *
 * The same sources give the same bytes, wherever and whenever they are built. `--out FOLDER` writes elsewhere. A helper
 * that cannot be built is left out, with its reason; under CI=true that is a failure.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildHelpers } from './package/helpers.mjs';
import { makeNpmPackage } from './package/npmPackage.mjs';
import { writeSbom } from './package/sbom.mjs';
import { buildBundles } from './package/stage.mjs';
import { writeSums } from './package/sums.mjs';
import { makeVsix, vsixTargets } from './package/vsix.mjs';
import { installPackages, main, root, SetupError } from './setup.mjs';

/** What an earlier build may have left, of another version too. */
const ofPackages = /^(?:nettrace-.+\.(?:tgz|vsix|cdx\.json)|SHA256SUMS)$/;

await main(async () => {
  const { values } = parseArgs({ options: { out: { type: 'string', default: join(root, 'dist/packages') } } });
  const out = resolve(values.out);
  installPackages('.');
  installPackages('scripts/package');
  mkdirSync(out, { recursive: true });
  for (const name of readdirSync(out).filter((one) => ofPackages.test(one))) rmSync(join(out, name));

  const work = mkdtempSync(join(tmpdir(), 'nettrace-package-'));
  try {
    const bundles = buildBundles(join(work, 'bundles'));
    const { helpers, missing } = buildHelpers();
    const made = [makeNpmPackage({ work, out, bundles, helpers })];
    for (const target of vsixTargets(helpers)) made.push(makeVsix({ work, out, bundles, helpers, target }));
    const sboms = made.map(writeSbom);
    writeSums(out, [...made.map(({ name }) => name), ...sboms]);
    for (const { name, packedBytes, bytes, files } of made)
      console.log(`${name}: ${kb(packedBytes)} packed, ${kb(bytes)} installed, ${files} files`);
    for (const { arch, reason } of missing) console.log(`Without the helper for linux-${arch}: ${reason}.`);
    const tooLarge = made.filter(({ measured, maxBytes }) => measured > maxBytes);
    for (const { name, measured, maxBytes } of tooLarge)
      console.error(`${name} has ${measured} bytes; ${maxBytes} are allowed.`);
    if (missing.length > 0 && process.env.CI) throw new SetupError('Packages lack a helper, see above.');
    return tooLarge.length > 0 ? 1 : 0;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
});

function kb(bytes) {
  return `${Math.round(bytes / 1000)} kB`;
}

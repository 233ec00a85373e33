/**
 * What a package contains, as CycloneDX: `npm sbom` lists the product's dependencies from the lock file; of those are kept
 * that are in the package's bundles. Its time and random number are left out, so that the same package has the same list.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { root } from '../setup.mjs';
import { manifest } from './stage.mjs';

const suffix = '.cdx.json';
let listed;

/** Writes the list beside the package; its name. */
export function writeSbom({ file, npmPackages, helpers }) {
  listed ??= list();
  const idOf = ({ name, version }) => `${name}@${version}`;
  const kept = listed.components.filter((one) => npmPackages.includes(idOf(one)));
  const unknown = npmPackages.filter((id) => !kept.some((one) => idOf(one) === id));
  if (unknown.length > 0) throw new Error(`npm sbom does not list ${unknown.join(', ')}`);
  const refs = new Set(kept.map((one) => one['bom-ref']));
  const { 'bom-ref': ref, purl, description, licenses } = listed.metadata.component;
  const linked = helpers.map(libraryOf);
  const bom = {
    $schema: listed.$schema,
    bomFormat: listed.bomFormat,
    specVersion: listed.specVersion,
    version: 1,
    metadata: {
      lifecycles: [{ phase: 'build' }],
      tools: listed.metadata.tools,
      // npm takes the name of the folder.
      component: {
        'bom-ref': ref,
        type: 'application',
        name: manifest.name,
        version: manifest.version,
        purl,
        description,
        licenses,
      },
    },
    components: [...kept, ...linked],
    dependencies: [
      ...listed.dependencies
        .filter((one) => one.ref === ref || refs.has(one.ref))
        .map((one) => ({ ref: one.ref, dependsOn: dependsOn(one, refs, one.ref === ref ? linked : []) })),
      ...linked.map((one) => ({ ref: one['bom-ref'], dependsOn: [] })),
    ],
  };
  const path = file + suffix;
  writeFileSync(path, `${JSON.stringify(bom, undefined, 2)}\n`);
  return basename(path);
}

function list() {
  // Not --omit=dev: npm 11 then leaves out what a tool for development uses too. What is in no bundle is left out here.
  const command = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--silent'];
  return JSON.parse(
    execFileSync('npm', command, {
      cwd: root,
      encoding: 'utf8',
      shell: process.platform === 'win32',
      maxBuffer: 1 << 24,
    }),
  );
}

function dependsOn({ dependsOn: refs }, kept, linked) {
  return [...refs.filter((ref) => kept.has(ref)), ...linked.map((one) => one['bom-ref'])];
}

/** The C library that is linked into the helper. */
function libraryOf({ arch, musl: { name, version } }) {
  const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${arch === 'x64' ? 'amd64' : arch}`;
  return {
    'bom-ref': purl,
    type: 'library',
    name,
    version,
    scope: 'required',
    purl,
    description: `C library in the native helper for linux-${arch}`,
    licenses: [{ license: { id: 'MIT' } }],
  };
}

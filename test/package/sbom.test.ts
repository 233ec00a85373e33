/** The list of what is in each package (CycloneDX), and the checksums beside the packages. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packages, repository, tarball, universal, version } from './testing/packages';

interface Bom {
  serialNumber?: string;
  metadata: { timestamp?: string; component: { name: string; version: string; 'bom-ref': string } };
  components: { name: string; version: string; 'bom-ref': string; licenses: unknown[] }[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

const bomOf = (name: string) => JSON.parse(readFileSync(join(packages(), `${name}.cdx.json`), 'utf8')) as Bom;
const npmPackages = (bom: Bom) => bom.components.map(({ name }) => name).filter((name) => name !== 'musl-dev');

test('each package has a list, of its own content: the command line has no part of the panel', () => {
  const names = readdirSync(packages()).filter((name) => /\.(tgz|vsix)$/.test(name));
  expect(names).toEqual(expect.arrayContaining([tarball, universal]));
  const lock = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string }>;
  };
  /** One name may be there in several versions. */
  const locked = Object.entries(lock.packages).map(
    ([path, one]) => `${path.split('node_modules/').at(-1)}@${one.version}`,
  );
  for (const name of names) {
    const { metadata, components, dependencies, serialNumber } = bomOf(name);
    expect([metadata.component.name, metadata.component.version]).toEqual(['nettrace', version]);
    expect([serialNumber, metadata.timestamp], 'what differs at each build').toEqual([undefined, undefined]);
    for (const one of components.filter((part) => part.name !== 'musl-dev'))
      expect(locked).toContain(`${one.name}@${one.version}`);
    expect(components.filter((one) => one.licenses.length === 0)).toEqual([]);
    // Every part is named as a dependency of another, and each of those is listed.
    const refs = components.map((one) => one['bom-ref']);
    expect(dependencies.map(({ ref }) => ref).sort()).toEqual([metadata.component['bom-ref'], ...refs].sort());
    expect([...new Set(dependencies.flatMap(({ dependsOn }) => dependsOn))].sort()).toEqual([...refs].sort());
  }
  expect(npmPackages(bomOf(tarball))).toEqual(expect.arrayContaining(['commander', 'typebox']));
  // The one that is bundled, not those of tools for development.
  const core = bomOf(tarball).components.filter(({ name }) => name === '@opentelemetry/core');
  expect(core.map((one) => one.version)).toEqual([lock.packages['node_modules/@opentelemetry/core']?.version]);
  expect(npmPackages(bomOf(tarball))).not.toContain('preact');
  expect(npmPackages(bomOf(universal))).toEqual(expect.arrayContaining(['@vscode/codicons', 'preact', 'typebox']));
  expect(npmPackages(bomOf(universal))).not.toContain('commander');
});

test('every listed package is in docs/licences.md, which the packages contain', () => {
  const page = readFileSync(join(repository, 'docs/licences.md'), 'utf8');
  for (const name of [...npmPackages(bomOf(tarball)), ...npmPackages(bomOf(universal))])
    expect(page).toContain(`| ${name} | `);
});

test('sha256sum -c accepts what was built', () => {
  const said = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: packages(), encoding: 'utf8' });
  const files = readdirSync(packages()).filter((name) => name !== 'SHA256SUMS');
  expect(said.trim().split('\n').sort()).toEqual(files.map((name) => `${name}: OK`).sort());
});

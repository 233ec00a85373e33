/**
 * docs/licences.md names the licence of every package that is bundled into the product, with its text, as those licences
 * ask for. It is made from what is installed: after a change of dependencies, `npx vitest run --project unit -u` writes
 * it again.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** What may be bundled into a program under Apache-2.0 and given away. */
const allowed = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'CC-BY-4.0'];

interface Licence {
  name: string;
  licence: string;
  homepage: string;
  text: string;
}

interface Lock {
  packages: Record<string, { dev?: boolean; optional?: boolean; dependencies?: Record<string, string> }>;
}

/** Its servers for the web, which it depends on too, are not imported. */
const mostlyUnused = '@modelcontextprotocol/sdk';
const usesIt = 'src/cli/mcp/server.ts';

/** Packages that `dependencies` bring in, directly or not: those the lock file does not mark as for development. */
async function runtimePackages(): Promise<Licence[]> {
  const lock = readJson('package-lock.json') as Lock;
  const bundled = await bundledPaths(lock);
  const paths = Object.entries(lock.packages).filter(
    ([path, entry]) => path !== '' && !entry.dev && !entry.optional && bundled.has(path),
  );
  const packages = paths.map(([path]) => licenceOf(path)).sort((a, b) => (a.name < b.name ? -1 : 1));
  // Some packages of a common repository come without the file that its other packages carry.
  const textOf = (from: Licence): string =>
    from.text || (packages.find((other) => other.homepage === from.homepage && other.text !== '')?.text ?? '');
  return packages.map((one) => ({ ...one, text: textOf(one) }));
}

/** Folders of packages: all that the other dependencies bring in, and what a bundle has of the one above. */
async function bundledPaths({ packages }: Lock): Promise<Set<string>> {
  const found = new Set<string>();
  const add = (names: Record<string, string> | undefined): void => {
    for (const name of Object.keys(names ?? {})) {
      const path = `node_modules/${name}`;
      if (name === mostlyUnused || found.has(path)) continue;
      found.add(path);
      add(packages[path]?.dependencies);
    }
  };
  add(packages['']?.dependencies);
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [usesIt],
    bundle: true,
    platform: 'node',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  for (const file of Object.keys(metafile.inputs)) {
    const path = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
    if (path !== undefined) found.add(path);
  }
  return found;
}

function licenceOf(path: string): Licence {
  const { name, license, repository } = readJson(`${path}/package.json`) as {
    name: string;
    license: string;
    repository?: string | { url: string };
  };
  const url = (typeof repository === 'string' ? repository : repository?.url) ?? name;
  const file = readdirSync(join(root, path)).find((entry) => /^licen[sc]e(\.|$)/i.test(entry));
  return {
    name,
    licence: license,
    homepage: url.replace(/^git\+/, '').replace(/\.git$/, ''),
    text:
      file === undefined
        ? ''
        : readFileSync(join(root, path, file), 'utf8')
            .replaceAll('\r', '')
            .trim(),
  };
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

function page(packages: Licence[]): string {
  const texts = new Map<string, string[]>();
  for (const { name, text } of packages) texts.set(text, [...(texts.get(text) ?? []), name]);
  return [
    '# Licences of what Net Trace contains',
    '',
    'Net Trace itself is under the [Apache License 2.0](../LICENSE). Bundled into it are these packages; the hook, which',
    'runs inside the traced program, contains none of them. This page is made and checked by',
    '`test/architecture/licences.test.ts`.',
    '',
    '| package | licence | from |',
    '|---|---|---|',
    ...packages.map(({ name, licence, homepage }) => `| ${name} | ${licence} | ${homepage} |`),
    '',
    '## Texts',
    ...[...texts].flatMap(([text, names]) => ['', `### ${names.join(', ')}`, '', '```text', text, '```']),
    '',
  ].join('\n');
}

test('every bundled package has a licence that allows it, and its text', async () => {
  const packages = await runtimePackages();
  expect(packages.length).toBeGreaterThan(5);
  for (const { name, licence, text } of packages) {
    expect(allowed, `licence of ${name}`).toContain(licence);
    expect(text.length, `text of the licence of ${name}`).toBeGreaterThan(200);
  }
});

test('docs/licences.md names them all', async () => {
  await expect(page(await runtimePackages())).toMatchFileSnapshot(join(root, 'docs/licences.md'));
});

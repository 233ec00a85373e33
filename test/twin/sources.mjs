// Debian's source packages, by a sources list of their own: the machine's lists stay as they are.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache, sourcePackages } from './suites.mjs';

const unknown = 'in no release that was asked';
const releases = ['bookworm', 'trixie', 'sid'];

/** Unpacks what the mirror carries into the cache. Resolves to {package: why not} of the rest. */
export function fetchSources(log) {
  const missing = {};
  const wanted = sourcePackages.filter((name) => !existsSync(join(cache, name, 'package.json')));
  if (wanted.length === 0) return missing;
  if (spawnSync('apt-get', ['--version']).status !== 0) {
    return Object.fromEntries(wanted.map((name) => [name, 'no apt-get here']));
  }
  for (const name of wanted) missing[name] = unknown;
  for (const release of releases) {
    const apt = aptOf(release);
    if (apt('update', '-qq').status !== 0) continue;
    for (const name of wanted) {
      if (missing[name] === undefined) continue;
      log(`${name} of ${release} …`);
      const why = unpack(name, apt, release);
      if (why === undefined) delete missing[name];
      else if (why !== unknown || missing[name] === undefined) missing[name] = why;
    }
  }
  return missing;
}

function aptOf(release) {
  const folder = join(cache, 'apt', release);
  for (const sub of ['lists/partial', 'cache/archives/partial', 'source']) {
    mkdirSync(join(folder, sub), { recursive: true });
  }
  const list = join(folder, 'main.sources');
  const key = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(
    list,
    `Types: deb-src\nURIs: http://deb.debian.org/debian\nSuites: ${release}\nComponents: main\nSigned-By: ${key}\n`,
  );
  const options = [
    `Dir::Etc::sourcelist=${list}`,
    'Dir::Etc::sourceparts=-',
    `Dir::State::lists=${join(folder, 'lists')}`,
    `Dir::Cache=${join(folder, 'cache')}`,
    'APT::Sandbox::User=root',
  ];
  return (...args) =>
    spawnSync('apt-get', [...options.flatMap((o) => ['-o', o]), ...args], {
      cwd: join(folder, 'source'),
      encoding: 'utf8',
    });
}

/** Undefined, or why not. The upstream tarball alone is enough: Debian's patches do not touch what is tested here. */
function unpack(name, apt, release) {
  const folder = join(cache, 'apt', release, 'source');
  const { stderr } = apt('source', '--download-only', name);
  const tar = readdirSync(folder).find((f) => f.startsWith(`${name}_`) && /\.orig\.tar\.\w+$/.test(f));
  if (tar === undefined) {
    const status = /(\d{3}) {2}\S/.exec(stderr)?.[1];
    return /Unable to find/.test(stderr) ? unknown : `the mirror does not carry it (${status})`;
  }
  const out = join(cache, 'unpacked');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  if (spawnSync('tar', ['xf', join(folder, tar), '-C', out, '--strip-components=1']).status !== 0) {
    return `${tar} cannot be unpacked`;
  }
  renameSync(out, join(cache, name));
  return undefined;
}

/** Debian's source packages, by a sources list of their own: the machine's lists stay as they are. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache, sourcePackages } from './suites.mjs';

const releases = ['bookworm', 'trixie', 'sid'];
const state = join(cache, 'apt');
const notes = join(cache, 'missing.json');

/**
 * Unpacks what can be had into the cache. Gives {package: why not} of the rest, which is remembered: `again` asks again.
 * The lists that are fetched for it are deleted.
 */
export function fetchSources(log, again) {
  const wanted = sourcePackages.filter((name) => !existsSync(join(cache, name, 'package.json')));
  if (wanted.length === 0) return {};
  const known = !again && existsSync(notes) ? JSON.parse(readFileSync(notes, 'utf8')) : {};
  if (wanted.every((name) => known[name])) return Object.fromEntries(wanted.map((name) => [name, known[name]]));
  if (spawnSync('apt-get', ['--version']).status !== 0) {
    return Object.fromEntries(wanted.map((name) => [name, 'no apt-get here']));
  }
  try {
    const missing = ask(wanted, log);
    writeFileSync(notes, JSON.stringify(missing));
    return missing;
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

function ask(wanted, log) {
  const asked = Object.fromEntries(wanted.map((name) => [name, []]));
  for (const release of releases) {
    const apt = aptOf(release);
    if (apt('apt-get', 'update', '-qq').status !== 0) continue;
    for (const name of Object.keys(asked)) {
      log(`${name} of ${release} …`);
      const why = unpack(name, apt, release);
      if (why === undefined) delete asked[name];
      else if (why !== '') asked[name].push(why);
    }
  }
  const text = (whys) =>
    whys.length === 0
      ? `in none of ${releases.join(', ')}`
      : `listed, but its files are not there: ${whys.join('; ')}; the package of npm comes without tests`;
  return Object.fromEntries(Object.entries(asked).map(([name, whys]) => [name, text(whys)]));
}

function aptOf(release) {
  const folder = join(state, release);
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
  return (tool, ...args) =>
    spawnSync(tool, [...options.flatMap((o) => ['-o', o]), ...args], {
      cwd: join(folder, 'source'),
      encoding: 'utf8',
    });
}

/**
 * Undefined, or why not; empty where the release has no such package. The upstream tarball alone is enough: Debian's
 * patches do not touch what is tested here.
 */
function unpack(name, apt, release) {
  const folder = join(state, release, 'source');
  const version = /^Version: (.*)$/m.exec(apt('apt-cache', 'showsrc', name).stdout)?.[1];
  if (version === undefined) return '';
  const { stderr } = apt('apt-get', 'source', '--download-only', name);
  const tar = readdirSync(folder).find((f) => f.startsWith(`${name}_`) && /\.orig\.tar\.\w+$/.test(f));
  if (tar === undefined) return `${version} of ${release} (${/(\d{3}) {2}\S/.exec(stderr)?.[1] ?? 'no answer'})`;
  const out = join(cache, 'unpacked');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  if (spawnSync('tar', ['xf', join(folder, tar), '-C', out, '--strip-components=1']).status !== 0) {
    return `${tar} cannot be unpacked`;
  }
  renameSync(out, join(cache, name));
  return undefined;
}

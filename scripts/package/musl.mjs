/**
 * The C library of the shipped helper: Debian's musl-dev, for this processor as installed, for arm64 unpacked into
 * .cache. There apt uses lists of its own, so that the system need not know a second architecture.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup.mjs';

const name = 'musl-dev';
const licence = `usr/share/doc/${name}/copyright`;

/** Version, and the file with its licences. */
export function installedMusl() {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own format
  return { name, version: run('dpkg-query', ['-W', '-f', '${Version}', name]), licence: `/${licence}` };
}

/** Likewise, and the folder it is unpacked in; downloaded once. */
export function muslOfArm64() {
  const folder = join(root, '.cache/musl-arm64');
  if (!existsSync(folder)) download(folder);
  const version = run('dpkg-deb', ['-f', join(folder, packageIn(folder)), 'Version']).trim();
  return { name, version, folder, licence: join(folder, licence) };
}

function download(folder) {
  const draft = `${folder}.${process.pid}`;
  const apt = join(draft, 'apt');
  try {
    for (const part of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(apt, part), { recursive: true });
    const options = {
      'APT::Architecture': 'arm64',
      'APT::Architectures': 'arm64',
      'APT::Sandbox::User': '',
      'Dir::State::lists': join(apt, 'lists'),
      'Dir::State::status': '/dev/null',
      'Dir::Cache': join(apt, 'cache'),
    };
    const apart = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
    run('apt-get', [...apart, '-qq', 'update'], draft);
    run('apt-get', [...apart, '-qq', 'download', name], draft);
    run('dpkg-deb', ['-x', packageIn(draft), '.'], draft);
    rmSync(apt, { recursive: true });
    renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function packageIn(folder) {
  const file = readdirSync(folder).find((one) => one.endsWith('.deb'));
  if (file === undefined) throw new Error(`there is no package ${name} in ${folder}`);
  return file;
}

/** What a command prints. Its error has what it said. */
function run(command, args, cwd = root) {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new Error(`${command}: ${String(error.stderr || error.message).trim()}`);
  }
}

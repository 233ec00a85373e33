/**
 * The native helper for the processors that packages are made for, each linked statically with musl: small, under the
 * MIT licence, and independent of the system's C library.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installDebian } from '../debian.mjs';
import { root } from '../setup.mjs';
import { installedMusl, muslOfArm64 } from './musl.mjs';

/** How it is built for the own processor, and from x64 for arm64. */
const own = {
  target: 'musl',
  compiler: 'musl-gcc',
  debian: ['gcc', 'make', 'libc6-dev', 'musl-tools'],
  musl: installedMusl,
};
const cross = {
  target: 'musl-arm64',
  compiler: 'aarch64-linux-gnu-gcc',
  debian: ['make', 'gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross'],
  musl: muslOfArm64,
};
const ways = {
  x64: { x64: own, arm64: cross },
  arm64: { arm64: own },
};
const processors = ['x64', 'arm64'];

/**
 * Builds them, installing a compiler where that is possible.
 *
 * `helpers`: processor, path, and of musl: version and the file with its licences. `missing`: processors without a helper,
 * and why.
 */
export function buildHelpers() {
  const built = processors.map((arch) => ({ arch, ...build(arch) }));
  return {
    helpers: built.filter(({ reason }) => reason === undefined),
    missing: built.filter(({ reason }) => reason !== undefined),
  };
}

function build(arch) {
  if (process.platform !== 'linux') return { reason: `it is built on Linux, and this is ${process.platform}` };
  const way = ways[process.arch]?.[arch];
  if (way === undefined) return { reason: `there is no way to build it on ${process.arch}` };
  try {
    if (!has('make') || !has(way.compiler)) installDebian(way.debian, { log: console.log });
    const musl = way.musl();
    if (!existsSync(musl.licence)) return { reason: `${musl.licence}, the licence of musl in it, is not there` };
    make(way.target, musl.folder);
    return { file: join(root, 'native/build', way.target, 'nettrace-helper'), musl };
  } catch (error) {
    return { reason: error.message };
  }
}

function make(target, folder) {
  const variables = folder === undefined ? [] : [`MUSL_ARM64=${folder}`];
  const { status, stderr, error } = spawnSync('make', ['-s', '-C', join(root, 'native'), target, ...variables], {
    encoding: 'utf8',
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`it does not build:\n${stderr.trim().slice(-2000)}`);
}

function has(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** The packages of this checkout, built once for all test files, and programs run as their user would. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { cleanEnvironment } from '../../support/programs/program';

export const repository = join(import.meta.dirname, '../../..');
export const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string };
export const tarball = `nettrace-${version}.tgz`;

/** Those of the .vsix files that are always made, and those with the helper, made where it can be built. */
export const universal = `nettrace-${version}.vsix`;
export const vsixOf = (platform: string): string => `nettrace-${platform}-${version}.vsix`;

let built: string | undefined;

/** Folder of the built packages. Not a scratch folder, as that goes with the first test file. */
export function packages(): string {
  built ??= build(repository, mkdtempSync(join(tmpdir(), 'nettrace-packages-')));
  return built;
}

/** `npm run package` of a checkout. A helper that it leaves out is named. */
export function build(checkout: string, out: string, env: Record<string, string> = {}): string {
  const args = [join(checkout, 'scripts/package.mjs'), '--out', out];
  const ci = process.env.CI === undefined ? {} : { CI: process.env.CI };
  const options = { env: { ...cleanEnvironment(), ...ci, ...env }, encoding: 'utf8', timeout: 280_000 } as const;
  const missing = execFileSync(process.execPath, args, options).match(/^Without .*$/gm);
  if (missing) console.log(missing.join('\n'));
  return out;
}

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

interface RunOptions {
  cwd: string;
  env?: Record<string, string>;
}

/** Runs a command to its end. */
export function run([command = '', ...args]: readonly string[], { cwd, env }: RunOptions): Promise<Ended> {
  const child = spawn(command, args, {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 50_000);
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
}

/** Files below a folder, sorted. */
export function filesIn(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => !one.isDirectory());
  return all.map((one) => relative(folder, join(one.parentPath, one.name))).sort();
}

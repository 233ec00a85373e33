/**
 * The program `nettrace`: loads the command line (cli.cjs next to it). Compiling that bundle would be a third
 * of a short command's start, so what V8 compiled is kept in the user's cache folder: a file for each command (it holds
 * the functions that have run), build and version of Node. Whatever goes wrong with it, the bundle is loaded without.
 */
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { cacheFolder } from '../session/spool/folders';
import { readOwnFileSync } from '../session/spool/ownFiles';

const bundle = join(__dirname, 'cli.cjs');
const prefix = 'cli-';
/** About 1 MB each; those of old builds and other versions of Node go when there are more. */
const maxFiles = 16;

function load(): void {
  // The bundle is ASCII; one byte a character is read, kept and compared faster.
  const text = readFileSync(bundle, 'latin1');
  const file = cacheFile();
  const cachedData = file === undefined ? undefined : readOwnFileSync(file);
  const source = `(function (exports, require, module, __filename, __dirname) {${text}\n})`;
  const script = new Script(source, { filename: bundle, cachedData });
  if (file !== undefined && (!cachedData || script.cachedDataRejected)) process.once('exit', () => keep(file, script));
  script.runInThisContext().call(exports, exports, require, module, bundle, __dirname);
}

/** A build is known by the change of its inode, which no installer and no copy can set. */
function cacheFile(): string | undefined {
  try {
    const folder = cacheFolder();
    if (folder === undefined) return undefined;
    const { ino, size, ctimeMs } = statSync(bundle);
    const command = /^[a-z]{1,12}$/.exec(process.argv[2] ?? '')?.[0] ?? 'none';
    return join(folder, `${prefix}${command}-${ino}-${size}-${ctimeMs}-${process.version}-${process.arch}`);
  } catch {
    // A user without a home, a current folder that is gone.
    return undefined;
  }
}

function keep(file: string, script: Script): void {
  const draft = `${file}.${process.pid}`;
  try {
    makeRoom(file);
    writeFileSync(draft, script.createCachedData(), { flag: 'wx', mode: 0o644 });
    renameSync(draft, file);
  } catch {
    // A full disk, a folder that is gone: the next start compiles as this one did.
    rmSync(draft, { force: true });
  }
}

function makeRoom(file: string): void {
  const folder = dirname(file);
  const others = readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && name !== basename(file))
    .map((name) => join(folder, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const old of others.slice(maxFiles - 1)) rmSync(old, { force: true });
}

/** The oldest Node that the command runs on, as `engines` of package.json says; the programs it traces may be older. */
const oldest = [20, 19] as const;

function isTooOld(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
}

if (isTooOld()) {
  process.stderr.write(
    `nettrace: the command needs Node ${oldest.join('.')} or later; this is ${process.versions.node}. The traced program may run on Node 18: nettrace run -- /path/to/node app.js\n`,
  );
  process.exitCode = 2;
} else load();

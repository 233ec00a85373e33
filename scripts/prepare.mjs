/**
 * What each part of the tests needs beyond the product's own packages: other Nodes, Debian's tools, a browser, VS Code.
 *
 * Also runs alone, for parts named: `npm test` starts it beside its first parts, which use the processor while this waits
 * for downloads. Every step looks first and does nothing when there is nothing to do.
 */
import { fileURLToPath } from 'node:url';
import { chromiumPath } from './chromium.mjs';
import { installCodeServer } from './code-server.mjs';
import { installDebian } from './debian.mjs';
import { buildHelper } from './native.mjs';
import { installPrometheus } from './prometheus.mjs';
import { installPackages, main, SetupError } from './setup.mjs';

const log = (text) => console.log(text);

/** By part; each throws with what the user can do. */
export const preparations = {
  hook: installPeers,
  cases() {
    installPrograms();
    installTools(['iproute2', 'nftables', 'libfaketime', 'tcpdump']);
  },
  matrix: installPrograms,
  native: installNative,
  webview: () => chromiumPath({ log }),
  async e2e() {
    chromiumPath({ log });
    installPackages('test/node', log);
    await installCodeServer({ log });
  },
  windows() {
    if (process.arch !== 'x64') throw new SetupError('wine and Node for Windows are for x64');
    installDebian(['wine64'], { log });
    installPackages('test/windows', log);
  },
  async package() {
    chromiumPath({ log });
    installPackages('scripts/package', log);
    installPackages('test/node', log);
    installTools([...muslTools, 'qemu-user', 'util-linux']);
    await installCodeServer({ log });
  },
};

/** What builds the packages' helper. */
const muslTools = ['gcc', 'make', 'libc6-dev', 'musl-tools', 'gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross'];

/** Node 18 to 26, and the HTTP clients: what the traced programs of these tests run on. */
function installPrograms() {
  installPackages('test/node', log);
  installPackages('test/matrix/clients', log);
}

/** And packages whose own tests are run with and without the hook. */
function installPeers() {
  installPrograms();
  installTools(['iproute2', 'tcpdump', 'tshark', 'strace', 'util-linux']);
  installPackages('test/twin', log);
  forSingleTests(() => installPrometheus({ log }));
}

/** What compiles the helper, and what its figures are compared with. */
function installNative() {
  const compile = ['gcc', 'make', 'libc6-dev', 'musl-tools', 'clang', 'bpftool', 'libbpf-dev'];
  const cross = ['gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross', 'qemu-user'];
  const compare = ['iproute2', 'nftables', 'conntrack', 'tcpdump', 'tshark', 'strace', 'util-linux', 'sudo'];
  installTools([...compile, ...cross, ...compare]);
  const { reason } = buildHelper();
  if (reason) throw new SetupError(`the native helper: ${reason}`);
}

/** Tools of single tests: each of those says itself that it is skipped, and why. */
function installTools(packages) {
  forSingleTests(() => installDebian(packages, { log }));
}

function forSingleTests(install) {
  try {
    install();
  } catch (error) {
    if (process.env.CI) throw error;
    log(`${error.message}, for the tests that need it.`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    for (const name of process.argv.slice(2)) await preparations[name]?.();
  });
}

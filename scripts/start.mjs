/**
 * npm start: a real VS Code with the extension and the sample, or with a folder of yours: npm start -- ../my-service
 *
 *   --code-server   use code-server even where VS Code is installed
 *   --no-open       print the address, open no browser
 *   --check         start code-server, see that it answers, stop it (for tests)
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { installCodeServer, startCodeServer } from './code-server.mjs';
import { main, root, SetupError, setup } from './setup.mjs';

const log = console.error;
/** Shows the panel, and what to do. */
const firstWindow = join(root, 'scripts/first-window');

await main(async () => {
  const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'code-server': { type: 'boolean', default: false },
      'no-open': { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
    },
  });
  // npm runs scripts in the project's folder; INIT_CWD is where the user is.
  const folder = positionals[0]
    ? resolve(process.env.INIT_CWD ?? process.cwd(), positionals[0])
    : join(root, 'samples/checkout');
  if (!existsSync(folder)) throw new SetupError(`There is no folder ${folder}.`);
  setup({ log });

  const code = options.check || options['code-server'] ? undefined : ownCode();
  if (code !== undefined) return openCode(code, folder);
  return await serveCode(folder, options);
});

/** The user's own VS Code, when it can show a window from here. */
function ownCode() {
  const display = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  // Inside a remote window's terminal, `code` talks to that window and cannot load an extension under development.
  if (!display || process.env.VSCODE_IPC_HOOK_CLI) return undefined;
  return onPath(process.platform === 'win32' ? 'code.cmd' : 'code');
}

function onPath(name) {
  const places = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return places
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function openCode(code, folder) {
  // VS Code refuses to run as root without both options.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox', '--user-data-dir', join(root, '.cache/vscode')] : [];
  const args = [root, firstWindow].map((path) => `--extensionDevelopmentPath=${path}`).concat(asRoot, folder);
  const windows = process.platform === 'win32'; // where a .cmd needs a shell, and the shell needs quotes
  const child = windows
    ? spawn(
        `"${code}"`,
        args.map((arg) => `"${arg}"`),
        { stdio: 'inherit', shell: true },
      )
    : spawn(code, args, { stdio: 'inherit' });
  log(`VS Code opens ${relative(root, folder) || folder} with Net Trace. Press F5 there.`);
  return new Promise((done, failed) => child.once('error', failed).once('exit', (status) => done(status ?? 1)));
}

async function serveCode(folder, { check, 'no-open': noOpen }) {
  await installCodeServer({ log }).catch((error) => {
    throw new SetupError(error.message);
  });
  const data = check ? undefined : join(root, '.cache/code-server'); // settings and layout last from start to start
  const server = await startCodeServer({ extension: root, others: [firstWindow], workspace: folder, data });
  if (check) {
    const { status } = await fetch(server.url);
    await server.stop();
    log(`VS Code answered ${status} at ${server.url}`);
    return status === 200 ? 0 : 1;
  }

  const stopped = untilStopped(server.pid);
  log(`\nVS Code with Net Trace:  ${server.url}\n`);
  log('Press F5 there to trace the sample. Ctrl+C here stops it.');
  if (!noOpen) openBrowser(server.url);
  const status = await stopped;
  await server.stop();
  return status;
}

/** Resolves with the exit code: 0 when the user wants to stop, 1 when the server is gone by itself. */
function untilStopped(pid) {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => done(0));
    const watch = setInterval(() => {
      try {
        process.kill(pid, 0);
      } catch {
        clearInterval(watch);
        log('VS Code has ended.');
        done(1);
      }
    }, 1000);
    watch.unref(); // the server's output keeps this process alive; after stop() nothing must
  });
}

/** Opens the address in a browser where there is one to be seen; the printed address is enough where not. */
function openBrowser(url) {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return;
  const opener = { darwin: 'open' }[process.platform] ?? onPath('xdg-open') ?? onPath('chromium');
  if (opener === undefined) return;
  spawn(opener, [url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}

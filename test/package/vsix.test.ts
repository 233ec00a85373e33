/** The .vsix files, installed by VS Code's own command into a new folder, and started from there. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { installCodeServer } from '../../scripts/code-server.mjs';
import { scratch } from '../../src/session/testing/scratch';
import { VsCode } from '../e2e/testing/window';
import { filesIn, packages, repository, run, universal, version, vsixOf } from './testing/packages';

const e2e = join(repository, 'test/e2e/node_modules');
const node = join(e2e, `node-linux-${process.arch}/bin/node`);
const codeServer = join(e2e, 'code-server/out/node/entry.js');

/** What every .vsix holds, as it is installed: the tool has its own names for three files. */
const common = [
  '.vsixmanifest',
  'LICENSE.txt',
  'changelog.md',
  'dist/codicons/codicon.css',
  'dist/codicons/codicon.ttf',
  'dist/extension.cjs',
  'dist/hook.cjs',
  'dist/replay.cjs',
  'dist/requests.cjs',
  'dist/resolver.cjs',
  'dist/send.cjs',
  'dist/webview.css',
  'dist/webview.js',
  'dist/work.cjs',
  'docs/api.md',
  'docs/findings.md',
  'docs/licences.md',
  'docs/net-trace-api.d.ts',
  'docs/nettrace.schema.json',
  'docs/rules.schema.json',
  'media/icon.png',
  'media/net-trace-tab.svg',
  'media/net-trace.svg',
  'media/network-breakpoint.svg',
  'media/request-line-failed.svg',
  'media/request-line.svg',
  'media/walkthrough/compare.svg',
  'media/walkthrough/first.svg',
  'media/walkthrough/slow.svg',
  'media/walkthrough/stop.svg',
  'package.json',
  'readme.md',
];
const helper = (platform: string) => [
  `dist/native/${platform}/LICENCES-musl.txt`,
  `dist/native/${platform}/nettrace-helper`,
];

interface Installed {
  extensions: string;
  folder: string;
}

beforeAll(() => installCodeServer({ log: console.error }));

async function install(name: string): Promise<Installed> {
  const place = scratch('vsix');
  const extensions = join(place, 'extensions');
  const code = (...args: string[]) =>
    run([node, codeServer, '--extensions-dir', extensions, '--user-data-dir', join(place, 'data'), ...args], {
      cwd: place,
      env: { XDG_CONFIG_HOME: join(place, 'config'), XDG_DATA_HOME: join(place, 'share') },
    });
  const done = await code('--install-extension', join(packages(), name));
  expect({ code: done.code, said: done.stdout }, done.stderr).toEqual({
    code: 0,
    said: expect.stringContaining('successfully installed'),
  });
  const { stdout } = await code('--list-extensions', '--show-versions');
  expect(stdout.trim().split('\n').at(-1)).toBe(`nettrace.nettrace@${version}`);
  const [folder = ''] = readdirSync(extensions).filter((one) => one.startsWith('nettrace.nettrace-'));
  return { extensions, folder: join(extensions, folder) };
}

describe('a .vsix file', () => {
  test.for<[string, string[]]>([
    [universal, []],
    [vsixOf('linux-x64'), helper('linux-x64')],
    [vsixOf('linux-arm64'), helper('linux-arm64')],
  ])('%s is installed with its files, and no others', async ([name, helpers], { skip }) => {
    // npm run package says why; under CI=true it fails.
    if (helpers.length > 0 && !existsSync(join(packages(), name))) skip('its helper was not built here');
    expect(statSync(join(packages(), name)).size).toBeLessThanOrEqual(4_000_000);

    const { folder } = await install(name);
    expect(filesIn(folder)).toEqual([...common, ...helpers].sort());
    for (const path of filesIn(folder))
      expect(readFileSync(join(folder, path), 'latin1').includes(repository), path).toBe(false);
    for (const path of helpers.filter((one) => one.endsWith('helper')))
      expect(statSync(join(folder, path)).mode & 0o111, 'the helper can be run').toBe(0o111);

    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(existsSync(join(folder, manifest.main as string))).toBe(true);
    expect(existsSync(join(folder, manifest.icon as string))).toBe(true);
    const unneeded = ['scripts', 'dependencies', 'devDependencies', 'bin', 'private'];
    expect(Object.keys(manifest).filter((key) => unneeded.includes(key))).toEqual([]);
  });

  test('has the contributions of the repository’s manifest, and an icon as the marketplace wants it', async () => {
    const { folder } = await install(universal);
    const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    const { contributes, activationEvents } = read(join(folder, 'package.json'));
    const here = read(join(repository, 'package.json'));
    expect({ contributes, activationEvents }).toEqual({
      contributes: here.contributes,
      activationEvents: here.activationEvents,
    });
    const icon = readFileSync(join(folder, 'media/icon.png'));
    expect(icon.subarray(1, 4).toString()).toBe('PNG');
    // Width and height stand at the begin of a PNG's first chunk.
    expect([icon.readUInt32BE(16), icon.readUInt32BE(20)]).toEqual([256, 256]);
    expect(readFileSync(join(folder, 'changelog.md'), 'utf8')).toMatch(new RegExp(`^## ${version}( |$)`, 'm'));
  });

  test('VS Code starts the installed extension: a program is traced to its rows', async () => {
    const workspace = scratch('workspace');
    mkdirSync(join(workspace, '.vscode'));
    writeFileSync(
      join(workspace, '.vscode/launch.json'),
      JSON.stringify({
        configurations: [{ name: 'Trace', type: 'net-trace', request: 'launch', program: join(workspace, 'app.js') }],
      }),
    );
    cpSync(join(repository, 'test/cli/programs/requests.cjs'), join(workspace, 'app.js'));
    const { folder } = await install(universal);
    const window = await VsCode.open({ workspace, others: [], extension: folder });
    try {
      await window.command('Net Trace: Show Requests');
      await window.panel.getByText('No requests yet').waitFor();
      await window.command('Debug: Start Debugging');
      await expect.poll(() => window.panel.locator('[role=row][data-id]').count(), { timeout: 60_000 }).toBe(3);
    } catch (error) {
      console.error(await window.diagnosis());
      throw error;
    } finally {
      await window.close();
    }
  });
});

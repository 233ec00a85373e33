import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type * as vscode from 'vscode';
import { debug } from './choose';

type Folder = { name: string; index: number; uri: { fsPath: string } };
type Item = { label: string; description: string };

const editor = vi.hoisted(() => ({
  folders: [] as Folder[],
  workspaceFile: undefined as object | undefined,
  active: undefined as string | undefined,
  shared: {} as { workspaceValue?: unknown; globalValue?: unknown },
  own: new Map<unknown, unknown>(),
  pick: '',
  offered: [] as string[],
  started: [] as unknown[][],
  message: '',
}));

vi.mock('vscode', async () => {
  const { join, sep } = await import('node:path');
  class Uri {
    readonly scheme = 'file';
    constructor(readonly fsPath: string) {}
    static file = (path: string) => new Uri(path);
    static joinPath = ({ fsPath }: Uri, ...rest: string[]) => new Uri(join(fsPath, ...rest));
  }
  const folderOf = ({ fsPath }: Uri) => editor.folders.find((f) => fsPath.startsWith(f.uri.fsPath + sep));
  return {
    Uri,
    workspace: {
      get workspaceFolders() {
        return editor.folders.length > 0 ? editor.folders : undefined;
      },
      get workspaceFile() {
        return editor.workspaceFile;
      },
      getWorkspaceFolder: folderOf,
      asRelativePath: (path: string) => path,
      getConfiguration: (_: string, folder?: Folder) => ({
        inspect: () => ({ ...editor.shared, workspaceFolderValue: editor.own.get(folder) }),
      }),
      fs: { readFile: ({ fsPath }: Uri) => readFile(fsPath) },
    },
    window: {
      get activeTextEditor() {
        return editor.active && { document: { uri: new Uri(editor.active), languageId: 'javascript' } };
      },
      showQuickPick: async (items: Item[]) => {
        editor.offered = items.map((i) => `${i.label} (${i.description})`);
        return items.find((i) => `${i.label} (${i.description})` === editor.pick);
      },
      showInformationMessage: (text: string) => {
        editor.message = text;
      },
    },
    debug: { startDebugging: async (...given: unknown[]) => editor.started.push(given) },
  };
});

let root = '';

/** A workspace folder with a package.json. */
function folder(name: string, scripts: Record<string, string>): Folder {
  const fsPath = join(root, name);
  mkdirSync(fsPath);
  writeFileSync(join(fsPath, 'package.json'), JSON.stringify({ scripts }));
  return { name, index: editor.folders.length, uri: { fsPath } };
}

const node = (name: string, more: object = {}) => ({ type: 'node', request: 'launch', name, ...more });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nettrace-choose-'));
  editor.folders = [];
  editor.workspaceFile = undefined;
  editor.active = undefined;
  editor.shared = {};
  editor.own.clear();
  editor.pick = '';
  editor.offered = [];
  editor.started = [];
  editor.message = '';
});
afterEach(() => rmSync(root, { recursive: true }));

test('the choices of one folder are its launch configurations and scripts, by the name of their file', async () => {
  const only = folder('shop', { start: 'node .' });
  editor.folders = [only];
  const launches = [node('Server'), { ...node('Page'), type: 'chrome' }, 'no configuration'];
  editor.own.set(only, launches);
  // VS Code gives it as the workspace's too.
  editor.shared = { workspaceValue: launches };
  editor.pick = 'Server (launch.json)';
  await debug(undefined);
  expect(editor.offered).toEqual(['Server (launch.json)', 'npm run start (package.json)']);
  expect(editor.started).toEqual([[only, { ...node('Server'), netTrace: true }]]);
});

test('the choices of several folders have the folder’s name, and each starts in its folder', async () => {
  const [shop, api] = [folder('shop', { start: 'node .' }), folder('api', { start: 'node .', seed: 'node seed' })];
  editor.folders = [shop, api];
  editor.workspaceFile = {};
  editor.own.set(shop, [node('Server')]);
  editor.own.set(api, [node('Server', { netTrace: { stacks: true } })]);
  editor.shared = { workspaceValue: [node('Everything')], globalValue: [node('Mine')] };
  const offered = [
    'Server (shop · launch.json)',
    'Server (api · launch.json)',
    'Everything (workspace)',
    'Mine (user settings)',
    'npm run start (shop · package.json)',
    'npm run start (api · package.json)',
    'npm run seed (api · package.json)',
  ];
  for (const pick of offered) {
    editor.pick = pick;
    await debug(undefined);
    expect(editor.offered).toEqual(offered);
  }
  const started = editor.started as [Folder, vscode.DebugConfiguration][];
  expect(started.map(([{ name }]) => name)).toEqual(['shop', 'api', 'shop', 'shop', 'shop', 'api', 'api']);
  expect(started[1]?.[1].netTrace).toEqual({ stacks: true });
  expect(started.slice(4).map(([, c]) => c.cwd)).toEqual([shop, api, api].map((f) => f.uri.fsPath));
});

test('the open file is started in its own folder, without a question where there is nothing else', async () => {
  const [shop, api] = [folder('shop', {}), folder('api', {})];
  editor.folders = [shop, api];
  editor.active = `${api.uri.fsPath + sep}seed.js`;
  await debug(undefined);
  expect(editor.offered).toEqual([]);
  expect(editor.started.map(([f]) => f)).toEqual([api]);
});

test('a given file is started in its own folder', async () => {
  const [shop, api] = [folder('shop', {}), folder('api', {})];
  editor.folders = [shop, api];
  const { Uri } = await import('vscode');
  await debug(Uri.file(join(api.uri.fsPath, 'seed.js')));
  expect(editor.started.map(([f]) => f)).toEqual([api]);
});

test('with nothing to start it says what to do, and with no choice starts nothing', async () => {
  await debug(undefined);
  expect(editor.message).toContain('add a launch configuration or an npm script');
  editor.folders = [folder('shop', { a: 'node a', b: 'node b' })];
  await debug(undefined);
  expect(editor.offered).toHaveLength(2);
  expect(editor.started).toEqual([]);
});

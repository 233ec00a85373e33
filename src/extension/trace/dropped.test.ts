import { beforeEach, expect, test, vi } from 'vitest';
import { DroppedFiles } from './dropped';

interface FakeUri {
  scheme: string;
  authority: string;
  path: string;
}
const { opened, warned, tabs, parse } = vi.hoisted(() => ({
  opened: [] as unknown[],
  warned: [] as unknown[][],
  tabs: { closed: undefined as ((e: { closed: object[] }) => void) | undefined },
  parse: (text: string): FakeUri => {
    const [, scheme = '', authority = '', path = ''] = /^([\w-]+):\/\/([^/]*)(.*)$/.exec(text) ?? [];
    return { scheme, authority, path };
  },
}));

vi.mock('vscode', () => {
  class TabInputCustom {
    constructor(readonly uri: FakeUri) {}
  }
  return {
    TabInputCustom,
    TabInputText: class {},
    FileType: { File: 1 },
    FileSystemError: { FileNotFound: (text: string) => new Error(text) },
    Uri: { parse, from: (part: Omit<FakeUri, 'authority'>) => ({ authority: '', ...part }) },
    workspace: {
      registerFileSystemProvider: () => ({ dispose: () => {} }),
      fs: { isWritableFileSystem: (scheme: string) => (scheme === 'file' ? true : undefined) },
    },
    window: {
      tabGroups: {
        all: [],
        onDidChangeTabs: (f: (e: { closed: object[] }) => void) => {
          tabs.closed = f;
          return { dispose: () => {} };
        },
      },
      showWarningMessage: async (...words: unknown[]) => void warned.push(words),
    },
    commands: { executeCommand: async (...words: unknown[]) => void opened.push(words) },
  };
});

beforeEach(() => {
  opened.length = warned.length = 0;
});

const uriOpened = (): FakeUri => (opened[0] as [string, FakeUri])[1];

test('a file of the explorer opens in the trace editor', async () => {
  new DroppedFiles().open({ uris: ['file:///w/a.har', 'file:///w/b.nettrace.json'] });
  await expect.poll(() => opened.length).toBe(2);
  expect(opened[0]).toEqual(['vscode.openWith', parse('file:///w/a.har'), 'netTrace.trace']);
  expect(warned).toEqual([]);
});

test.each([
  ['file:///w/main.ts', 'main.ts is no trace'],
  ['file://elsewhere/share/a.har', 'a.har is on another computer'],
  ['unheard-of:///a.har', 'a.har cannot be opened from unheard-of'],
])('%s is refused: %s', async (uri, words) => {
  new DroppedFiles().open({ uris: [uri] });
  await expect.poll(() => warned.length).toBe(1);
  expect(warned[0]?.[0]).toContain(words);
  expect(opened).toEqual([]);
});

test('of a file from elsewhere the content is kept, as long as a tab shows it; its name is no path', async () => {
  const files = new DroppedFiles();
  files.open({ name: '../x/a.har', size: 2, text: '{}' });
  await expect.poll(() => opened.length).toBe(1);
  const uri = uriOpened() as never;
  expect(uriOpened().path).toBe('/1/.._x_a.har');
  expect(new TextDecoder().decode(files.readFile(uri))).toBe('{}');
  expect(files.stat(uri)).toMatchObject({ size: 2 });
  const { TabInputCustom } = await import('vscode');
  tabs.closed?.({ closed: [{ input: new TabInputCustom(uri, '') }] });
  expect(() => files.readFile(uri)).toThrow('drop it again');
});

test.each([
  [{ name: 'a.har', size: 120_000_000 }, 'a.har (120 MB) is too large'],
  [{ name: 'photo.png', size: 3 }, 'photo.png is no trace'],
])('%j is refused', async (file, words) => {
  new DroppedFiles().open(file);
  await expect.poll(() => warned.length).toBe(1);
  expect(warned[0]?.[0]).toContain(words);
  expect(opened).toEqual([]);
});

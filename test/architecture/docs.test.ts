/** The pages: links lead somewhere, named files are there, and what they say of the rooms is so. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { arrows, maxFiles, nativeOrder, order, rooms } from './rooms';

const root = resolve(__dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'src/hook/README.md', 'native/README.md'],
  ...readdirSync(join(root, 'docs'))
    .filter((f) => f.endsWith('.md'))
    .map((f) => `docs/${f}`),
  ...readdirSync(join(root, 'docs/guides')).map((f) => `docs/guides/${f}`),
];

/** Files of programs that examples are about. */
const inExamples: ReadonlySet<string> = new Set(['src/cart/items.ts']);

/** Headings of a page as the anchors that GitHub and VS Code make of them. */
const anchorsOf = (page: string): string[] =>
  [...withoutCode(read(page)).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '');

describe('links', () => {
  test.each(pages)('of %s lead to files and headings that are there', (page) => {
    const wrong: string[] = [];
    for (const [, target = ''] of withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const file =
        path === ''
          ? page
          : relative(root, resolve(root, dirname(page), path))
              .split(sep)
              .join('/');
      if (!existsSync(join(root, file))) wrong.push(target);
      else if (anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).includes(anchor)) wrong.push(target);
    }
    expect(wrong).toEqual([]);
  });

  test('of docs/README.md are to every page', () => {
    const index = read('docs/README.md');
    const inDocs = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md').map((p) => p.slice(5));
    expect(inDocs.filter((f) => !index.includes(`(${f})`))).toEqual([]);
  });

  // What the changelog names was there when it was written.
  test.each(pages.filter((page) => page !== 'CHANGELOG.md'))(
    'files of the repository that %s names are there',
    (page) => {
      const named = withoutCode(read(page)).matchAll(
        /`((?:src|webview|native|test|scripts|tsconfig|samples)\/[\w./@-]+)`/g,
      );
      const gone = [...named]
        .map(([, path = '']) => path)
        .filter(
          (path) =>
            !inExamples.has(path) && !existsSync(join(root, path)) && !existsSync(join(root, dirname(page), path)),
        );
      expect(gone).toEqual([]);
    },
  );
});

/** Cells of the rows of the table below this head. */
function tableOf(page: string, head: string): string[][] {
  const text = read(page);
  const begin = text.indexOf(`${head}\n`);
  if (begin < 0) throw new Error(`${page} has no table ${head}`);
  return text
    .slice(begin, text.indexOf('\n\n', begin))
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const codes = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);

describe('docs/architecture.md', () => {
  const table = tableOf('docs/architecture.md', '| room | job | may import |');
  const nameOf = (row: string[]): string => codes(row[0])[0] ?? '';

  test('has every room, in the order of the arrows, with the rooms it may import', () => {
    const said = table.filter((row) => nameOf(row) !== 'native').map((row) => [nameOf(row), codes(row[2])]);
    expect(said).toEqual(rooms.map((room) => [room, arrows[room]?.map((to) => to.replace('src/', ''))]));
  });

  test('draws every room, and none that is not there', () => {
    const picture = /```\n([\s\S]*?)```/.exec(read('docs/architecture.md'))?.[1] ?? '';
    const drawn = [...picture.matchAll(/src\/\w+|webview|native\b(?=\s*│)/g)].map(([name]) => name);
    expect([...new Set(drawn)].sort()).toEqual(table.map(nameOf).sort());
    expect(drawn.every((room) => statSync(join(root, room)).isDirectory())).toBe(true);
  });

  test('has the sub-rooms in their order', () => {
    const said = tableOf('docs/architecture.md', '| room | sub-rooms |').map((row) => [nameOf(row), codes(row[1])]);
    expect(said).toEqual(
      [...Object.entries(order), ['native', nativeOrder] as const].map(([room, subRooms]) => [
        room,
        room === 'src/hook' ? [] : [...subRooms],
      ]),
    );
  });

  test('says how many files a folder may hold', () => {
    expect(read('docs/architecture.md').replace(/\s+/g, ' ')).toContain(`no folder holds more than ${maxFiles} source`);
  });
});

test('src/hook/README.md has the sub-rooms of the hook in their order', () => {
  const said = tableOf('src/hook/README.md', '| sub-room | job |').map((row) => codes(row[0])[0]);
  expect(said).toEqual(order['src/hook']);
});

describe('docs/decisions.md', () => {
  const decisions = read('docs/decisions.md').split(/^### /m).slice(1);

  test.each(decisions.map((text) => [text.split('\n', 1)[0], text] as const))(
    '%s: what, why, instead of what, where',
    (title, text) => {
      const lines = text
        .replace(/\n## [\s\S]*/, '')
        .trim()
        .split('\n')
        .slice(1);
      expect(lines.length).toBeLessThanOrEqual(6);
      const body = lines.join(' ');
      expect(body).toMatch(/^\*\*Decision:\*\* .*\*Because\* .*\*Instead of\* .*`(?:src|native|webview)\/[^`]+`/);
      // A noun phrase: no sentence.
      expect(title).not.toMatch(/[.!?]$/);
    },
  );
});

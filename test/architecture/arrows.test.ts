/** The arrows between rooms (`rooms.ts`), checked from the import statements. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesOf, importsOf, isForTests } from './importGraph';
import { arrows, bundledByHook, packages, roomOf, rooms } from './rooms';

const root = resolve(__dirname, '../..');
const pathOf = (file: string): string => relative(root, file).split(sep).join('/');

/** `node:fs` → `node:`, `@scope/name/part` → `@scope/name`. */
function packageOf(from: string): string {
  if (from.startsWith('node:')) return 'node:';
  return from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Why a file of the room may not import this; undefined: it may. */
function refusal(room: string, file: string, from: string, typeOnly: boolean): string | undefined {
  if (from === 'vscode') return room === 'src/extension' ? undefined : 'only the extension knows VS Code';
  if (!from.startsWith('.'))
    return typeOnly || !packages[room] || packages[room].includes(packageOf(from)) ? undefined : 'package';
  const target = pathOf(resolve(dirname(file), from));
  if (isForTests(target) && !isForTests(pathOf(file))) return 'for tests only';
  const to = roomOf(target);
  if (to === room || target === 'package.json') return undefined;
  if (to === undefined || !arrows[room]?.includes(to)) return 'room';
  if (room === 'src/hook' && !typeOnly && !bundledByHook.has(target)) return 'types only';
  return undefined;
}

describe('arrows between rooms', () => {
  test('know every folder of src', () => {
    const folders = readdirSync(join(root, 'src')).map((f) => `src/${f}`);
    expect(folders.filter((f) => !(f in arrows))).toEqual([]);
  });

  test('lead only to rooms that come before in the list', () => {
    for (const [i, room] of rooms.entries())
      expect({ room, may: arrows[room]?.filter((to) => rooms.indexOf(to) >= i) }).toEqual({ room, may: [] });
  });

  test.each(rooms)('of %s are those of the table', (room) => {
    const files = filesOf(join(root, room));
    expect(files.length).toBeGreaterThan(0);
    const wrong = files.flatMap((file) =>
      importsOf(file).flatMap(({ from, typeOnly }) => {
        const why = refusal(room, file, from, typeOnly);
        return why === undefined ? [] : `${pathOf(file)} → ${from} (${why})`;
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('of packages lead to dependencies of the project', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const named = Object.values(packages).flat();
    expect(named.filter((name) => name !== 'node:' && !(name in dependencies))).toEqual([]);
  });

  test('no path of the table has gone', () => {
    const gone = [...bundledByHook].filter((f) => !filesOf(join(root, dirname(f))).includes(join(root, `${f}.ts`)));
    expect(gone).toEqual([]);
  });
});

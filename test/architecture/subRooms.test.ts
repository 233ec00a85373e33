/** The order of the sub-rooms (`rooms.ts`), imports in a circle, and the size of folders. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cyclesOf, graphOf, isForTests } from './importGraph';
import { larger, loadedOnDemand, maxFiles, nativeLists, nativeOrder, order, roomOf, subRoomOf } from './rooms';

const root = resolve(__dirname, '../..');
const all = ['src', 'webview'];

describe('arrows between sub-rooms', () => {
  test.each(Object.keys(order))('in %s lead only downward, types too', (room) => {
    const ranks = order[room] as readonly string[];
    const graph = graphOf(root, [room], true);
    expect([...new Set([...graph.keys()].map((f) => subRoomOf(f, room)))].sort()).toEqual([...ranks].sort());
    const rankOf = (file: string) => ranks.indexOf(subRoomOf(file, room));
    const wrong: string[] = [];
    for (const [file, targets] of graph)
      for (const target of targets) {
        if (!target.startsWith(`${room}/`) || loadedOnDemand.has(target)) continue;
        if (rankOf(target) > rankOf(file)) wrong.push(`${file} → ${target}`);
      }
    expect(wrong).toEqual([]);
  });
});

test('includes between sub-rooms of native/src lead only downward', () => {
  const native = join(root, 'native/src');
  const files = readdirSync(native, { recursive: true, encoding: 'utf8' }).filter((f) => /\.[ch]$/.test(f));
  const wrong: string[] = [];
  for (const file of files.map((f) => f.split(sep).join('/')).filter((f) => !nativeLists.has(f)))
    for (const [, target = ''] of readFileSync(join(native, file), 'utf8').matchAll(/^#include "(\w+\/[\w/]+\.h)"/gm)) {
      const [from, to] = [file, target].map((f) => nativeOrder.indexOf(f.replace(/\/.*/, '')));
      if (to === -1 || (to as number) > (from as number)) wrong.push(`${file} → ${target}`);
    }
  expect([...new Set(files.map((f) => dirname(f)))].filter((f) => f !== '.').sort()).toEqual([...nativeOrder].sort());
  expect(wrong).toEqual([]);
});

describe('imports in a circle', () => {
  test('are nowhere at run time', () => {
    expect(cyclesOf(graphOf(root, all, false))).toEqual([]);
  });

  test('are of types only inside one sub-room', () => {
    const placeOf = (file: string): string => {
      const room = roomOf(file) ?? '';
      return `${room}/${subRoomOf(file, room)}`;
    };
    const across = cyclesOf(graphOf(root, all, true)).filter((files) => new Set(files.map(placeOf)).size > 1);
    expect(across).toEqual([]);
  });
});

describe('folders', () => {
  test(`hold at most ${maxFiles} source files`, () => {
    const counts = new Map<string, number>();
    // Not into packages, which another part of the tests may be installing.
    const walk = (room: string, folder: string): void => {
      for (const e of readdirSync(join(root, folder), { withFileTypes: true })) {
        if (e.isDirectory() && !/^(?:node_modules|programs|fixtures|\..*)$/.test(e.name))
          walk(room, `${folder}/${e.name}`);
        if (!e.isFile() || !/\.(tsx?|mjs|c)$/.test(e.name) || (room !== 'test' && isForTests(e.name))) continue;
        counts.set(folder, (counts.get(folder) ?? 0) + 1);
      }
    };
    for (const room of [...all, 'native/src', 'test']) walk(room, room);
    const tooLarge = [...counts].filter(([folder, n]) => n > maxFiles && !(folder in larger));
    expect(tooLarge).toEqual([]);
    // An exception that is needed no more is taken out.
    expect(Object.keys(larger).filter((folder) => (counts.get(folder) ?? 0) <= maxFiles)).toEqual([]);
    expect(counts.get(dirname('src/model/records/request.ts'))).toBeGreaterThan(0);
  });
});

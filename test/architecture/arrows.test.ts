/** The rooms and the arrows between them (docs/architecture.md), checked from the import statements. */
import { readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cyclesOf, filesOf, graphOf, importsOf } from './importGraph';

const root = resolve(__dirname, '../..');

/** Room → rooms it may import from. A room may always import from itself. */
const arrows: Record<string, readonly string[]> = {
  'src/model': [],
  'src/hook': ['src/model'],
  'src/helper': ['src/model', 'src/formats'],
  'src/session': ['src/model', 'src/helper'],
  'src/formats': ['src/model'],
  'src/analysis': ['src/model'],
  'src/replay': ['src/model', 'src/formats', 'src/analysis'],
  'src/extension': ['src/model', 'src/session', 'src/helper', 'src/formats', 'src/analysis', 'src/replay'],
  'src/cli': ['src/model', 'src/session', 'src/helper', 'src/formats', 'src/analysis'],
  webview: ['src/model', 'src/analysis'],
};

/** Packages (and `node:` as one) that a room may use at run time; the rest of the rooms may use `node:` and any. */
const packages: Record<string, readonly string[]> = {
  'src/model': ['typebox'],
  'src/hook': ['node:'],
  'src/analysis': [],
  webview: ['preact', '@vscode-elements/elements', '@vscode/codicons', '@tanstack/virtual-core', '@preact/signals'],
};

/** Files of the model that the hook may bundle: they import nothing else. Types may come from any. */
const bundledByHook = new Set([
  'src/model/secrets/mask',
  'src/model/secrets/arguments',
  'src/model/secrets/bodyMask',
  'src/model/base/hosts',
  'src/model/dnsMessage/decode',
  'src/model/dnsMessage/encode',
  'src/model/base/package',
  'src/model/lines/control',
  'src/model/lines/breakpoints',
  'src/model/query/compile',
  'src/model/query/parse',
]);

/** Sub-rooms, lowest first: each may import from those before it. '.' is the room's own folder. */
const order: Record<string, readonly string[]> = {
  'src/hook': [
    'runtime',
    'output',
    'sites',
    'records',
    'control',
    'request',
    'dns',
    'sockets',
    'http1',
    'http2',
    'undici',
    'server',
    '.',
  ],
};

/** The store gives its document, which has events joined to requests by their phases: types lead back to the store. */
const knownCircle = new Set(['src/model/store', 'src/model/phases', 'src/model']);

const rooms = Object.keys(arrows);
const roomOf = (path: string) => Object.keys(arrows).find((r) => path === r || path.startsWith(`${r}/`));

describe('arrows between rooms', () => {
  it('every folder of src is a known room', () => {
    const folders = readdirSync(join(root, 'src')).map((f) => `src/${f}`);
    expect(folders.filter((f) => !(f in arrows))).toEqual([]);
  });

  it.each(rooms)('%s imports only what it may', (room) => {
    const wrong: string[] = [];
    const files = filesOf(join(root, room));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      for (const { from, typeOnly } of importsOf(file)) {
        const where = `${relative(root, file)} → ${from}`;
        if (from.startsWith('.')) {
          const target = relative(root, resolve(dirname(file), from))
            .split(sep)
            .join('/');
          const to = roomOf(target);
          if (to === room || target === 'package.json') continue;
          if (to === undefined || !arrows[room]?.includes(to)) wrong.push(where);
          else if (room === 'src/hook' && !typeOnly && !bundledByHook.has(target)) wrong.push(`${where} (types only)`);
        } else if (from === 'vscode') {
          if (room !== 'src/extension') wrong.push(where);
        } else if (!typeOnly && packages[room]) {
          const name = from.startsWith('node:')
            ? 'node:'
            : from
                .split('/')
                .slice(0, from.startsWith('@') ? 2 : 1)
                .join('/');
          if (!packages[room].includes(name)) wrong.push(where);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('arrows between sub-rooms', () => {
  it.each(Object.keys(order))('in %s lead only downward, types too', (room) => {
    const ranks = order[room] as readonly string[];
    const subRoomOf = (file: string): string => {
      const [first = '', ...rest] = file.slice(room.length + 1).split('/');
      return rest.length === 0 ? '.' : first;
    };
    const graph = graphOf(root, [room], true);
    expect([...new Set([...graph.keys()].map(subRoomOf))].sort()).toEqual([...ranks].sort());
    const wrong: string[] = [];
    for (const [file, targets] of graph)
      for (const target of targets) {
        if (!target.startsWith(`${room}/`)) continue;
        if (ranks.indexOf(subRoomOf(target)) > ranks.indexOf(subRoomOf(file))) wrong.push(`${file} → ${target}`);
      }
    expect(wrong).toEqual([]);
  });

  it('no files import each other in a circle at run time', () => {
    expect(cyclesOf(graphOf(root, ['src', 'webview'], false))).toEqual([]);
  });

  it('types are imported in a circle only inside one sub-room', () => {
    const subRoomOf = (file: string): string => file.split('/').slice(0, -1).slice(0, 3).join('/');
    const across = cyclesOf(graphOf(root, ['src', 'webview'], true))
      .map((files) => [...new Set(files.map(subRoomOf))])
      .filter((of) => of.length > 1 && !of.every((r) => knownCircle.has(r)));
    expect(across).toEqual([]);
  });
});

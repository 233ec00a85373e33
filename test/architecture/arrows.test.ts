/** The rooms and the arrows between them (docs/architecture.md), checked from the import statements. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

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

interface Import {
  from: string;
  typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const found: Import[] = [];
  for (const m of text.matchAll(/^\s*(?:import|export)\s+(type\s+)?[^;'"`]*?\bfrom\s*['"]([^'"]+)['"]/gm)) {
    found.push({ from: m[2] as string, typeOnly: m[1] !== undefined });
  }
  for (const m of text.matchAll(/^\s*import\s*['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/gm)) {
    found.push({ from: (m[1] ?? m[2]) as string, typeOnly: false });
  }
  return found;
}

function filesOf(room: string): string[] {
  return readdirSync(join(root, room), { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && /\.tsx?$/.test(e.name) && !/\.(test|property\.test)\.tsx?$/.test(e.name))
    .map((e) => join(e.parentPath, e.name));
}

const rooms = Object.keys(arrows).filter((r) => {
  try {
    return readdirSync(join(root, r)).length > 0;
  } catch {
    return false;
  }
});
const roomOf = (path: string) => Object.keys(arrows).find((r) => path === r || path.startsWith(`${r}/`));

describe('arrows between rooms', () => {
  it('every folder of src is a known room', () => {
    const folders = readdirSync(join(root, 'src')).map((f) => `src/${f}`);
    expect(folders.filter((f) => !(f in arrows))).toEqual([]);
  });

  it.each(rooms)('%s imports only what it may', (room) => {
    const wrong: string[] = [];
    const files = filesOf(room);
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

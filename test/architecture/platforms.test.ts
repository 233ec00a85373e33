/**
 * Nothing but the helper is tied to one system (docs/platforms.md): files of Linux are read only where their absence is an
 * answer, and calls that Windows lacks are made only where they are there.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(__dirname, '../..');

const sources = ['src', 'webview'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name).replaceAll('\\', '/'))
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$|\/testing\/|^src\/helper\//.test(name)),
);

/** Files with the text, without their comments. */
function containing(expression: RegExp): string[] {
  return sources.filter((name) =>
    expression.test(readFileSync(join(root, name), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')),
  );
}

test('paths of Linux are named only where there may be no such file', () => {
  expect(containing(/['"`]\/(proc|tmp|dev|etc|usr|sys|bin|var|run)\b/).sort()).toEqual([
    'src/cli/run/live/lineBegin.ts',
    // Folders that are tried for what must be kept.
    'src/cli/run/outputs.ts',
    'src/cli/run/signals.ts',
    // The resolver reports what it cannot read; it is off unless asked for.
    'src/hook/dns/resolver/index.ts',
    'src/session/header.ts',
    'src/session/packets/dns/servers.ts',
    'src/session/program/unhooked.ts',
    'src/session/sources/hosts.ts',
  ]);
});

test('what Windows lacks of `process` is called only where it is', () => {
  expect(containing(/process\.(get|set)e?[ug]id\(|process\.(initgroups|setgroups|getgroups)\(/)).toEqual([]);
});

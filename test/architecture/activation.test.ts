/**
 * VS Code starts the extension with every Node debug session, traced or not. What it loads then may not bring the schemas
 * (`typebox`, more than all the rest): they belong to the bundles that are loaded at the first use.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(__dirname, '../..');

/** What a file loads when it is loaded: no types, nothing by `import()`. */
function loadedBy(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const found: string[] = [];
  for (const m of text.matchAll(/^\s*(?:import|export)\s+(type\s+)?([^;'"`]*?)\bfrom\s*['"]([^'"]+)['"]/gm)) {
    const names = (m[2] ?? '').replace(/^[^{]*\{|\}[\s\S]*$/g, '').split(',');
    const onlyTypes = m[2]?.startsWith('{') && names.every((name) => /^\s*(?:type\s|$)/.test(name));
    if (m[1] === undefined && !onlyTypes) found.push(m[3] as string);
  }
  return found;
}

test('the schemas are not loaded with the extension', () => {
  const from = new Map<string, string>();
  const open = [join(root, 'src/extension/extension.ts')];
  const wrong: string[] = [];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    for (const name of loadedBy(file)) {
      if (name.startsWith('typebox'))
        wrong.push(`${relative(root, from.get(file) ?? '')} → ${relative(root, file)} → ${name}`);
      if (!name.startsWith('.')) continue;
      const target = [`${resolve(dirname(file), name)}.ts`, resolve(dirname(file), name, 'index.ts')].find(existsSync);
      if (target === undefined || from.has(target)) continue;
      from.set(target, file);
      open.push(target);
    }
  }
  expect(from.size).toBeGreaterThan(50);
  expect(wrong).toEqual([]);
});

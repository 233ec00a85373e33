/** Titles of tests, for pages that name the test of what they say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'vitest/node';

const root = join(__dirname, '../..');

interface Node {
  type: string;
  [key: string]: unknown;
}
const isNode = (v: unknown): v is Node => typeof v === 'object' && v !== null && 'type' in v;

/** What is called in `test.each(…)(…)`, `describe.skipIf(…)(…)` or `it(…)`: `test`, `describe`, `it`. */
function calledBy(node: unknown): unknown {
  if (!isNode(node)) return undefined;
  if (node.type === 'Identifier') return node.name;
  return calledBy(node.type === 'CallExpression' ? node.callee : node.object);
}

/** Texts of titles as they are written; of a template those between its expressions. */
function titlesIn(node: unknown, titles: string[] = []): string[] {
  if (Array.isArray(node)) for (const one of node) titlesIn(one, titles);
  if (!isNode(node)) return titles;
  if (node.type === 'CallExpression' && ['test', 'it', 'describe'].includes(String(calledBy(node.callee)))) {
    const [title] = node.arguments as Node[];
    if (title?.type === 'Literal' && typeof title.value === 'string') titles.push(title.value);
    if (title?.type === 'TemplateLiteral')
      titles.push(...(title.quasis as { value: { cooked: string } }[]).map((q) => q.value.cooked));
  }
  for (const key in node) titlesIn(node[key], titles);
  return titles;
}

const known = new Map<string, readonly string[]>();
/** Titles of the tests of a file, as they are written; of a test in C its functions. */
export function titlesOf(file: string): readonly string[] {
  const titles =
    known.get(file) ??
    (file.endsWith('.c')
      ? [...readFileSync(join(root, file), 'utf8').matchAll(/^static void (\w+)\(void\)/gm)].map(
          ([, name = '']) => name,
        )
      : titlesIn(parseAst(readFileSync(join(root, file), 'utf8'), { lang: 'ts', sourceType: 'module' })));
  known.set(file, titles);
  return titles;
}

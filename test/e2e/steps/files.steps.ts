/** "Debug with Net Trace" on one file that Node alone cannot run, and on one that ends at once with an error. */
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { describeRows, rowsIn } from '../testing/rows';
import { inWindow, vs } from '../testing/shared';
import { lineOf, until } from '../testing/window';

const repository = join(__dirname, '../../..');
const server = `const server = createServer((_, res) => res.end('ok'));
await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
const { port } = server.address() as { port: number };`;

const files: Record<string, string> = {
  'tools/task.mts': `import { createServer } from 'node:http';
enum Fruit { apples = 'apples' }
${server}
await fetch(\`http://127.0.0.1:\${port}/\${Fruit.apples}\`);
server.close();
`,
  'tools/prices.test.ts': `import { createServer } from 'node:http';
import { expect, test } from 'vitest';
test('prices', async () => {
  ${server.replaceAll('\n', '\n  ')}
  const response = await fetch(\`http://127.0.0.1:\${port}/prices\`);
  expect(response.status).toBe(200);
  server.close();
});
`,
  'tools/plain.test.mjs': `import { createServer } from 'node:http';
import { test } from 'node:test';
test('plain', async () => {
  const server = createServer((_, res) => res.end('ok'));
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  await fetch(\`http://127.0.0.1:\${server.address().port}/plain\`);
  server.close();
});
`,
  'tools/broken.mjs': "import './missing.mjs';\n",
  'tools/silent.mjs': 'setTimeout(() => {}, 10);\n',
};

function write(): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(vs.workspace, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  mkdirSync(join(vs.workspace, 'node_modules'), { recursive: true });
  for (const [name, from] of [
    ['vitest', 'node_modules/vitest'],
    ['tsx', 'test/node/node_modules/tsx'],
  ] as const) {
    const path = join(vs.workspace, 'node_modules', name);
    if (!existsSync(path)) symlinkSync(join(repository, from), path);
  }
}

/** The open file, by the command; the entry says how it is run. */
async function debugFile(name: string, how: string): Promise<void> {
  await vs.openFile(name);
  await vs.clear();
  await vs.command('Net Trace: Debug with Net Trace');
  const entry = vs.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Current file' });
  await entry.filter({ hasText: how }).click();
}

const ended = () => vs.panel.getByText('The program ended').first().waitFor({ timeout: 60_000 });

export function singleFiles(): void {
  inWindow({ width: 1400, height: 1000 });

  it('TypeScript that nobody compiled: by tsx', async () => {
    write();
    await debugFile('task.mts', 'task.mts (tsx)');
    await ended();
    const rows = await rowsIn(vs.panel);
    expect(describeRows(rows)).toEqual(['/apples 200']);
    expect(rows[0]?.calledAt).toBe(`task.mts:${lineOf(vs.workspace, 'tools/task.mts', 'await fetch')}`);
  });

  it('a test file: by vitest', async () => {
    await debugFile('prices.test.ts', 'prices.test.ts (vitest)');
    await ended();
    const rows = await rowsIn(vs.panel);
    expect(describeRows(rows)).toEqual(['/prices 200']);
    expect(rows[0]?.calledAt).toBe(`prices.test.ts:${lineOf(vs.workspace, 'tools/prices.test.ts', 'await fetch')}`);
  });

  it('a test file of Node’s own runner: by node --test', async () => {
    await debugFile('plain.test.mjs', '(node --test)');
    await ended();
    expect(describeRows(await rowsIn(vs.panel))).toEqual(['/plain 200']);
  });

  it('a program that fails before its first request: its last line of stderr, and the way to the console', async () => {
    await debugFile('broken.mjs', 'broken.mjs');
    await vs.panel.getByRole('heading', { name: 'The program ended with exit code 1' }).waitFor();
    await vs.panel.getByText(/Cannot find module '.*missing\.mjs'/).waitFor();
    await vs.shot('failed-start-dark');
    // VS Code's console shows the session that was in focus last, once it was made.
    await vs.command('Debug Console: Focus on Debug Console View');
    await vs.command('Net Trace: Show Requests');
    await debugFile('broken.mjs', 'broken.mjs');
    await vs.panel.getByText('Show Debug Console').click();
    await vs.page.locator('.repl', { hasText: 'missing.mjs' }).waitFor();
    await vs.command('Net Trace: Show Requests');
  });

  it('beside the rows of an earlier run it is one line', async () => {
    await vs.debug('Shop');
    await until(async () => (await rowsIn(vs.panel)).length === 7, 'rows');
    await ended();
    await vs.openFile('broken.mjs');
    await vs.command('Net Trace: Debug with Net Trace');
    await vs.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Current file' }).click();
    await vs.panel.locator('.msg', { hasText: /exit code 1 before any request: .*missing\.mjs/ }).waitFor();
    await vs.shot('failed-start-beside-rows');
  });

  it('a program without a request: that is what is said', async () => {
    await debugFile('silent.mjs', 'silent.mjs');
    await vs.panel.getByRole('heading', { name: 'This run made no request' }).waitFor();
    await vs.shot('no-request-dark');
  });
}

/** The table of clients, each run as the real package: `npm run coverage`, as it needs its own packages. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodes, repository } from '../support/programs/nodes';
import { clients, type Style, styles } from './clients';
import { type Cells, folder, type Mode, modes, runClient } from './run';
import { withSection } from './section';

const { COVERAGE_NODE = '24', COVERAGE_ONLY = '', COVERAGE_DATE } = process.env;
const node = nodes.find((n) => n.major === Number(COVERAGE_NODE)) ?? nodes.at(-1);
const found = new Map<string, Cells>();

const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version;

describe.each(modes)('%s', (mode) => {
  const runs = clients.filter((c) => c.title.includes(COVERAGE_ONLY));
  test.each(runs)('$title', async (client) => {
    if (node === undefined) throw new Error('no Node');
    const { cells, run } = await runClient(client, node, mode);
    expect(`${run.stdout}${run.signal ?? run.code}`, run.stderr).toMatch(/over\n0$/);
    // A style whose request was not seen would say nothing of its line.
    expect(Object.values(cells)).not.toContain('no request');
    found.set(`${client.title} ${mode}`, cells);
  });
});

const isUsers = (c: string): boolean => c === 'line' || c === 'awaited' || c === '–';

function row(title: string, name: string | undefined): string {
  const cell = (mode: Mode) => {
    const cells = found.get(`${title} ${mode}`);
    if (cells === undefined) return '·';
    const kinds = styles.filter((s) => cells[s] !== '–');
    const values = new Set(kinds.map((s) => cells[s]));
    const [only] = values;
    if (values.size === 1) return words(only as string);
    return kinds.map((s) => `${s}: ${words(cells[s])}`).join('<br>');
  };
  return `| ${title} | ${name === undefined ? 'built in' : versionOf(name)} | ${modes.map(cell).join(' | ')} |`;
}

const words = (cell: string): string =>
  cell === 'line' ? 'line' : cell === 'awaited' ? 'line that awaits' : cell === '–' ? cell : `**${cell}**`;

/** How many clients have a line of the user's in every style. */
const share = (mode: Mode, among: readonly Style[]): string =>
  `${clients.filter(({ title }) => among.every((s) => isUsers(found.get(`${title} ${mode}`)?.[s] ?? 'no'))).length} of ${clients.length}`;
const later = styles.filter((s) => s !== 'first');

test('the table says what was seen', () => {
  if (COVERAGE_DATE === undefined) return;
  expect(found.size).toBe(clients.length * modes.length);
  const text = `Written by \`npm run coverage\` on ${COVERAGE_DATE}, Node ${node?.version}; do not edit.

| client | version | in a terminal | with \`--stacks\` | in a debug session |
|---|---|---|---|---|
${clients.map(({ title, package: name }) => row(title, name)).join('\n')}
| the user's line in every style, after the first requests | | ${modes.map((m) => share(m, later)).join(' | ')} |
| in the first requests, too | | ${modes.map((m) => share(m, styles)).join(' | ')} |
`;
  const path = join(repository, 'docs/coverage.md');
  writeFileSync(path, withSection(readFileSync(path, 'utf8'), 'clients', text));
});

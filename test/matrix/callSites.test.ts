/**
 * The line that is recorded where a library breaks the chain of awaits: a fixed part of what `npm run coverage` runs.
 */
import { describe, expect, test } from 'vitest';
import { clients, styles } from '../coverage/clients';
import { type Mode, runClient } from '../coverage/run';
import { nodes } from '../support/programs/nodes';
import { folder } from './plan';

const every = (cell: string) => Object.fromEntries(styles.map((s) => [s, s === 'callback' ? '–' : cell]));
const client = (title: string) => {
  const found = clients.find((c) => c.title === title);
  if (!found) throw new Error(title);
  return found;
};
const cellsOf = async (title: string, major: number, mode: Mode, env = {}) => {
  const node = nodes.find((n) => n.major === major);
  if (!node) return undefined;
  const { cells, run } = await runClient(client(title), node, mode, folder, env);
  expect(`${run.stdout}${run.signal ?? run.code}`, run.stderr).toBe('over\n0');
  return cells;
};
const has = (major: number) => nodes.some((n) => n.major === major);

describe('got, whose promise is resolved by another', () => {
  test.each([20, 24].filter(has))(
    'in a terminal: the user’s line once a request has needed it, Node %i',
    async (major) => {
      expect(await cellsOf('got 14', major, 'terminal')).toEqual({ ...every('line'), first: 'via got14' });
    },
  );

  test.runIf(has(24))('in a terminal of VS Code, which sets the debugger’s variable there', async () => {
    const env = { VSCODE_INSPECTOR_OPTIONS: '{}' };
    expect(await cellsOf('got 14', 24, 'terminal', env)).toEqual({ ...every('line'), first: 'via got14' });
  });

  test.each([20, 22, 24, 26].filter(has))('in a debug session: the user’s line, Node %i', async (major) => {
    expect(await cellsOf('got 14', major, 'debugger')).toEqual(every('line'));
  });

  test.runIf(has(18))('in a debug session: the user’s line, Node 18 and got 11', async () => {
    expect(await cellsOf('got 11', 18, 'debugger')).toEqual(every('line'));
  });

  test.each([20, 24].filter(has))('with the whole chain asked for: the user’s line, Node %i', async (major) => {
    expect(await cellsOf('got 14', major, 'stacks')).toEqual(every('line'));
  });
});

test.runIf(has(24))('a client that keeps the chain needs no debugger', async () => {
  expect(await cellsOf('node-fetch 3', 24, 'terminal')).toEqual(every('line'));
});

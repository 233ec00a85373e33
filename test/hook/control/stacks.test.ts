/**
 * The chain of calls beyond the first frame of the program, awaits included, and where a timer was set; and the program's line
 * above many frames of a package, in a burst.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scratch } from '../../../src/session/testing/scratch';
import { present } from '../../support/observe';
import { type NodeVersion, nodes } from '../../support/programs/nodes';
import { lineOf } from '../../support/programs/program';
import { Upstream } from '../../support/servers/upstream';
import { runAct } from '../testing/act';

const program = join(import.meta.dirname, '../programs/context.cjs');
let upstream: Upstream;
beforeAll(async () => {
  upstream = await Upstream.start();
});
afterAll(() => upstream.close());

const bursts = join(import.meta.dirname, '../programs/bursts.cjs');

const act = (node: NodeVersion, conf = {}) => runAct(node, program, 'stack', upstream, { conf });

describe.each(nodes)('Node $major', (node) => {
  test('frames of an await chain of three functions', async () => {
    const [first, second, third] = (await act(node, { stacks: true })).requests;
    const frames = present(first?.stack, 'stack').map((f) => [f.file, f.line, f.async === true]);
    const at = (mark: string, async = true) => [program, lineOf(program, mark), async];
    expect(frames.slice(2)).toEqual([at('third', false), at('second'), at('first'), at('call')]);
    // The synchronous ones inside: `get`, and the promise's executor within it.
    expect(frames.slice(0, 2).map((f) => f[2])).toEqual([false, false]);
    expect(first?.callSite?.line).toBe(first?.stack?.[0]?.line);
    expect(second?.stack?.[0]).toMatchObject({ line: lineOf(program, 'fetch'), kind: 'user' });
    expect(third).toMatchObject({ timeout: { kind: 'signal', callSite: { line: lineOf(program, 'timer') } } });
  });

  test('a burst through a package has the program’s line, though all before needed few frames', async () => {
    const { requests } = await runAct(node, bursts, '', upstream, { cwd: scratch() });
    const places = requests.map((r) => [r.callSite?.kind, r.callSite?.file, r.callSite?.line]);
    const at = (mark: string) => ['user', bursts, lineOf(bursts, mark)];
    expect(places).toEqual([...Array(300).fill(at('own')), ...Array(60).fill(at('layered'))]);
  });
});

test('without the setting there is the call site alone', async () => {
  const seen = await act(present(nodes.at(-1), 'a Node'));
  expect(seen.requests.every((r) => r.stack === undefined && r.callSite !== undefined)).toBe(true);
  expect(seen.requests.at(-1)?.timeout).toMatchObject({ kind: 'signal', limit: 50_000 });
  expect(seen.requests.at(-1)?.timeout?.callSite).toBeUndefined();
});

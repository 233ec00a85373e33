import { describe, expect, test } from 'vitest';
import { FakeRecorder } from '../../testing/recorder';
import { join, part } from './attach';

const log = { debug: () => {} };
const probe = { runtime: 'node', version: '24.1.0', pid: 7, thread: 0, seesHost: true, hook: '', nodeOptions: '--x' };
const fine = { ...probe, file: '', spool: '' };

/** A program that answers in turn; an Error: the debugger refuses. */
function leafOf(...answers: unknown[]): {
  id: string;
  asked: string[];
  customRequest: (...a: never[]) => Promise<unknown>;
} {
  const asked: string[] = [];
  return {
    id: 'leaf',
    asked,
    customRequest: async (_command: string, { expression }: { expression: string }) => {
      asked.push(expression);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return { result: typeof answer === 'object' ? JSON.stringify(answer) : answer };
    },
  };
}
const joined = (leaf: ReturnType<typeof leafOf>, over = () => false) =>
  join(leaf as never, Object.assign(new FakeRecorder('t1')), over, log);

describe('a program is attached to', () => {
  test('the hook is loaded with its own options kept', async () => {
    const leaf = leafOf(fine, 'attached 7-0');
    expect(await joined(leaf)).toEqual({ state: 'attached' });
    expect(leaf.asked[1]).toContain('"NODE_OPTIONS":"--x --require t1"');
    expect(leaf.asked[1]).toContain(`\\"attachedBy\\":${process.pid}`);
  });

  test('the hook is loaded as soon as the debugger answers, in any quotes', async () => {
    const quoted = `'${JSON.stringify(fine).replaceAll('"', '\\"')}'`;
    expect(await joined(leafOf(new Error('not yet'), undefined, quoted, "'attached 7-0'"))).toEqual({
      state: 'attached',
    });
  });

  test('the hook is not loaded twice', async () => {
    expect(await joined(leafOf({ ...fine, hook: 'ours' }))).toEqual({ state: 'already' });
    expect(await joined(leafOf(fine, 'already'))).toEqual({ state: 'already' });
  });

  test.each([
    [{ runtime: 'deno' }, 'is Deno'],
    [{ runtime: 'none' }, 'no Node program'],
    [{ version: '16.20.2' }, 'Node 16.20.2; Net Trace needs Node 18'],
    [{ hook: 'another' }, 'already traced'],
    [{ file: 'NO_REQUIRE' }, 'no way to load'],
    [{ file: 'ENOENT', spool: 'ENOENT' }, 'another machine'],
    [{ spool: 'ENOENT' }, 'another machine'],
    [{ spool: 'EACCES' }, 'another user'],
    [{ file: 'ERR_ACCESS_DENIED' }, 'permission model'],
    [{ file: 'EIO' }, 'EIO'],
  ])('%o: said', async (more, words) => {
    expect(await joined(leafOf({ ...fine, ...more }))).toEqual({
      state: 'failed',
      why: expect.stringContaining(words),
    });
  });

  test('why the hook could not be loaded is said', async () => {
    const why = expect.stringContaining('Cannot find module');
    expect(await joined(leafOf(fine, 'failed: Cannot find module'))).toEqual({ state: 'failed', why });
    expect(await joined(leafOf(fine, new Error('gone')))).toEqual({
      state: 'failed',
      why: expect.stringContaining('gone'),
    });
  });

  test('a session that ends first is no failure', async () => {
    let over = false;
    const leaf = leafOf(new Error('not yet'));
    const result = joined(leaf, () => over);
    over = true;
    expect(await result).toBeUndefined();
  });

  test('answers that are invalid count as none', async () => {
    let times = 0;
    const leaf = leafOf('{}', '{"runtime":"x"}', 'null');
    expect(await joined(leaf, () => times++ > 2)).toBeUndefined();
  });
});

describe('it is left', () => {
  test('asked again while it is in the middle of the hook’s work', async () => {
    expect(await part(leafOf('leaving', "'left'") as never, log)).toBe(true);
  });
  test('or not reached', async () => {
    expect(await part(leafOf(new Error('gone')) as never, log)).toBe(false);
  });
});

/** Which code runs: the hook's file, or what V8 kept of it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratch } from '../testing/scratch';
import { installHook } from './hookCopy';

describe('what V8 compiled is kept', () => {
  /** Runs a hook that says which it is; `swap` puts a text of the same length in its place, which V8 takes for the same. */
  const home = async (text = `console.log('first')`) => {
    const hookFile = join(scratch(), 'hook.cjs');
    writeFileSync(hookFile, text);
    const path = await installHook(hookFile, scratch());
    const folder = dirname(path);
    const run = (...flags: string[]) =>
      execFileSync(process.execPath, [...flags, '-r', path, '-e', '0'], {
        env: { ...process.env, NETTRACE_SPOOL: '/nowhere' },
        encoding: 'utf8',
      }).trim();
    const swap = (other = `console.log('other')`) => writeFileSync(join(folder, 'main.cjs'), other);
    const kept = () => readdirSync(folder).filter((name) => name.startsWith('code-'));
    return { folder, run, swap, kept };
  };

  test('for the next process of the same version of Node with the same flags', async () => {
    const { run, swap, kept } = await home();
    expect(run()).toBe('first');
    expect(kept()).toEqual([`code-${process.version}-${process.arch}-0`]);
    expect(run('--no-opt')).toBe('first');
    expect(kept()).toHaveLength(2);
    expect(run('--no-warnings')).toBe('first');
    expect(kept()).toHaveLength(3);
    swap();
    expect([run(), run('--no-opt'), run('--no-warnings')]).toEqual(['first', 'first', 'first']);
    expect(run('--no-lazy-feedback-allocation')).toBe('other');
  });

  test('once more by the first that says so, with what has run since', async () => {
    const { run, swap, kept, folder } = await home(`console.log('first'); require.hook.keepCode()`);
    expect(run()).toBe('first');
    const name = `code-${process.version}-${process.arch}-0`;
    expect(kept()).toEqual([name, `${name}-used`]);
    rmSync(join(folder, name));
    swap(`console.log('other'); require.hook.keepCode()`);
    expect(run()).toBe('first');
    expect(kept()).toEqual([`${name}-used`]);
  });

  test('of a few sets of flags', async () => {
    const { folder, run, kept } = await home();
    for (let i = 0; i < 80; i++) writeFileSync(join(folder, `code-${i}`), '');
    expect(run()).toBe('first');
    expect(kept()).toHaveLength(80);
  });

  test('what is broken is not used', async () => {
    const { folder, run, swap, kept } = await home();
    run();
    writeFileSync(join(folder, kept()[0] as string), Buffer.alloc(1000));
    swap();
    expect(run()).toBe('other');
  });

  test('where it cannot be kept the hook runs, and nothing is left behind', async () => {
    const { folder, run, kept } = await home();
    run();
    const [file = ''] = kept();
    rmSync(join(folder, file));
    mkdirSync(join(folder, file));
    expect(run()).toBe('first');
    expect(readdirSync(folder).sort()).toEqual([file, 'hook.cjs', 'main.cjs']);
  });
});

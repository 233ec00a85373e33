/** One user cannot hold the kernel's memory by any number of helpers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { asNobody, helperFile, whyNot } from './testing/helper';

const max = 32;
const why = whyNot('the bound on helpers', { root: true, programs: ['setpriv'] });

describe.skipIf(why)('helpers of one user', () => {
  test(`${max} at most; one more says so, and another user is not concerned`, async () => {
    const started: ChildProcess[] = [];
    const start = (wrap: string[], ...more: string[]): Promise<{ code: number | null; text: string } | 'runs'> => {
      const [command, ...args] = [...wrap, helperFile(), '--stdio', '--features', 'route', ...more] as [
        string,
        ...string[],
      ];
      const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
      started.push(child);
      let text = '';
      child.stderr?.on('data', (data: Buffer) => {
        text += data;
      });
      return new Promise((resolve) => {
        child.stdout?.once('data', () => resolve('runs'));
        child.once('close', (code) => resolve({ code, text }));
      });
    };
    try {
      for (let n = 0; n < max; n++) expect(await start(asNobody)).toBe('runs');
      expect(await start(asNobody)).toEqual({
        code: 6,
        text: `nettrace-helper: this user runs ${max} helpers already; end one of them\n`,
      });
      expect(await start([], '--as-root')).toBe('runs');
    } finally {
      for (const child of started) child.kill();
    }
  });
});

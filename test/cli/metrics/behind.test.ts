/** A host that is held up: the tracer's own figures say so. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Trace } from '../../../src/model/records';
import { scratch } from '../../../src/session/testing/scratch';
import { Nettrace, programs, type Result } from '../testing/nettrace';

const nettrace = new Nettrace();

/** Runs a program that has made its requests and stands; nettrace is stopped meanwhile, or not. */
async function held(options: string[], ms: number | undefined): Promise<Result> {
  const command = [process.execPath, `${programs}/counts.cjs`];
  return nettrace.run(['run', ...options, '--', ...command], {
    isInputOpen: true,
    on: [
      'served',
      (child) => {
        if (ms !== undefined) child.kill('SIGSTOP');
        setTimeout(() => {
          child.kill('SIGCONT');
          // Time for one poll.
          setTimeout(() => child.stdin?.end(), 1000);
        }, ms ?? 0);
      },
    ],
  });
}

const selfIn = ({ stderr }: Result) => JSON.parse(stderr.trim().split('\n').at(-1) ?? '').self;

test.skipIf(process.platform === 'win32')(
  'a host that stands for two seconds counts a long poll and says so',
  async () => {
    const { longPolls, behind, maxPoll } = selfIn(await held(['--json'], 2000));
    expect(longPolls).toBeGreaterThanOrEqual(1);
    expect(behind).toBeGreaterThanOrEqual(1);
    // It was stopped for so long, less the period.
    expect(maxPoll).toBeGreaterThan(1_400_000);
    const said = await held([], 2000);
    expect(said).toMatchObject({ code: 0 });
    expect(said.stderr).toMatch(/^Net Trace was slower than the program \d+ times?, for up to [\d.]+ s: /m);
    // The saved trace says it too.
    const file = join(scratch(), 'a.nettrace.json');
    await held(['--quiet', '-o', file], 2000);
    const { tracer } = JSON.parse(readFileSync(file, 'utf8')) as Trace;
    expect(tracer).toMatchObject({ lines: expect.any(Number), lag: expect.any(Number), maxLag: expect.any(Number) });
    expect(tracer?.behind).toBeGreaterThanOrEqual(1);
    expect((await nettrace.run(['show', file])).stdout).toMatch(/^Net Trace was slower than the program/m);
    // Who wanted quiet is not warned.
    expect((await held(['--quiet'], 2000)).stderr).toBe('');
  },
);

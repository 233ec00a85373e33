/**
 * The traced program, or anyone who can write where the session reads, must neither hang it nor make it write
 * elsewhere.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { scratch } from '../../src/session/testing/scratch';
import { Nettrace, programs } from './testing/nettrace';

const nettrace = new Nettrace();
afterEach(() => expect(nettrace.spools()).toEqual([]));

const node = process.execPath;
const windows = process.platform === 'win32';
if (windows) console.log('hostile spool: Windows has no pipes in folders, so nothing is tried');

describe.skipIf(windows)('pipes and links in the spool folder', () => {
  test('nettrace run: the program ends, its trace is saved, calls are answered, and what a link names stays', async () => {
    const target = join(scratch(), 'precious');
    writeFileSync(target, 'precious');
    const { code, stdout, trace } = await nettrace.trace([join(programs, 'hostile.cjs'), target]);
    expect({ code, stdout, precious: readFileSync(target, 'utf8') }).toEqual({
      code: 0,
      stdout: 'answered\n',
      precious: 'precious',
    });
    expect(trace.requests).toMatchObject([{ response: { status: 200 } }]);
    expect(trace.state).toBe('ended');
  });

  test.each(['show', 'convert'])('nettrace %s FOLDER reads what is there', async (verb) => {
    const folder = join(scratch(), 'spool');
    const program = `const fs = require('fs');
      require('http').get('http://127.0.0.1:1/').on('error', () => {
        const spool = process.env.NETTRACE_SPOOL;
        const written = () => fs.readdirSync(spool).some((n) => /jsonl$/.test(n) && fs.readFileSync(spool + '/' + n, 'utf8').includes('ECONNREFUSED'));
        const looks = setInterval(() => {
          if (!written()) return;
          clearInterval(looks);
          fs.cpSync(spool, ${JSON.stringify(folder)}, { recursive: true });
        }, 20);
      });`;
    await nettrace.run(['run', '--quiet', '--', node, '-e', program]);
    execFileSync(
      'mkfifo',
      ['1-0-1.1.jsonl', '2-0-1.1.jsonl', '3-0-2.keys'].map((name) => join(folder, name)),
    );
    for (const n of [1, 2, 3, 4]) symlinkSync('/dev/zero', join(folder, `4-${n}-1.1.jsonl`));
    const out = join(scratch(), 'out.nettrace.json');
    const result = await nettrace.run([verb, folder, ...(verb === 'convert' ? [out] : [])]);
    expect(result.code).toBe(0);
    expect(verb === 'convert' ? readFileSync(out, 'utf8') : result.stdout).toContain('http://127.0.0.1:1/');
  });
});

describe.skipIf(windows)('a save that hangs', () => {
  /** In our own process, not in the program: the last step of a save never ends, and holds a thread as well. */
  function hangingSave(): Record<string, string> {
    const folder = scratch();
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const preload = join(folder, 'hang.cjs');
    writeFileSync(
      preload,
      `if (/nettrace\\.cjs$/.test(process.argv[1] ?? '')) {
        const fs = require('node:fs/promises');
        const { rename } = fs;
        fs.rename = (from, to) => /\\.har$/.test(to) ? (process.stdout.write('saving'), fs.open(${JSON.stringify(pipe)})) : rename(from, to);
      }`,
    );
    return { NODE_OPTIONS: `--require ${preload}` };
  }

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s is said the first time, and ends nettrace the second',
    async (signal) => {
      const result = await nettrace.run(['run', '-o', 'x.har', '--', node, '-e', '0'], {
        cwd: scratch(),
        env: hangingSave(),
        on: [
          'saving',
          (child) => {
            child.kill(signal);
            child.stderr?.on('data', (text: string) => text.includes('A second signal') && child.kill(signal));
          },
        ],
      });
      expect(result).toMatchObject({
        signal,
        stderr: expect.stringContaining('A second signal ends nettrace without saving'),
      });
    },
  );
});

/** The command line and the hook on Windows: Node for Windows under wine, on the drive Z:, which is this machine's `/`. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Trace } from '../../src/model/records';
import { scratch } from '../../src/session/testing/scratch';
import { repository } from '../support/programs/nodes';
import { majors, nodeOf, onDrive, runNode } from './testing/wine';

const programs = join(import.meta.dirname, 'programs');
const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string };
/** A folder as users have; in it `dist` with the command, and the programs. */
const place = join(scratch('windows'), 'Eigene Dateien é');

beforeAll(async () => {
  mkdirSync(place, { recursive: true });
  const names = ['nettrace.cjs', 'cli.cjs', 'hook.cjs', 'requests.cjs', 'resolver.cjs'];
  execFileSync(process.execPath, [join(repository, 'scripts/build.mjs'), '--out', join(place, 'dist'), ...names]);
  cpSync(programs, place, { recursive: true });
  const text = readFileSync(join(programs, 'requests.cjs'), 'utf8');
  writeFileSync(join(place, 'requests.cjs'), text.replaceAll('\n', '\r\n'));
  // wine says what it makes at its first start.
  await runNode(majors[0], ['--version'], { cwd: place });
});

/** Line of a program's text, from 1. */
const lineOf = (name: string, text: string): number =>
  readFileSync(join(programs, name), 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text)) + 1;
const trace = (name: string): Trace => JSON.parse(readFileSync(join(place, name), 'utf8')) as Trace;

describe.each(majors)('Node %i for Windows', (major) => {
  const nettrace = (args: string[], env?: Record<string, string>) =>
    runNode(major, ['dist/nettrace.cjs', ...args], { cwd: place, ...(env ? { env } : {}) });

  test('--version', async () => {
    expect(await nettrace(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('run: the program’s output, arguments and exit code; its requests at their lines, secrets masked', async () => {
    const saved = `ü ${major}.nettrace.json`;
    const command = ['run', '-o', saved, '--', nodeOf(major), 'requests.cjs', 'a b', '"c"', '%PATH%', '^&|'];
    const { code, stdout, stderr } = await nettrace(command, { NODE_OPTIONS: '--max-old-space-size=300' });
    expect({ code, stdout }, stderr).toEqual({ code: 7, stdout: 'served 2; a b|"c"|%PATH%|^&|; false\n' });
    expect(stderr).toContain('2 requests');
    expect(stderr).toContain(`saved ${onDrive(join(place, saved))}`);

    const { requests, processes, host } = trace(saved);
    const line = lineOf('requests.cjs', '.get({');
    expect(
      requests.map(({ url, response, callSite, outcome }) => [
        url,
        response?.status,
        callSite?.file,
        callSite?.line,
        outcome,
      ]),
    ).toEqual(
      ['/a', '/b?token=***'].map((path) => [
        expect.stringMatching(new RegExp(`^http://127\\.0\\.0\\.1:\\d+${path.replace(/[?*]/g, '\\$&')}$`)),
        200,
        onDrive(join(place, 'requests.cjs')),
        line,
        'complete',
      ]),
    );
    expect([host?.os, processes.length, processes[0]?.exitCode]).toEqual(['win32', 1, 7]);
    expect(readFileSync(join(place, saved), 'utf8')).not.toContain('planted');

    const shown = await nettrace(['show', saved]);
    expect(shown.stdout.match(new RegExp(`^200 .* requests\\.cjs:${line} `, 'gm')), shown.stdout).toHaveLength(2);
    expect((await nettrace(['convert', saved, `${major}.har`])).code).toBe(0);
    const har = JSON.parse(readFileSync(join(place, `${major}.har`), 'utf8')) as { log: { entries: unknown[] } };
    expect(har.log.entries).toHaveLength(2);
  });

  test('an ES module, its child process and its worker are one trace', async () => {
    const saved = `family ${major}.nettrace.json`;
    const { code, stdout, stderr } = await nettrace(['run', '-o', saved, '--', nodeOf(major), 'family.mjs']);
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: '/module /process /worker\n' });
    const { requests, processes } = trace(saved);
    expect(requests.map(({ url, callSite }) => [new URL(url ?? '').pathname, callSite?.file])).toEqual([
      ['/module', expect.stringMatching(/^(file:\/\/\/Z:\/|Z:\\).*family\.mjs$/)],
      ['/process', onDrive(join(place, 'child.cjs'))],
      ['/worker', onDrive(join(place, 'child.cjs'))],
    ]);
    expect(processes).toHaveLength(2);
  });

  // npm, npx and what they install are batch files there.
  test('run starts a batch file, found with and without its ending, and passes its arguments and exit code on', async () => {
    const text = `@"${onDrive(nodeOf(major))}" "%~dp0requests.cjs" %*\r\n@exit /b %errorlevel%\r\n`;
    writeFileSync(join(place, `tool${major}.cmd`), text);
    // npm puts a script for other shells beside it.
    writeFileSync(join(place, `tool${major}`), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    for (const name of [`./tool${major}.cmd`, `./tool${major}`]) {
      const { code, stdout, stderr } = await nettrace(['run', '--', name, 'a b', 'c&d']);
      expect({ code, stdout }, stderr).toEqual({ code: 7, stdout: 'served 2; a b|c&d; false\n' });
      expect(stderr).toContain('2 requests');
    }
  });

  test('what was recorded of a run is gone after it', async () => {
    const folder = join(place, `temp ${major}`);
    mkdirSync(folder);
    const env = { TEMP: onDrive(folder), TMP: onDrive(folder) };
    expect((await nettrace(['run', '--quiet', '--', nodeOf(major), 'requests.cjs'], env)).code).toBe(7);
    const left = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    expect(left.map(({ name }) => name).filter((name) => name.endsWith('.jsonl'))).toEqual([]);
  });
});

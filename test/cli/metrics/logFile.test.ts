/** `nettrace run --log-file`: each line says where it belongs, and who reads them may be slow, late or gone. */
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratch } from '../../../src/session/testing/scratch';
import { Nettrace, type Result, requests } from '../testing/nettrace';

const nettrace = new Nettrace();
const node = process.execPath;
const summaryIn = ({ stderr }: Result) => JSON.parse(stderr.trim().split('\n').at(-1) ?? '');
const linesIn = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('each line has the trace, its rules, the request, the process and the machine', async () => {
  const file = join(scratch(), 'a.jsonl');
  const args = ['run', '--json', '--trace', 'path:/1', '--trace', 'status:200', '--log-file', file];
  const result = await nettrace.run([...args, '--', node, requests, '3']);
  expect(result).toMatchObject({ code: 0, stdout: 'served 3\n' });
  // The summary alone is on stderr.
  expect(result.stderr.trim().split('\n')).toHaveLength(1);
  const { trace, traceRequests, sinks } = summaryIn(result);
  const lines = linesIn(readFileSync(file, 'utf8'));
  expect(sinks).toEqual([
    { sink: 'log-file', to: file, sent: lines.length, lost: 0, late: 0, bytes: statSync(file).size },
  ]);
  const rules = traceRequests.map((r: { id: string }) => r.id) as string[];
  const pid = lines.find((line) => line.event === 'process').process;
  for (const line of lines) {
    expect(line).toMatchObject({ host: hostname(), trace, process: pid, event: expect.any(String) });
    expect(Number.isNaN(Date.parse(line.time))).toBe(false);
  }
  const ends = lines.filter((line) => line.event === 'end');
  expect(ends).toHaveLength(3);
  for (const line of ends) {
    expect(line.request).toMatch(new RegExp(`^${pid}-0-\\d+$`));
    for (const rule of line.traceRequests) expect(rules).toContain(rule);
  }
  // One of them matches both.
  expect(ends.map((line) => line.traceRequests.length).sort()).toEqual([1, 1, 2]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('lines on stderr are the same, as text', async () => {
  const file = join(scratch(), 'a.jsonl');
  const result = await nettrace.run(['run', '--log', '--quiet', '--log-file', file, '--', node, requests, '2']);
  const texts = result.stderr.trimEnd().split('\n');
  const lines = linesIn(readFileSync(file, 'utf8'));
  expect(texts).toHaveLength(lines.length);
  for (const [i, line] of lines.entries()) expect(texts[i]).toContain(` ${line.event}`);
});

test('a file that is there is added to', async () => {
  const file = join(scratch(), 'a.jsonl');
  for (const n of ['1', '2']) await nettrace.run(['run', '--quiet', '--log-file', file, '--', node, requests, n]);
  const lines = linesIn(readFileSync(file, 'utf8'));
  expect(lines.filter((line) => line.event === 'end')).toHaveLength(3);
  expect(new Set(lines.map((line) => line.trace)).size).toBe(2);
});

describe.skipIf(process.platform !== 'linux')('a pipe', () => {
  /** Held open by the test, so that it has a reader from the first moment. */
  const held = (): { path: string; fd: number } => {
    const path = join(scratch(), 'pipe');
    execFileSync('mkfifo', [path]);
    return { path, fd: openSync(path, 'r+') };
  };

  test('gets every line while somebody reads', async () => {
    const { path, fd } = held();
    const reader = spawn('cat', [path], { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    reader.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    const end = new Promise((resolve) => reader.on('close', resolve));
    // More than the system holds in a pipe.
    const result = await nettrace.run(['run', '--json', '--log-file', path, '--', node, requests, '300']);
    closeSync(fd);
    await end;
    const [sink] = summaryIn(result).sinks;
    expect(sink).toMatchObject({ lost: 0, bytes: text.length });
    expect(text.length).toBeGreaterThan(65_536);
    expect(linesIn(text).filter((line) => line.event === 'end')).toHaveLength(300);
  });

  test('whose reader stalls holds neither the program nor the end, and what is lost is said', async () => {
    const { path, fd } = held();
    const result = await nettrace.run(['run', '--quiet', '--log-file', path, '--', node, requests, '300']);
    closeSync(fd);
    expect(result).toMatchObject({ code: 0, stdout: 'served 300\n' });
    expect(result.stderr).toMatch(/--log-file: [\d,]+ of [\d,]+ lines lost \(there was no time left\)/);
  });

  test('that nobody reads ends nettrace before the program starts', async () => {
    const { path, fd } = held();
    closeSync(fd);
    const result = await nettrace.run(['run', '--log-file', path, '--', node, requests, '1']);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain('nobody reads from this pipe');
  });
});

test('a folder that is not there ends nettrace before the program starts', async () => {
  const result = await nettrace.run(['run', '--log-file', '/no/such/folder/a.jsonl', '--', node, requests, '1']);
  expect(result).toMatchObject({ code: 2, stdout: '' });
  expect(result.stderr).toContain('--log-file: /no/such/folder/a.jsonl cannot be written');
});

test.skipIf(process.platform !== 'linux')('a full disk changes nothing for the program, and is said', async () => {
  const result = await nettrace.run(['run', '--quiet', '--log-file', '/dev/full', '--', node, requests, '2']);
  expect(result).toMatchObject({ code: 0, stdout: 'served 2\n' });
  expect(result.stderr).toMatch(/--log-file: (\d+) of \1 lines lost \(ENOSPC/);
});
